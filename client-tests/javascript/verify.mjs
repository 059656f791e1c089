// The verifying function of the article "Verifying data integrity with KMS asymmetric keys", in its own words where they are
// known.

import { KMSClient, VerifyCommand } from '@aws-sdk/client-kms';
import { createHash } from 'crypto';

const { KMS_KEY_ID } = process.env;

const kmsClient = new KMSClient();

export async function handler(event) {
  // 1. unwrap the message
  const record = event.Records[0];
  const message = JSON.parse(record.body);
  const data = message.data;

  // 2. Create the same digest
  const hash = createHash('sha256');
  hash.update(Buffer.from(JSON.stringify(data)));
  const digest = hash.digest();

  // 3. Verify the integrity of the data
  const verifyCommandInput = {
    KeyId: KMS_KEY_ID,
    MessageType: 'DIGEST',
    SigningAlgorithm: 'ECDSA_SHA_256',
    Message: digest,
    Signature: new Uint8Array(message.signature.split(',')),
  };
  const verifyCommand = new VerifyCommand(verifyCommandInput);

  try {
    const response = await kmsClient.send(verifyCommand);
    console.log('verification response: ', response);
  } catch (error) {
    throw error;
  }
}
