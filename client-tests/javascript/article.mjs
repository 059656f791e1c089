// Signs and verifies a message, and checks the errors. The environment alone configures the client.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import {
  CreateKeyCommand,
  KMSClient,
  KMSInvalidSignatureException,
  KMSServiceException,
  SignCommand,
  VerifyCommand,
} from '@aws-sdk/client-kms';

const kms = new KMSClient();
const digestOf = (data) => createHash('sha256').update(JSON.stringify(data)).digest();

const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
const { Arn: KeyId } = KeyMetadata;
const parameters = { KeyId, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' };

const Message = digestOf({ orderId: 42, amount: '199.00', customer: 'Ünïcödé' });
const { Signature, ...signed } = await kms.send(new SignCommand({ ...parameters, Message }));
assert.equal(signed.KeyId, KeyId);
const verified = await kms.send(new VerifyCommand({ ...parameters, Message, Signature }));
assert.equal(verified.SignatureValid, true);
assert.equal(verified.KeyId, KeyId);

async function refused(command, type, name, message) {
  await assert.rejects(kms.send(command), (error) => {
    assert.ok(error instanceof type, error.stack);
    assert.deepEqual({ name: error.name, message: error.message }, { name, message });
    assert.equal(error.$metadata.httpStatusCode, 400);
    return true;
  });
}

const changed = digestOf({ orderId: 42, amount: '0.01', customer: 'Ünïcödé' });
await refused(
  new VerifyCommand({ ...parameters, Message: changed, Signature }),
  KMSInvalidSignatureException,
  'KMSInvalidSignatureException',
  // KMS sends no message; this is the SDK's default.
  'UnknownError',
);
await refused(
  new SignCommand({ ...parameters, Message: Message.subarray(1) }),
  KMSServiceException,
  'ValidationException',
  'Digest is invalid length for algorithm ECDSA_SHA_256.',
);
await refused(
  new VerifyCommand({ ...parameters, Message, Signature: new Uint8Array() }),
  KMSServiceException,
  'ValidationException',
  "1 validation error detected: Value at 'signature' failed to satisfy constraint: " +
    'Member must have length greater than or equal to 1',
);
console.log('article: ok');
