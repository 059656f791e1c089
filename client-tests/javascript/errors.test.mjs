// The errors in the article "Verifying data integrity with KMS asymmetric keys": KMS's with their exact messages, Node.js's
// and the SDK's.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';

import { SignCommand, VerifyCommand } from '@aws-sdk/client-kms';

import { createKey, kms } from './setup.mjs';

let KeyId;
const input = () => ({ KeyId, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' });
const digest = createHash('sha256').update('a message').digest();

before(async () => {
  ({ KeyId } = await createKey());
});

test('KMS: wrong digest length', async () => {
  const command = new SignCommand({ ...input(), Message: Buffer.from('no digest') });
  await assert.rejects(kms.send(command), {
    name: 'ValidationException',
    message: 'Digest is invalid length for algorithm ECDSA_SHA_256.',
  });
});

test('KMS: empty signature', async () => {
  const command = new VerifyCommand({ ...input(), Message: digest, Signature: new Uint8Array([]) });
  await assert.rejects(kms.send(command), {
    name: 'ValidationException',
    message:
      "1 validation error detected: Value at 'signature' failed to satisfy constraint: " +
      'Member must have length greater than or equal to 1',
  });
});

test('KMS: signature of another message', async () => {
  const { Signature } = await kms.send(new SignCommand({ ...input(), Message: digest }));
  const other = createHash('sha256').update('another message').digest();
  const command = new VerifyCommand({ ...input(), Message: other, Signature });
  await assert.rejects(kms.send(command), { name: 'KMSInvalidSignatureException' });
});

// A hash outside of the handler, used by a second invocation. KMS is not called.
test('Node.js: reused hash', () => {
  const hash = createHash('sha256');
  hash.digest();
  assert.throws(() => hash.digest(), { code: 'ERR_CRYPTO_HASH_FINALIZED', message: 'Digest already called' });
});

// In the article, a string as Message is an error of an older SDK: "Cannot read properties of undefined (reading
// 'byteLength')". This SDK sends the string's UTF-8 bytes, and KMS returns an error.
test('SDK: string as Message', async () => {
  const command = new SignCommand({ ...input(), Message: 'a string, not bytes' });
  await assert.rejects(kms.send(command), {
    name: 'ValidationException',
    message: 'Digest is invalid length for algorithm ECDSA_SHA_256.',
  });
  const raw = { ...input(), MessageType: 'RAW', Message: 'Ünïcödé' };
  const { Signature } = await kms.send(new SignCommand(raw));
  const bytes = { ...raw, Message: Buffer.from('Ünïcödé', 'utf8'), Signature };
  const { SignatureValid } = await kms.send(new VerifyCommand(bytes));
  assert.equal(SignatureValid, true);
});
