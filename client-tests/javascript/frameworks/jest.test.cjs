// Jest, with CommonJS.

const { CreateKeyCommand, KMSClient, ListKeysCommand } = require('@aws-sdk/client-kms');
const { useSimulatedKms } = require('simulated-kms/jest');

const kms = useSimulatedKms();

test.each([1, 2])('reset between tests, %i', async () => {
  const client = new KMSClient(kms.clientConfig());
  expect((await client.send(new ListKeysCommand({}))).Keys).toEqual([]);
  await client.send(new CreateKeyCommand({}));
  expect(await kms.events.of('CreateKey')).toHaveLength(1);
});
