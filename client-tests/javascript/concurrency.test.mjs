// The connections of the SDK's default HTTP handler, which uses HTTP/1.1.

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';

import { KMS } from '@aws-sdk/client-kms';

import { countConnections } from './counter.mjs';

const CALLS = 200;
// The SDK's default limit of connections.
const MOST_SOCKETS = 50;
let counter;
let kms;

beforeEach(async () => {
  counter = await countConnections();
  kms = new KMS({ endpoint: counter.endpoint });
});
afterEach(() => {
  kms.destroy();
  counter.close();
});

test('sequential calls share a connection', async () => {
  for (let i = 0; i < 20; i += 1) await kms.generateRandom({ NumberOfBytes: 8 });
  assert.equal(counter.connections, 1);
});

test('sequential errors share a connection', async () => {
  for (let i = 0; i < 20; i += 1) await assert.rejects(kms.generateRandom({}), { name: 'ValidationException' });
  assert.equal(counter.connections, 1);
});

test('200 concurrent calls, each with its own response', async () => {
  const { KeyMetadata } = await kms.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const { KeyId } = KeyMetadata;
  const { PublicKey } = await kms.getPublicKey({ KeyId });
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
  const messages = Array.from({ length: CALLS }, (_, number) => Buffer.from(`message ${number}`));
  const parameters = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256' };
  const answers = await Promise.all(messages.map((Message) => kms.sign({ ...parameters, Message })));
  for (const [number, { Signature }] of answers.entries()) {
    assert.equal(verify('sha256', messages[number], key, Signature), true, `message ${number}`);
  }
  assert.equal(new Set(answers.map((answer) => answer.$metadata.requestId)).size, CALLS);
  assert.ok(answers.every((answer) => answer.$metadata.attempts === 1));
  assert.ok(counter.connections <= MOST_SOCKETS, `${counter.connections} connections`);
});
