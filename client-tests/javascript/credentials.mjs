// Says who the caller is for STS, and what KMS answers. The environment alone configures the clients.

import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

const { ASSUME_ROLE, UNSIGNED } = process.env;
const config = {};
if (UNSIGNED) {
  config.credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  config.signer = { sign: async (request) => request };
}
if (ASSUME_ROLE) {
  config.credentials = fromTemporaryCredentials({ params: { RoleArn: ASSUME_ROLE, RoleSessionName: 'test' } });
}

async function say(name, call) {
  const answer = await call().catch((error) => `${error.name}: ${error.message}`);
  console.log(`${name}: ${answer}`);
}

await say('sts', async () => (await new STSClient(config).send(new GetCallerIdentityCommand({}))).Arn);
await say('kms', async () => {
  const described = await new KMSClient(config).send(new DescribeKeyCommand({ KeyId: 'alias/orders' }));
  return described.KeyMetadata.KeyId;
});
