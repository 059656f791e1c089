// An Ethereum wallet with its key in KMS: `@rumblefishdev/eth-signer-kms` signs, and `ethers` recovers the address.

import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { before, test } from 'node:test';

import { KMS } from '@aws-sdk/client-kms';
import { KMSSigner } from '@rumblefishdev/eth-signer-kms';
import { Transaction, computeAddress, verifyMessage, verifyTypedData } from 'ethers';

const kms = new KMS();
let wallet;
let address;

before(async () => {
  const { KeyMetadata } = await kms.createKey({ KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'SIGN_VERIFY' });
  wallet = await KMSSigner.create(null, KeyMetadata.KeyId, kms);
  // The address, computed from the public key that Node.js reads.
  const { PublicKey } = await kms.getPublicKey({ KeyId: KeyMetadata.KeyId });
  const spki = { key: Buffer.from(PublicKey), format: 'der', type: 'spki' };
  const { x, y } = createPublicKey(spki).export({ format: 'jwk' });
  const point = [x, y].map((coordinate) => Buffer.from(coordinate, 'base64url').toString('hex'));
  address = computeAddress(`0x04${point.join('')}`);
});

test('address of the public key', async () => {
  assert.equal(await wallet.getAddress(), address);
});

// With this number of messages, there are large and small values of S, and both parities.
test('messages', async () => {
  for (let number = 0; number < 16; number += 1) {
    const message = `message ${number}`;
    const signature = await wallet.signMessage(message);
    assert.equal(verifyMessage(message, signature), address, message);
    assert.notEqual(verifyMessage('another', signature), address);
  }
});

test('transaction', async () => {
  const sent = { type: 2, chainId: 1, nonce: 0, to: computeAddress(`0x${'11'.repeat(32)}`), value: 1n };
  const raw = await wallet.signTransaction({ ...sent, gasLimit: 21_000n, maxFeePerGas: 2n, maxPriorityFeePerGas: 1n });
  const { from, to, value } = Transaction.from(raw);
  assert.deepEqual({ from, to, value }, { from: address, to: sent.to, value: 1n });
});

test('typed data', async () => {
  const [domain, types, value] = [{ name: 'shop' }, { Order: [{ name: 'id', type: 'uint256' }] }, { id: 42 }];
  const signature = await wallet.signTypedData(domain, types, value);
  assert.equal(verifyTypedData(domain, types, value, signature), address);
  assert.notEqual(verifyTypedData(domain, types, { id: 43 }, signature), address);
});
