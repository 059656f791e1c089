// The set-up file of Jest: neither the tested code nor the test names the emulator.

const { CreateKeyCommand, KMSClient, ListKeysCommand } = require('@aws-sdk/client-kms');

test.each([1, 2])('the environment, reset between tests, %i', async () => {
  const client = new KMSClient();
  expect((await client.send(new ListKeysCommand({}))).Keys).toEqual([]);
  await client.send(new CreateKeyCommand({}));
});
