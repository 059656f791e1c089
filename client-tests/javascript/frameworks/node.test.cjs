// Node.js's own tests: `useSimulatedKms`, in CommonJS.

const assert = require('node:assert/strict');
const test = require('node:test');
const { CreateKeyCommand, KMSClient, ListKeysCommand } = require('@aws-sdk/client-kms');
const { useSimulatedKms } = require('simulated-kms/node-test');

const kms = useSimulatedKms();

for (const number of [1, 2]) {
  test(`reset between tests, ${number}`, async () => {
    const client = new KMSClient(kms.clientConfig());
    assert.deepEqual((await client.send(new ListKeysCommand({}))).Keys, []);
    await client.send(new CreateKeyCommand({}));
    assert.equal((await kms.events.of('CreateKey')).length, 1);
  });
}
