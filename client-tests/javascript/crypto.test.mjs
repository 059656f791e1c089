// Node.js's `crypto` checks results of KMS, and KMS accepts results of `crypto`.

import assert from 'node:assert/strict';
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { test } from 'node:test';

import {
  CreateKeyCommand,
  DecryptCommand,
  DeriveSharedSecretCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';

import { kms } from './setup.mjs';

const message = Buffer.from('an Ünïcödé message');
const another = Buffer.from('another message');

async function createKey(KeySpec, KeyUsage) {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec, KeyUsage }));
  return KeyMetadata.KeyId;
}

async function publicKey(KeyId) {
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  return spki(PublicKey);
}

function spki(bytes) {
  return createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' });
}

// Signs the message, and its digest if there is a hash. Node.js and KMS verify both.
async function signed(KeyId, SigningAlgorithm, hash, options = {}) {
  const key = { key: await publicKey(KeyId), ...options };
  const ways = [{ MessageType: 'RAW', Message: message }];
  if (hash) ways.push({ MessageType: 'DIGEST', Message: createHash(hash).update(message).digest() });
  for (const way of ways) {
    const { Signature } = await kms.send(new SignCommand({ KeyId, SigningAlgorithm, ...way }));
    const which = `${SigningAlgorithm} ${way.MessageType}`;
    assert.equal(verify(hash, message, key, Signature), true, which);
    assert.equal(verify(hash, another, key, Signature), false, which);
    const input = { KeyId, SigningAlgorithm, MessageType: 'RAW', Signature };
    const { SignatureValid } = await kms.send(new VerifyCommand({ ...input, Message: message }));
    assert.equal(SignatureValid, true, which);
    const wrong = new VerifyCommand({ ...input, Message: another });
    await assert.rejects(kms.send(wrong), { name: 'KMSInvalidSignatureException' }, which);
  }
}

test('RSA: PKCS #1 v1.5, and PSS with the hash length as salt length', async () => {
  const KeyId = await createKey('RSA_2048', 'SIGN_VERIFY');
  const pss = {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  for (const bits of [256, 384, 512]) {
    await signed(KeyId, `RSASSA_PKCS1_V1_5_SHA_${bits}`, `sha${bits}`);
    await signed(KeyId, `RSASSA_PSS_SHA_${bits}`, `sha${bits}`, pss);
  }
});

for (const [KeySpec, bits] of [
  ['ECC_NIST_P256', 256],
  ['ECC_NIST_P384', 384],
  ['ECC_NIST_P521', 512],
  ['ECC_SECG_P256K1', 256],
]) {
  test(`ECDSA: ${KeySpec}`, async () => {
    const KeyId = await createKey(KeySpec, 'SIGN_VERIFY');
    await signed(KeyId, `ECDSA_SHA_${bits}`, `sha${bits}`);
  });
}

test('Ed25519', async () => {
  await signed(await createKey('ECC_NIST_EDWARDS25519', 'SIGN_VERIFY'), 'ED25519_SHA_512', null);
});

test('RSA: OAEP', async () => {
  const KeyId = await createKey('RSA_2048', 'ENCRYPT_DECRYPT');
  const key = { key: await publicKey(KeyId), padding: constants.RSA_PKCS1_OAEP_PADDING };
  for (const [EncryptionAlgorithm, oaepHash] of [
    ['RSAES_OAEP_SHA_1', 'sha1'],
    ['RSAES_OAEP_SHA_256', 'sha256'],
  ]) {
    const input = { KeyId, EncryptionAlgorithm };
    const CiphertextBlob = publicEncrypt({ ...key, oaepHash }, message);
    const { Plaintext } = await kms.send(new DecryptCommand({ ...input, CiphertextBlob }));
    assert.deepEqual(Buffer.from(Plaintext), message);
    const other = publicEncrypt({ ...key, oaepHash: 'sha512' }, message);
    const wrong = new DecryptCommand({ ...input, CiphertextBlob: other });
    await assert.rejects(kms.send(wrong), { name: 'InvalidCiphertextException' });
  }
});

test('ECDH', async () => {
  for (const [KeySpec, namedCurve] of [
    ['ECC_NIST_P256', 'P-256'],
    ['ECC_NIST_P384', 'P-384'],
    ['ECC_NIST_P521', 'P-521'],
  ]) {
    const KeyId = await createKey(KeySpec, 'KEY_AGREEMENT');
    const outside = generateKeyPairSync('ec', { namedCurve });
    const PublicKey = outside.publicKey.export({ format: 'der', type: 'spki' });
    const input = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey };
    const { SharedSecret } = await kms.send(new DeriveSharedSecretCommand(input));
    const inside = await publicKey(KeyId);
    const expected = diffieHellman({ privateKey: outside.privateKey, publicKey: inside });
    assert.deepEqual(Buffer.from(SharedSecret), expected, KeySpec);
  }
});

// The key never leaves KMS, so the test checks the length and that KMS verifies its own MAC.
test('HMAC', async () => {
  for (const bits of [224, 256, 384, 512]) {
    const KeyId = await createKey(`HMAC_${bits}`, 'GENERATE_VERIFY_MAC');
    const input = { KeyId, MacAlgorithm: `HMAC_SHA_${bits}`, Message: message };
    const { Mac } = await kms.send(new GenerateMacCommand(input));
    assert.equal(Mac.length, bits / 8);
    const { MacValid } = await kms.send(new VerifyMacCommand({ ...input, Mac }));
    assert.equal(MacValid, true);
    const wrong = new VerifyMacCommand({ ...input, Message: another, Mac });
    await assert.rejects(kms.send(wrong), { name: 'KMSInvalidMacException' });
  }
});

test('data key', async () => {
  const KeyId = await createKey('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT');
  const EncryptionContext = { order: '42', customer: 'Ünïcödé' };
  const input = { KeyId, KeySpec: 'AES_256', EncryptionContext };
  const { CiphertextBlob, Plaintext } = await kms.send(new GenerateDataKeyCommand(input));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Plaintext, nonce);
  const sealed = Buffer.concat([cipher.update(message), cipher.final()]);

  const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  const decipher = createDecipheriv('aes-256-gcm', opened.Plaintext, nonce);
  decipher.setAuthTag(cipher.getAuthTag());
  assert.deepEqual(Buffer.concat([decipher.update(sealed), decipher.final()]), message);
  const wrong = new DecryptCommand({ CiphertextBlob, EncryptionContext: { order: '43' } });
  await assert.rejects(kms.send(wrong), { name: 'InvalidCiphertextException' });
});

test('data key pairs', async () => {
  const KeyId = await createKey('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT');
  for (const [KeyPairSpec, hash] of [
    ['RSA_2048', 'sha256'],
    ['ECC_NIST_P256', 'sha256'],
    ['ECC_SECG_P256K1', 'sha256'],
    ['ECC_NIST_EDWARDS25519', null],
  ]) {
    const pair = await kms.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec }));
    const CiphertextBlob = pair.PrivateKeyCiphertextBlob;
    const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob }));
    assert.deepEqual(Plaintext, pair.PrivateKeyPlaintext);
    const der = { key: Buffer.from(Plaintext), format: 'der', type: 'pkcs8' };
    const signature = sign(hash, message, createPrivateKey(der));
    assert.equal(verify(hash, message, spki(pair.PublicKey), signature), true, KeyPairSpec);
  }
});
