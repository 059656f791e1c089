// The SDK over HTTP/2: without TLS by prior knowledge (h2c), with TLS by ALPN.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { afterEach, beforeEach, test } from 'node:test';
import tls from 'node:tls';
import { isDeepStrictEqual } from 'node:util';

import { KMS, NotFoundException } from '@aws-sdk/client-kms';
import { NodeHttp2Handler } from '@smithy/node-http-handler';

import { countConnections } from './counter.mjs';

const CALLS = 200;
const endpoint = new URL(process.env.AWS_ENDPOINT_URL);
const secure = endpoint.protocol === 'https:';
let counter;
let kms;

beforeEach(async () => {
  counter = await countConnections();
  kms = new KMS({ endpoint: counter.endpoint, requestHandler: new NodeHttp2Handler() });
});
afterEach(() => {
  kms.destroy();
  counter.close();
});

test('200 concurrent calls share a connection, each with its own response', async () => {
  const { KeyMetadata } = await kms.createKey({});
  const { KeyId } = KeyMetadata;
  const numbers = Array.from({ length: CALLS }, (_, number) => number);
  const calls = numbers.map(async (number) => {
    const Plaintext = Buffer.from(`plaintext ${number}`);
    const EncryptionContext = { number: `${number}` };
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext, EncryptionContext });
    const decrypted = await kms.decrypt({ CiphertextBlob, EncryptionContext });
    assert.deepEqual(Buffer.from(decrypted.Plaintext), Plaintext);
    return decrypted.$metadata.requestId;
  });
  assert.equal(new Set(await Promise.all(calls)).size, CALLS);
  assert.equal(counter.connections, 1);
});

test('errors have types and keep the connection', async () => {
  for (let i = 0; i < 20; i += 1) {
    await assert.rejects(kms.describeKey({ KeyId: 'alias/none' }), (error) => {
      assert.ok(error instanceof NotFoundException, error.stack);
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.match(error.$metadata.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      return true;
    });
  }
  assert.equal(counter.connections, 1);
});

// The largest request of KMS, which is larger than a frame.
test('a large request', async () => {
  const { KeyMetadata } = await kms.createKey({});
  const { KeyId } = KeyMetadata;
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*', Sid: 'a'.repeat(30_000) }],
  };
  await kms.putKeyPolicy({ KeyId, Policy: JSON.stringify(policy) });
  assert.ok(isDeepStrictEqual(JSON.parse((await kms.getKeyPolicy({ KeyId })).Policy), policy));
});

test('negotiated protocol', async () => {
  const session = http2.connect(endpoint);
  await once(session, 'connect');
  assert.equal(session.alpnProtocol, secure ? 'h2' : 'h2c');
  session.close();
});

if (secure) {
  // The SDK's default handler sends no ALPN.
  for (const [offered, agreed] of [[['h2', 'http/1.1'], 'h2'], [['http/1.1'], 'http/1.1'], [undefined, false]]) {
    test(`offered ${offered}, negotiated ${agreed}`, async () => {
      const options = { host: endpoint.hostname, port: endpoint.port, ALPNProtocols: offered };
      const socket = tls.connect(options);
      await once(socket, 'secureConnect');
      assert.equal(socket.alpnProtocol, agreed);
      socket.destroy();
    });
  }
}
