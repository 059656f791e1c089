// Tests with `simulated-kms/vitest`, and the SDK's retry modes with each fault.

import { describe, expect, test } from 'vitest';
import {
  CreateKeyCommand, DescribeKeyCommand, EncryptCommand, KMSClient, ListKeysCommand, NotFoundException,
  ScheduleKeyDeletionCommand, SignCommand,
} from '@aws-sdk/client-kms';
import { SimulatedKms, start } from 'simulated-kms';
import { useSimulatedKms } from 'simulated-kms/vitest';

const kms = useSimulatedKms();
const clientOf = (config) => new KMSClient(kms.clientConfig(config));

const SIGNING = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };

async function createKey(input = {}) {
  const { KeyMetadata } = await clientOf().send(new CreateKeyCommand(input));
  return KeyMetadata.KeyId;
}

const keys = async () => (await clientOf().send(new ListKeysCommand({}))).Keys;

test('the clock ends a deletion', async () => {
  const client = clientOf();
  const KeyId = await createKey(SIGNING);
  await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await kms.clock.advance('8d');
  await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toThrow(NotFoundException);
});

test.each([1, 2])('reset between tests, %i', async () => {
  expect(await keys()).toEqual([]);
  await createKey();
});

test('events', async () => {
  const KeyId = await createKey(SIGNING);
  const input = { KeyId, Message: Buffer.from('a secret'), SigningAlgorithm: 'ECDSA_SHA_256' };
  await clientOf().send(new SignCommand(input));
  const [event, ...more] = await kms.events.of('Sign');
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
    const client = clientOf({ retryMode, maxAttempts: 3 });
    await kms.faults.add({ operation: 'ListKeys', times: 1, ...fault });
    await client.send(new ListKeysCommand({}));
    const [active] = await kms.faults.all();
    expect(active).toMatchObject({ seen: 2, hits: 1 });
  });
});

test('faults exhaust the attempts', async () => {
  await kms.faults.add({ operation: 'ListKeys', error: 'ThrottlingException' });
  const client = clientOf({ maxAttempts: 3 });
  await expect(client.send(new ListKeysCommand({}))).rejects.toMatchObject({
    name: 'ThrottlingException', $metadata: { attempts: 3 },
  });
  expect(await kms.events.of('ListKeys')).toHaveLength(3);
});

test.each(['ExpiredTokenException', 'DisabledException', 'AccessDeniedException'])(
  '%s is not retried', async (error) => {
    await kms.faults.add({ operation: 'ListKeys', error });
    await expect(clientOf().send(new ListKeysCommand({}))).rejects.toMatchObject({ name: error });
    expect(await kms.events.of('ListKeys')).toHaveLength(1);
  },
);

test.each([['drop_before', 0], ['drop_amid', 1], ['lose_answer', 1], ['truncate', 1]])(
  'without retries, %s is an error and leaves %i keys', async (connection, left) => {
    await kms.faults.add({ operation: 'CreateKey', connection });
    const client = clientOf({ maxAttempts: 1 });
    await expect(client.send(new CreateKeyCommand({}))).rejects.toThrow();
    expect(await keys()).toHaveLength(left);
  },
);

test('fault for one key', async () => {
  const [one, other] = [await createKey(), await createKey()];
  await kms.faults.add({ key: one, error: 'KeyUnavailableException' });
  const client = clientOf({ maxAttempts: 1 });
  const encrypt = (KeyId) => client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('p') }));
  await expect(encrypt(one)).rejects.toMatchObject({ name: 'KeyUnavailableException' });
  await encrypt(other);
});

test('invalid fault', async () => {
  const wrong = { operation: 'Sing', error: 'ThrottlingException' };
  await expect(kms.faults.add(wrong)).rejects.toThrow('KMS has no operation Sing');
});

test('seed', async () => {
  await kms.seed('keys: [{alias: alias/orders, material: {seed: orders}}]');
  const { KeyMetadata } = await clientOf().send(new DescribeKeyCommand({ KeyId: 'alias/orders' }));
  expect(KeyMetadata.KeySpec).toBe('SYMMETRIC_DEFAULT');
  await expect(kms.seed('keys: [{spec: ROT13}]')).rejects.toThrow('seed:1: keys[0].spec: ');
});

test('clock', async () => {
  await kms.clock.freeze();
  await kms.clock.set(new Date('2030-01-01T00:00:00Z'));
  await kms.clock.advance(1500);
  expect(await kms.clock.now()).toEqual(new Date('2030-01-01T00:00:01.5Z'));
  await kms.clock.useSystemTime();
  expect(Math.abs(await kms.clock.now() - Date.now())).toBeLessThan(60_000);
});

test('snapshots and reset', async () => {
  await createKey();
  await kms.snapshots.save('one-key');
  await createKey();
  await kms.snapshots.restore('one-key');
  expect(await keys()).toHaveLength(1);
  await kms.snapshots.delete('one-key');
  await expect(kms.snapshots.restore('one-key')).rejects.toThrow('one-key');
  await kms.reset();
  expect(await keys()).toEqual([]);
});

test('waits for events', async () => {
  const waiting = kms.events.waitFor('CreateKey', { count: 2 });
  await createKey();
  await createKey();
  expect(await waiting).toHaveLength(2);
  await kms.events.clear();
  expect(await kms.events.all()).toEqual([]);
});

test('an emulator of its own', async () => {
  const other = await start({ options: ['--account=111122223333'] });
  const { KeyMetadata } = await new KMSClient(other.clientConfig()).send(new CreateKeyCommand({}));
  expect(KeyMetadata.AWSAccountId).toBe('111122223333');
  const same = new SimulatedKms({ endpoint: other.endpoint });
  expect(await same.events.of('CreateKey')).toHaveLength(1);
  await other.stop();
  await expect(same.events.all()).rejects.toThrow();
});

test('says why it does not start', async () => {
  await expect(start({ options: ['--no-such-option'] })).rejects.toThrow('did not start');
  expect(() => new SimulatedKms().endpoint).toThrow('not started');
});
