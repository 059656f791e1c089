// The signing function of the article "Verifying data integrity with KMS asymmetric keys", in its own words where they are
// known.

import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { createHash } from 'crypto';

const { QUEUE_URL, KMS_KEY_ID } = process.env;

const kmsClient = new KMSClient();
const sqsClient = new SQSClient();

export async function handler(event) {
  // 1. Get the object which we want to sign
  const data = event.data;

  // 2. Create a digest from the message
  const hash = createHash('sha256');
  hash.update(Buffer.from(JSON.stringify(data)));
  const digest = hash.digest();

  // 3. Sign the message
  const signCommandInput = {
    KeyId: KMS_KEY_ID,
    MessageType: 'DIGEST',
    SigningAlgorithm: 'ECDSA_SHA_256',
    Message: digest,
  };
  const signCommand = new SignCommand(signCommandInput);

  let signature;
  try {
    const response = await kmsClient.send(signCommand);
    signature = response.Signature;
  } catch (error) {
    throw error;
  }

  // 4. Send the message to the recipient
  const sendMessageInput = {
    QueueUrl: QUEUE_URL,
    MessageBody: JSON.stringify({ signature: signature.toString(), data }),
  };
  const sendMessageCommand = new SendMessageCommand(sendMessageInput);

  try {
    const response = await sqsClient.send(sendMessageCommand);
    console.log('message sent to queue: ', response);
  } catch (error) {
    throw error;
  }
}
