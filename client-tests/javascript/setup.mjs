// A client and a signing key. The environment alone configures the client.

import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';

export const kms = new KMSClient();

// An asymmetric key for signing and verification.
export async function createKey() {
  const input = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return KeyMetadata;
}
