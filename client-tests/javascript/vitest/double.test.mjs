// Tests with `simulated-kms.mjs`, and the SDK's retry modes with each fault.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  CreateKeyCommand, DescribeKeyCommand, EncryptCommand, ListKeysCommand, NotFoundException,
  ScheduleKeyDeletionCommand, SignCommand,
} from '@aws-sdk/client-kms';
import { useSimulatedKMS } from './simulated-kms.mjs';

const kms = useSimulatedKMS({ beforeAll, beforeEach, afterAll });

const SIGNING = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };

async function createKey(input = {}) {
  const { KeyMetadata } = await kms.client().send(new CreateKeyCommand(input));
  return KeyMetadata.KeyId;
}

const keys = async () => (await kms.client().send(new ListKeysCommand({}))).Keys;

test('the clock ends a deletion', async () => {
  const client = kms.client();
  const KeyId = await createKey(SIGNING);
  await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await kms.advance('8d');
  await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toThrow(NotFoundException);
});

test.each([1, 2])('reset between tests, %i', async () => {
  expect(await keys()).toEqual([]);
  await createKey();
});

test('events', async () => {
  const KeyId = await createKey(SIGNING);
  const input = { KeyId, Message: Buffer.from('a secret'), SigningAlgorithm: 'ECDSA_SHA_256' };
  await kms.client().send(new SignCommand(input));
  const [event, ...more] = await kms.events('Sign');
  expect(more).toEqual([]);
  expect(event.requestParameters).toEqual({ keyId: KeyId, signingAlgorithm: 'ECDSA_SHA_256' });
});

describe.each(['standard', 'adaptive'])('retries: %s', (retryMode) => {
  test.each([
    { error: 'ThrottlingException' },
    { error: 'KMSInternalException' },
    { error: 'KeyUnavailableException' },
    { error: 'DependencyTimeoutException' },
    { status: 502 },
    { status: 503 },
    { status: 504 },
    { connection: 'drop_before' },
    { connection: 'lose_answer' },
  ])('%j is retried', async (fault) => {
    const client = kms.client({ retryMode, maxAttempts: 3 });
    await kms.fault({ operation: 'ListKeys', times: 1, ...fault });
    await client.send(new ListKeysCommand({}));
    const { faults: [active] } = await kms.control('GET', 'faults');
    expect(active).toMatchObject({ seen: 2, hits: 1 });
  });
});

test('faults exhaust the attempts', async () => {
  await kms.fault({ operation: 'ListKeys', error: 'ThrottlingException' });
  const client = kms.client({ maxAttempts: 3 });
  await expect(client.send(new ListKeysCommand({}))).rejects.toMatchObject({
    name: 'ThrottlingException', $metadata: { attempts: 3 },
  });
  expect(await kms.events('ListKeys')).toHaveLength(3);
});

test.each(['ExpiredTokenException', 'DisabledException', 'AccessDeniedException'])(
  '%s is not retried', async (error) => {
    await kms.fault({ operation: 'ListKeys', error });
    await expect(kms.client().send(new ListKeysCommand({}))).rejects.toMatchObject({ name: error });
    expect(await kms.events('ListKeys')).toHaveLength(1);
  },
);

test.each([['drop_before', 0], ['drop_amid', 1], ['lose_answer', 1], ['truncate', 1]])(
  'without retries, %s is an error and leaves %i keys', async (connection, left) => {
    await kms.fault({ operation: 'CreateKey', connection });
    const client = kms.client({ maxAttempts: 1 });
    await expect(client.send(new CreateKeyCommand({}))).rejects.toThrow();
    expect(await keys()).toHaveLength(left);
  },
);

test('fault for one key', async () => {
  const [one, other] = [await createKey(), await createKey()];
  await kms.fault({ key: one, error: 'KeyUnavailableException' });
  const client = kms.client({ maxAttempts: 1 });
  const encrypt = (KeyId) => client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('p') }));
  await expect(encrypt(one)).rejects.toMatchObject({ name: 'KeyUnavailableException' });
  await encrypt(other);
});

test('invalid fault', async () => {
  const wrong = { operation: 'Sing', error: 'ThrottlingException' };
  await expect(kms.fault(wrong)).rejects.toThrow('KMS has no operation Sing');
});

test('seed', async () => {
  await kms.seed('keys: [{alias: alias/orders, material: {seed: orders}}]');
  const { KeyMetadata } = await kms.client().send(new DescribeKeyCommand({ KeyId: 'alias/orders' }));
  expect(KeyMetadata.KeySpec).toBe('SYMMETRIC_DEFAULT');
  await expect(kms.seed('keys: [{spec: ROT13}]')).rejects.toThrow('seed:1: keys[0].spec: ');
});
