// The set-up file of Vitest: neither the tested code nor the test names the emulator.

import { CreateKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';

test.each([1, 2])('the environment, reset between tests, %i', async () => {
  const client = new KMSClient();
  expect((await client.send(new ListKeysCommand({}))).Keys).toEqual([]);
  await client.send(new CreateKeyCommand({}));
});
