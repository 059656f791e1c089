// Import of key material that the page wraps.

import assert from 'node:assert/strict';
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { test as once } from 'node:test';
import { pathToFileURL } from 'node:url';

import { call, emulator, tab, test } from './setup.mjs';

const { aesKeyWrapWithPadding } = await import(pathToFileURL(join(process.env.CONSOLE_SOURCE, 'key-wrap.mjs')));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));

once('the vectors of RFC 5649, section 6', async () => {
  const key = bytes('5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8');
  const vectors = {
    c37b7e6492584340bed12207808941155068f738: '138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a',
    '466f7250617369': 'afbeb0f07dfbf5419200f2ccb50bb24f',
  };
  for (const [material, wrapped] of Object.entries(vectors)) {
    assert.equal(Buffer.from(await aesKeyWrapWithPadding(key, bytes(material))).toString('hex'), wrapped);
  }
});

const der = { privateKeyEncoding: { type: 'pkcs8', format: 'der' } };
const KEYS = {
  RSA_2048: generateKeyPairSync('rsa', { modulusLength: 2048, ...der }),
  RSA_4096: generateKeyPairSync('rsa', { modulusLength: 4096, ...der }),
  ECC_NIST_P521: generateKeyPairSync('ec', { namedCurve: 'P-521', ...der }),
};
for (const [KeySpec, { privateKey, publicKey }] of Object.entries(KEYS)) {
  test(KeySpec, () => emulator([], async (kms) => {
    const created = await call(kms, 'CreateKey', { KeySpec, KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' });
    const { KeyId } = created.KeyMetadata;
    await tab(kms, async (page) => {
      await page.getByRole('textbox', { name: 'Key material' }).fill(privateKey.toString('base64'));
      await page.getByRole('button', { name: 'Import key material' }).click();
      await page.getByRole('status').getByText('ImportKeyMaterial succeeded').waitFor();
    }, { address: `/#/keys/000000000000/us-east-1/${KeyId}/material` });
    const SigningAlgorithm = KeySpec.startsWith('RSA') ? 'RSASSA_PKCS1_V1_5_SHA_256' : 'ECDSA_SHA_512';
    const { Signature } = await call(kms, 'Sign', { KeyId, SigningAlgorithm, Message: btoa('a message') });
    const verify = createVerify(SigningAlgorithm.slice(-7).replace('_', '')).update('a message');
    assert.ok(verify.verify(publicKey, Buffer.from(Signature, 'base64')));
  }));
}
