// The set-up file of Node.js's own tests: neither the tested code nor the test names the emulator.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CreateKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';

for (const number of [1, 2]) {
  test(`the environment, reset between tests, ${number}`, async () => {
    const client = new KMSClient();
    assert.deepEqual((await client.send(new ListKeysCommand({}))).Keys, []);
    await client.send(new CreateKeyCommand({}));
  });
}
