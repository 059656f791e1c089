// The AWS Encryption SDK with its KMS keyring.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import {
  KmsKeyringNode,
  NodeCachingMaterialsManager,
  buildClient,
  getLocalCryptographicMaterialsCache,
} from '@aws-crypto/client-node';
import { CreateKeyCommand, DisableKeyCommand, KMS } from '@aws-sdk/client-kms';

import { kms } from './setup.mjs';

const sdk = buildClient();
const document = Buffer.from('a document, somewhat longer than a frame: Ünïcödé '.repeat(100));
const encryptionContext = { order: 'number-42', customer: 'Ünïcödé' };
let one;
let other;

before(async () => {
  one = await createKey();
  other = await createKey();
});

// Returns an ARN: the keyring takes the Region from it.
async function createKey() {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  return KeyMetadata.Arn;
}

// A keyring that records its calls to KMS and their errors.
function watched(generatorKeyId, ...keyIds) {
  const notes = { calls: [], refusals: [] };
  const client = new KMS();
  client.middlewareStack.add(
    (next, { commandName }) => async (input) => {
      notes.calls.push(commandName.replace('Command', ''));
      try {
        return await next(input);
      } catch (error) {
        notes.refusals.push(error.name);
        throw error;
      }
    },
    { step: 'initialize' },
  );
  const clientProvider = () => client;
  return { ...notes, keyring: new KmsKeyringNode({ clientProvider, generatorKeyId, keyIds }) };
}

async function encrypt(materials) {
  const { result } = await sdk.encrypt(materials, document, { encryptionContext });
  return result;
}

async function decrypt(materials, message) {
  const { plaintext, messageHeader } = await sdk.decrypt(materials, message);
  assert.deepEqual(plaintext, document);
  return messageHeader;
}

// Changes the encryption context in the message's header. Only KMS detects it.
function ofAnotherContext(message) {
  const changed = Buffer.from(message);
  changed.write('number-43', changed.indexOf('number-42'));
  return changed;
}

test('a document', async () => {
  const keyring = new KmsKeyringNode({ generatorKeyId: one });
  const header = await decrypt(keyring, await encrypt(keyring));
  assert.equal(header.encryptionContext.order, 'number-42');
  assert.deepEqual(header.encryptedDataKeys.map((key) => key.providerInfo), [one]);
});

test('wrong context', async () => {
  const { keyring, refusals } = watched(one);
  const message = await encrypt(keyring);
  await assert.rejects(decrypt(keyring, ofAnotherContext(message)));
  assert.deepEqual(refusals, ['InvalidCiphertextException']);
});

test('wrong key', async () => {
  const { keyring, calls } = watched(other);
  await assert.rejects(decrypt(keyring, await encrypt(watched(one).keyring)));
  assert.deepEqual(calls, []);
});

test('data key cache', async () => {
  const { keyring, calls } = watched(one);
  const cache = getLocalCryptographicMaterialsCache(10);
  const manager = new NodeCachingMaterialsManager({
    backingMaterials: keyring,
    cache,
    maxAge: 600_000,
    maxMessagesEncrypted: 2,
  });
  const messages = [await encrypt(manager), await encrypt(manager)];
  assert.deepEqual(calls, ['GenerateDataKey']);
  // The data key is for two messages, so the third needs another.
  messages.push(await encrypt(manager));
  assert.deepEqual(calls, ['GenerateDataKey', 'GenerateDataKey']);
  for (const message of messages) await decrypt(keyring, message);
});

test('two keys, one of them disabled', async () => {
  const first = await createKey();
  const { keyring, calls } = watched(first, other);
  const message = await encrypt(keyring);
  assert.deepEqual(calls, ['GenerateDataKey', 'Encrypt']);
  for (const key of [first, other]) await decrypt(watched(key).keyring, message);

  await kms.send(new DisableKeyCommand({ KeyId: first }));
  await decrypt(keyring, message);
  const { keyring: alone, refusals } = watched(first);
  await assert.rejects(decrypt(alone, message));
  assert.deepEqual(refusals, ['DisabledException']);
});
