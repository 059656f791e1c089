// Containers without settings, with a seed, and with a control token.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { CreateKeyCommand, GetPublicKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';

import { startSimulatedKms } from 'simulated-kms/testcontainers';

const SEED = fileURLToPath(new URL('seed.yaml', import.meta.url));

function client({ endpoint }) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new KMSClient({ endpoint, region: 'us-east-1', credentials });
}

async function withKms(options, use) {
  const kms = await startSimulatedKms(options);
  try {
    return await use(kms);
  } finally {
    await kms.stop();
  }
}

test('no settings', async () => {
  await withKms({}, async (kms) => {
    const { KeyMetadata } = await client(kms).send(new CreateKeyCommand({}));
    const { Keys } = await client(kms).send(new ListKeysCommand({}));
    assert.deepEqual(Keys.map((key) => key.KeyId), [KeyMetadata.KeyId]);
    // Without a token, the control plane is off.
    const answer = await fetch(`${kms.endpoint}/_emulator/events`, { headers: { 'X-Emulator-Token': 'any' } });
    assert.equal(answer.ok, false);
  });
});

test('seed', async () => {
  const publicKey = () => withKms({ seed: SEED }, async (kms) => {
    const answer = await client(kms).send(new GetPublicKeyCommand({ KeyId: 'alias/orders' }));
    assert.equal(answer.KeyId, 'arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab');
    return answer.PublicKey;
  });
  assert.deepEqual(await publicKey(), await publicKey());
});

test('control token and environment', async () => {
  await withKms({ controlToken: 'a token', environment: { KMS_ACCOUNT: '111122223333' } }, async (kms) => {
    const { KeyMetadata } = await client(kms).send(new CreateKeyCommand({}));
    assert.equal(KeyMetadata.AWSAccountId, '111122223333');
    const ask = (token) => fetch(`${kms.endpoint}/_emulator/events`, { headers: { 'X-Emulator-Token': token } });
    assert.equal((await ask('another')).ok, false);
    assert.deepEqual((await kms.kms.events.all()).map((event) => event.eventName), ['CreateKey']);
  });
});
