// The errors that the article's author met: those of KMS letter for letter, those of Node.js and
// of the SDK for what they are.

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

test('KMS: a digest that is none', async () => {
  const command = new SignCommand({ ...input(), Message: Buffer.from('no digest') });
  await assert.rejects(kms.send(command), {
    name: 'ValidationException',
    message: 'Digest is invalid length for algorithm ECDSA_SHA_256.',
  });
});

test('KMS: an empty signature', async () => {
  const command = new VerifyCommand({ ...input(), Message: digest, Signature: new Uint8Array([]) });
  await assert.rejects(kms.send(command), {
    name: 'ValidationException',
    message:
      "1 validation error detected: Value at 'signature' failed to satisfy constraint: " +
      'Member must have length greater than or equal to 1',
  });
});

test('KMS: a signature of something else', async () => {
  const { Signature } = await kms.send(new SignCommand({ ...input(), Message: digest }));
  const other = createHash('sha256').update('another message').digest();
  const command = new VerifyCommand({ ...input(), Message: other, Signature });
  await assert.rejects(kms.send(command), { name: 'KMSInvalidSignatureException' });
});

// A hash outside the handler, used by a second invocation: KMS is never asked.
test('Node.js: a hash that was used already', () => {
  const hash = createHash('sha256');
  hash.digest();
  assert.throws(() => hash.digest(), { code: 'ERR_CRYPTO_HASH_FINALIZED', message: 'Digest already called' });
});

// The article saw "Cannot read properties of undefined (reading 'byteLength')" for a Message that
// was a string: an error of the SDK of its day, before anything was sent. This SDK takes a string
// for its bytes in UTF-8, and sends those, so it is KMS that refuses them.
test('SDK: a message that is a string', async () => {
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
