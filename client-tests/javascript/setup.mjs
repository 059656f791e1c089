// What the article takes as given: a key, and a queue. The clients know of the emulator by their
// environment alone.

import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';

export const kms = new KMSClient();

// A key as the article makes it in the console: asymmetric, sign and verify.
export async function createKey() {
  const input = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' };
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return KeyMetadata;
}
