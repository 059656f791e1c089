// The flow of the article "Verifying data integrity with KMS asymmetric keys": one function signs a message and sends it
// through a queue, another receives and verifies it.

import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';

import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

import { createKey } from './setup.mjs';

const sqs = new SQSClient();
const data = { orderId: 42, amount: '199.00', customer: 'Ünïcödé' };
let key;
let sign;
let verify;

before(async () => {
  key = await createKey();
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'messages' }));
  process.env.KMS_KEY_ID = key.KeyId;
  process.env.QUEUE_URL = QueueUrl;
  // As in Lambda, the functions read their environment when they are loaded.
  sign = (await import('./sign.mjs')).handler;
  verify = (await import('./verify.mjs')).handler;
});

// The event that Lambda creates from a message in the queue.
async function receive() {
  const input = { QueueUrl: process.env.QUEUE_URL, MaxNumberOfMessages: 1, WaitTimeSeconds: 5 };
  const { Messages } = await sqs.send(new ReceiveMessageCommand(input));
  return { Records: [{ body: Messages[0].Body }] };
}

test('an unchanged message is valid', async () => {
  await sign({ data });
  const event = await receive();
  const log = mock.method(console, 'log');
  await verify(event);
  const [, response] = log.mock.calls[0].arguments;
  log.mock.restore();
  assert.equal(response.$metadata.httpStatusCode, 200);
  assert.match(response.$metadata.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(response.$metadata.attempts, 1);
  assert.equal(response.KeyId, key.Arn);
  assert.equal(response.SignatureValid, true);
  assert.equal(response.SigningAlgorithm, 'ECDSA_SHA_256');
});

test('a changed message is an exception without a message', async () => {
  await sign({ data });
  const event = await receive();
  const message = JSON.parse(event.Records[0].body);
  message.data.amount = '0.01';
  event.Records[0].body = JSON.stringify(message);
  await assert.rejects(verify(event), (error) => {
    assert.equal(error.name, 'KMSInvalidSignatureException');
    assert.equal(error.$metadata.httpStatusCode, 400);
    // KMS sends no message; this is the SDK's default.
    assert.equal(error.message, 'UnknownError');
    return true;
  });
});
