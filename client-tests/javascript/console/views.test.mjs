// Every view: axe-core finds nothing, nothing overflows, and pictures are written.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { REFUSED, call, emulator, overflows, tab, test, violations } from './setup.mjs';

const PICTURES = process.env.CONSOLE_PICTURES ?? assert.fail('CONSOLE_PICTURES is a folder for pictures');
const DOCS = process.env.CONSOLE_DOCS;
const WIDTHS = [320, 768, 1440];

// Keys of each kind, calls, a fault and a snapshot, at a fixed time.
async function fill(kms) {
  await kms.control('PUT', 'clock', { now: '2026-11-28T09:30:00Z', frozen: true });
  const create = async (alias, input) => {
    const { KeyMetadata } = await call(kms, 'CreateKey', input);
    await call(kms, 'CreateAlias', { AliasName: `alias/${alias}`, TargetKeyId: KeyMetadata.KeyId });
    return KeyMetadata.KeyId;
  };
  const orders = await create('orders', {
    KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', Description: 'Signs orders for the warehouse',
    Tags: [{ TagKey: 'team', TagValue: 'shop' }],
  });
  const customers = await create('customers', { Description: 'Personal data', MultiRegion: true });
  const sessions = await create('sessions', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const imported = await create('partner', { Origin: 'EXTERNAL' });
  const legacy = await create('legacy', { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
  await call(kms, 'DisableKey', { KeyId: sessions });
  await call(kms, 'ScheduleKeyDeletion', { KeyId: legacy, PendingWindowInDays: 7 });
  await call(kms, 'EnableKeyRotation', { KeyId: customers });
  await call(kms, 'CreateGrant', { KeyId: customers, GranteePrincipal: 'arn:aws:iam::111122223333:role/app', Operations: ['Decrypt'] });
  const { Signature } = await call(kms, 'Sign', { KeyId: orders, Message: 'b3JkZXI=', SigningAlgorithm: 'ECDSA_SHA_256' });
  await call(kms, 'Verify', { KeyId: orders, Message: 'b3JkZXI=', SigningAlgorithm: 'ECDSA_SHA_256', Signature });
  await call(kms, 'Verify', { KeyId: orders, Message: 'T1JERVI=', SigningAlgorithm: 'ECDSA_SHA_256', Signature });
  await call(kms, 'GenerateMac', { KeyId: sessions, Message: 'AA==', MacAlgorithm: 'HMAC_SHA_256' });
  await kms.control('POST', 'faults', { operation: 'Sign', error: 'ThrottlingException', times: 1 });
  await call(kms, 'Sign', { KeyId: orders, Message: 'b3JkZXI=', SigningAlgorithm: 'ECDSA_SHA_256' });
  await kms.control('POST', 'snapshots/before-each');
  return { orders, customers, sessions, imported, legacy };
}

async function views(kms, { orders, customers, sessions, imported, legacy }) {
  const { events } = await kms.control('GET', 'events?error=KMSInvalidSignatureException');
  const key = (id, view) => `#/keys/000000000000/us-east-1/${id}/${view}`;
  return {
    'keys': '#/keys', 'create-key': '#/create-key', 'calls': '#/calls', 'call': `#/calls/${events[0].requestID}`,
    'clock': '#/clock', 'faults': '#/faults', 'snapshots': '#/snapshots', 'coverage': '#/coverage', 'coverage-sign': '#/coverage/Sign', 'coverage-none': '#/coverage/Sing',
    'caller': '#/caller', 'none': '#/elsewhere',
    'key': key(orders, 'general'), 'key-public': key(orders, 'public-key'), 'key-try': key(orders, 'try'),
    'key-policy': key(orders, 'policy'), 'key-aliases': key(orders, 'aliases'), 'key-tags': key(orders, 'tags'),
    'key-grants': key(customers, 'grants'), 'key-rotation': key(customers, 'rotation'), 'key-regions': key(customers, 'regions'),
    'key-material': key(imported, 'material'), 'key-events': key(orders, 'events'), 'key-encrypt': key(customers, 'try'),
    'key-mac': key(sessions, 'try'), 'key-deleted': key(legacy, 'general'),
  };
}

// The form of the signature after a call that KMS refused, as the picture of the docs shows it.
async function verifyChanged(page) {
  await page.getByRole('textbox', { name: 'Message' }).fill('{"orderId":42,"amount":"199.00"}');
  await page.getByRole('button', { name: 'Sign', exact: true }).click();
  await page.getByText('Sign succeeded').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).fill('{"orderId":42,"amount":"0.01"}');
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('alert').getByText('Reason:').waitFor();
}

mkdirSync(PICTURES, { recursive: true });
test('every view, light and dark', () => emulator(['--deterministic', 'console'], async (kms) => {
  const all = await views(kms, await fill(kms));
  for (const colorScheme of ['light', 'dark']) {
    await tab(kms, async (page) => {
      for (const [name, address] of Object.entries(all)) {
        await page.goto(`${kms.endpoint}/${address}`);
        await page.locator('main h1').waitFor();
        if (name === 'key-try') await verifyChanged(page);
        else await page.locator('main .card, main table, main .empty, main .bad, main > p:not(.crumbs)').first().waitFor();
        for (const summary of await page.locator('summary').all()) await summary.click();
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          assert.deepEqual(await overflows(page), [], `${name} at ${width}`);
          await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
        assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
        if (name === 'key-try' && DOCS) {
          await page.setViewportSize({ width: 1180, height: 900 });
          for (const summary of await page.locator('details[open] summary').all()) await summary.click();
          await page.evaluate(() => scrollTo(0, 0));
          await page.screenshot({ path: join(DOCS, `console-${colorScheme}.png`) });
        }
      }
    }, { colorScheme, reducedMotion: 'reduce', expected: REFUSED });
  }
}));
