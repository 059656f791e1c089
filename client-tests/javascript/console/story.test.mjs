// The article's story in the console: create a key, sign, verify, and meet the errors.

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';

import { REFUSED, emulator, tab, test } from './setup.mjs';

const MESSAGE = '{"orderId":42,"amount":"199.00"}';
const status = (page) => page.getByRole('status').filter({ hasText: /./ });
const alert = (page) => page.getByRole('alert').filter({ hasText: /./ });

test('the story by clicks', () => emulator([], (kms) => tab(kms, async (page) => {
  await page.getByRole('link', { name: 'Keys', exact: true }).click();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('radio', { name: 'Asymmetric' }).check();
  await page.getByRole('radio', { name: 'Sign and verify' }).check();
  await page.getByRole('combobox', { name: 'Key spec' }).selectOption('ECC_NIST_P256');
  await page.getByRole('textbox', { name: 'Alias' }).fill('orders');
  await page.getByRole('textbox', { name: 'Description' }).fill('Signs orders');
  await page.getByRole('button', { name: 'Create key' }).click();

  await page.getByRole('link', { name: 'Public key' }).click();
  await page.getByRole('button', { name: 'Copy public key' }).click();
  await page.getByText('Copied').waitFor();
  const pem = await page.evaluate(() => navigator.clipboard.readText());
  const publicKey = createPublicKey(pem);

  await page.getByRole('link', { name: 'Try it' }).click();
  await page.getByRole('textbox', { name: 'Message' }).fill(MESSAGE);
  await page.getByRole('button', { name: 'Sign', exact: true }).click();
  await status(page).getByText('Sign succeeded').waitFor();
  const signature = await page.getByRole('textbox', { name: 'Signature' }).inputValue();
  // Another library verifies the signature with the copied key.
  assert.ok(verify('sha256', Buffer.from(MESSAGE), publicKey, Buffer.from(signature, 'base64')));

  await page.getByRole('button', { name: 'Verify' }).click();
  await status(page).getByText('The signature is valid.').waitFor();

  await page.getByRole('textbox', { name: 'Message' }).fill(MESSAGE.replace('199.00', '0.01'));
  await page.getByRole('button', { name: 'Verify' }).click();
  await alert(page).getByRole('heading', { name: 'KMSInvalidSignatureException' }).waitFor();
  await alert(page).getByText('KMS sends no message with this error.').waitFor();

  await page.getByRole('combobox', { name: 'Message type' }).selectOption('DIGEST');
  await page.getByRole('checkbox', { name: 'Hash the message in the page' }).uncheck();
  await page.getByRole('button', { name: 'Sign', exact: true }).click();
  await alert(page).getByText('Digest is invalid length for algorithm ECDSA_SHA_256.').waitFor();

  await page.getByRole('checkbox', { name: 'Hash the message in the page' }).check();
  await page.getByRole('textbox', { name: 'Signature' }).fill('');
  await page.getByRole('button', { name: 'Verify' }).click();
  await alert(page).getByText("1 validation error detected: Value at 'signature' failed to satisfy constraint: " +
    'Member must have length greater than or equal to 1').waitFor();

  const names = (await kms.control('GET', 'events')).events.map((event) => event.eventName);
  // What the page reads leaves no events.
  assert.deepEqual(names, ['CreateKey', 'CreateAlias', 'Sign', 'Verify', 'Verify', 'Sign', 'Verify']);
}, { expected: REFUSED })));

test('the steps for administrators and users write the key policy, as AWS documents it', () => emulator([], (kms) => tab(kms, async (page) => {
  await page.getByRole('button', { name: 'Create key' }).click();
  const steps = page.getByRole('region', { name: /^Step/ });
  assert.deepEqual(await steps.getByRole('heading', { level: 2 }).allTextContents(), [
    'Step 1: Configure key', 'Step 2: Add labels', 'Step 3: Define key administrative permissions',
    'Step 4: Define key usage permissions', 'Step 5: Edit key policy', 'Step 6: Review',
  ]);
  await page.getByRole('radio', { name: 'Asymmetric' }).check();
  await page.getByRole('radio', { name: 'Sign and verify' }).check();
  const policy = page.getByRole('textbox', { name: 'Key policy' });
  assert.equal(await policy.inputValue(), '');
  await page.getByRole('textbox', { name: 'Key administrators' }).fill('arn:aws:iam::000000000000:role/admin');
  await page.getByRole('checkbox', { name: 'Allow key administrators to delete this key' }).uncheck();
  await page.getByRole('textbox', { name: 'Key users' }).fill('arn:aws:iam::000000000000:user/alice\narn:aws:iam::111122223333:root');
  const { Statement: [root, administrators, users, services] } = JSON.parse(await policy.inputValue());
  assert.deepEqual(root.Principal, { AWS: ['arn:aws:iam::000000000000:root'] });
  assert.equal(administrators.Sid, 'Allow access for Key Administrators');
  assert.deepEqual(administrators.Principal, { AWS: ['arn:aws:iam::000000000000:role/admin'] });
  assert.ok(administrators.Action.includes('kms:Put*') && !administrators.Action.includes('kms:ScheduleKeyDeletion'));
  assert.deepEqual(users, {
    Sid: 'Allow use of the key',
    Effect: 'Allow',
    Principal: { AWS: ['arn:aws:iam::000000000000:user/alice', 'arn:aws:iam::111122223333:root'] },
    Action: ['kms:Sign', 'kms:Verify', 'kms:GetPublicKey', 'kms:DescribeKey'],
    Resource: '*',
  });
  assert.deepEqual(services.Condition, { Bool: { 'kms:GrantIsForAWSResource': 'true' } });

  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('link', { name: 'Key policy' }).click();
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('Allow use of the key'));
})));

// Presses Tab until an element with this role and name has the focus.
async function tabTo(page, role, name) {
  const target = page.getByRole(role, { name, exact: true });
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluateAll((elements) => elements.some((element) => element === document.activeElement))) return;
    await page.keyboard.press('Tab');
  }
  const focused = await page.evaluate(() => document.activeElement?.outerHTML);
  assert.fail(`Tab never reaches the ${role} ${name}; the focus is on ${focused}`);
}

test('the story by keyboard', () => emulator([], (kms) => tab(kms, async (page) => {
  const { keyboard } = page;
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
  await tabTo(page, 'link', 'Keys');
  await keyboard.press('Enter');
  await tabTo(page, 'button', 'Create key');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Create key' }).waitFor();
  await tabTo(page, 'radio', 'Symmetric');
  await keyboard.press('ArrowRight');
  await tabTo(page, 'radio', 'Encrypt and decrypt');
  await keyboard.press('ArrowRight');
  await tabTo(page, 'textbox', 'Alias');
  await keyboard.type('orders');
  // Enter in a field submits the form.
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'General configuration' }).waitFor();
  // The heading of the new view has the focus.
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');

  await tabTo(page, 'link', 'Try it');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Try it' }).waitFor();
  await tabTo(page, 'textbox', 'Message');
  await keyboard.type(MESSAGE);
  await tabTo(page, 'button', 'Sign');
  await keyboard.press('Enter');
  await status(page).getByText('Sign succeeded').waitFor();
  await tabTo(page, 'button', 'Verify');
  await keyboard.press('Space');
  await status(page).getByText('The signature is valid.').waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await keyboard.press('Control+A');
  await keyboard.press('Delete');
  await tabTo(page, 'button', 'Verify');
  await keyboard.press('Enter');
  await alert(page).getByText("Value at 'signature' failed to satisfy constraint").waitFor();
}, { expected: REFUSED })));
