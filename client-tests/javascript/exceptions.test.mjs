// The SDK's exceptions: each error of KMS has its own type, AWS's message and the request ID.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import * as sdk from '@aws-sdk/client-kms';

// The SDK's default for an error without a message.
const NO_TEXT = 'UnknownError';
const ROOT = 'arn:aws:iam::000000000000:root';
const NOWHERE = 'arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const Message = Buffer.from('a message');
const kms = new sdk.KMS();

// ARNs of keys, and results of calls with them.
const values = {};

before(async () => {
  const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
  const mac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' };
  const inputs = {
    key: {}, other: {}, disabled: {}, deleted: {}, empty: { Origin: 'EXTERNAL' }, signing, mac,
  };
  for (const [name, input] of Object.entries(inputs)) {
    values[name] = (await kms.createKey(input)).KeyMetadata.Arn;
  }
  await kms.disableKey({ KeyId: values.disabled });
  await kms.scheduleKeyDeletion({ KeyId: values.deleted });
  await kms.createAlias({ AliasName: 'alias/taken', TargetKeyId: values.key });
  values.ciphertext = (await kms.encrypt({ KeyId: values.key, Plaintext: Message })).CiphertextBlob;
  const parameters = { KeyId: values.signing, Message, SigningAlgorithm: 'ECDSA_SHA_256' };
  values.signature = (await kms.sign(parameters)).Signature;
});

const encrypt = (KeyId, more) => kms.encrypt({ KeyId, Plaintext: Message, ...more });
const alias = (AliasName) => kms.createAlias({ AliasName, TargetKeyId: values.key });
const policy = (Policy) => kms.putKeyPolicy({ KeyId: values.key, Policy });
// A policy that does not allow its author to change it.
const LOCKING_OUT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:DescribeKey', Resource: '*' }],
});

// The exception, a call that causes it, and AWS's message if it is known.
const cases = [
  ['NotFoundException', () => kms.describeKey({ KeyId: NOWHERE }), () => `Key '${NOWHERE}' does not exist`],
  ['NotFoundException', () => encrypt('alias/none'),
    () => 'Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.'],
  ['DisabledException', () => encrypt(values.disabled), () => `${values.disabled} is disabled.`],
  ['KMSInvalidStateException', () => encrypt(values.deleted), () => `${values.deleted} is pending deletion.`],
  ['KMSInvalidStateException', () => encrypt(values.empty), () => `${values.empty} is pending import.`],
  ['InvalidKeyUsageException', () => encrypt(values.signing),
    () => `${values.signing} key usage is SIGN_VERIFY which is not valid for Encrypt.`],
  ['AlreadyExistsException', () => alias('alias/taken'),
    () => 'An alias with the name arn:aws:kms:us-east-1:000000000000:alias/taken already exists'],
  ['InvalidAliasNameException', () => alias('alias/')],
  ['InvalidCiphertextException', () => kms.decrypt({ CiphertextBlob: Buffer.from('none') }), () => NO_TEXT],
  ['InvalidCiphertextException', () => kms.decrypt({ CiphertextBlob: values.ciphertext, EncryptionContext: { a: 'b' } }),
    () => NO_TEXT],
  ['IncorrectKeyException', () => kms.decrypt({ CiphertextBlob: values.ciphertext, KeyId: values.other }),
    () => 'The key ID in the request does not identify a CMK that can perform this operation.'],
  ['KMSInvalidSignatureException', () => kms.verify({
    KeyId: values.signing, Message: Buffer.from('another'), SigningAlgorithm: 'ECDSA_SHA_256', Signature: values.signature,
  }), () => NO_TEXT],
  ['KMSInvalidMacException', () => kms.verifyMac({
    KeyId: values.mac, Message, MacAlgorithm: 'HMAC_SHA_256', Mac: Buffer.alloc(32),
  }), () => NO_TEXT],
  ['MalformedPolicyDocumentException', () => policy('{'), () => NO_TEXT],
  ['MalformedPolicyDocumentException', () => policy(LOCKING_OUT),
    () => 'The new key policy will not allow you to update the key policy in the future.'],
  ['DryRunOperationException', () => encrypt(values.key, { DryRun: true }),
    () => 'The request would have succeeded, but the DryRun option is set.'],
  ['TagException', () => kms.tagResource({ KeyId: values.key, Tags: [{ TagKey: 'aws:a', TagValue: 'b' }] }),
    () => 'Tags beginning with aws: are reserved'],
  ['UnsupportedOperationException', () => kms.enableKeyRotation({ KeyId: values.signing }), () => NO_TEXT],
  ['InvalidArnException', () => kms.createGrant({ KeyId: values.key, GranteePrincipal: 'arn:a', Operations: ['Sign'] }),
    () => 'ARN is not valid: arn:a'],
  ['InvalidMarkerException', () => kms.listKeys({ Marker: 'none' }), () => NO_TEXT],
  ['InvalidImportTokenException', () => kms.importKeyMaterial({
    KeyId: values.empty, ImportToken: Message, EncryptedKeyMaterial: Message,
    ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  }), () => NO_TEXT],
  ['CustomKeyStoreNotFoundException', () => kms.connectCustomKeyStore({ CustomKeyStoreId: 'cks-1234567890abcdef0' })],
];

for (const [index, [name, call, text]] of cases.entries()) {
  test(`${index + 1}: ${name}`, async () => {
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof sdk[name], error.stack);
      assert.ok(error instanceof sdk.KMSServiceException);
      assert.equal(error.name, name);
      if (text) assert.equal(error.message, text());
      assert.equal(error.$fault, 'client');
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.match(error.$metadata.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.equal(error.$metadata.attempts, 1);
      return true;
    });
  });
}

// The model does not have this exception, so the SDK uses its general type, with the exception's name.
test('an exception that is not in the model', async () => {
  await assert.rejects(kms.generateRandom({}), (error) => {
    assert.equal(error.constructor, sdk.KMSServiceException);
    assert.equal(error.name, 'ValidationException');
    assert.equal(error.message, 'NumberOfBytes is required.');
    return true;
  });
});
