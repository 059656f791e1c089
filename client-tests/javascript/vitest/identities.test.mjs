// `simulated-kms/vitest` with `--auth policy` and identities.

import { expect, test } from 'vitest';
import { DescribeKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { useSimulatedKms } from 'simulated-kms/vitest';

const kms = useSimulatedKms({ options: ['--auth=policy'], seed: process.env.IDENTITIES });
const clientOf = (config) => new KMSClient(kms.clientConfig(config));

const alice = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const bob = { accessKeyId: 'AKIABOBEXAMPLE000001', secretAccessKey: 'bob-secret' };
const describeKey = new DescribeKeyCommand({ KeyId: 'alias/orders' });

test('policies decide', async () => {
  const { KeyMetadata } = await clientOf({ credentials: alice }).send(describeKey);
  const encrypt = new EncryptCommand({ KeyId: 'alias/orders', Plaintext: Buffer.from('text') });
  await expect(clientOf({ credentials: bob }).send(encrypt)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message:
      'User: arn:aws:iam::111122223333:user/bob is not authorized to perform: kms:Encrypt on resource: ' +
      `${KeyMetadata.Arn} because no identity-based policy allows the kms:Encrypt action`,
  });
  expect(await kms.events.of('Encrypt')).toMatchObject([{ errorCode: 'AccessDeniedException' }]);
});

test.each([1, 2])('sessions expire, %i', async () => {
  const credentials = fromTemporaryCredentials({
    masterCredentials: alice,
    params: { RoleArn: 'arn:aws:iam::111122223333:role/app', RoleSessionName: 'test' },
    clientConfig: { endpoint: kms.endpoint, region: 'us-east-1' },
  });
  const client = clientOf({ credentials });
  await client.send(describeKey);
  await kms.clock.advance('2h');
  await expect(client.send(describeKey)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
});
