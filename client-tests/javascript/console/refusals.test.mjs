// Deletion and the clock, a policy that locks out, a refused call explained, and a fault that hits.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { REFUSED, call, emulator, tab } from './setup.mjs';

const alert = (page) => page.getByRole('alert').filter({ hasText: /./ });
const keyOf = async (kms, input = {}) => (await call(kms, 'CreateKey', input)).KeyMetadata.KeyId;
const linkTo = (id, view) => `/#/keys/000000000000/us-east-1/${id}/${view}`;

test('a deletion, and the clock', () => emulator([], async (kms) => {
  const id = await keyOf(kms);
  await tab(kms, async (page) => {
    await page.getByRole('spinbutton', { name: 'Waiting period (in days)' }).fill('3');
    await page.getByRole('button', { name: 'Schedule key deletion' }).click();
    await alert(page).getByRole('heading', { name: 'ValidationException' }).waitFor();
    await page.getByRole('spinbutton', { name: 'Waiting period (in days)' }).fill('7');
    await page.getByRole('button', { name: 'Schedule key deletion' }).click();
    await page.getByText('Pending deletion').waitFor();
    await page.getByRole('button', { name: 'Cancel key deletion' }).click();
    await page.getByText('Pending deletion').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Schedule key deletion' }).click();
    await page.getByText('Pending deletion').waitFor();

    await page.getByRole('link', { name: 'Clock', exact: true }).click();
    await page.getByRole('button', { name: 'To the next rotation or deletion' }).click();
    await page.getByRole('status').getByText('The time is now').waitFor();
    await page.getByRole('link', { name: 'Keys', exact: true }).click();
    await page.getByText('There are no keys here yet.').waitFor();
    await page.goto(kms.endpoint + linkTo(id, 'general'));
    await alert(page).getByText('NotFoundException').waitFor();
  }, { address: linkTo(id, 'general'), expected: REFUSED });
}));

test('a fault is armed and hits', () => emulator([], async (kms) => {
  const id = await keyOf(kms);
  await tab(kms, async (page) => {
    await page.getByRole('link', { name: 'Faults', exact: true }).click();
    await page.getByRole('combobox', { name: 'Operation' }).or(page.getByRole('textbox', { name: 'Operation' })).fill('Encrypt');
    await page.getByRole('button', { name: 'Arm fault' }).click();
    await page.getByRole('cell', { name: 'times: 1, error: ThrottlingException' }).waitFor();
    await page.goto(kms.endpoint + linkTo(id, 'try'));
    await page.getByRole('textbox', { name: 'Plaintext' }).fill('a secret');
    await page.getByRole('button', { name: 'Encrypt' }).click();
    await alert(page).getByRole('heading', { name: 'ThrottlingException' }).waitFor();
    await alert(page).getByRole('link', { name: 'Fault 1 hit this call' }).click();
    await page.getByRole('button', { name: 'Remove fault 1' }).click();
    await page.getByText('No fault is armed.').waitFor();
    await page.goBack();
    await page.getByRole('textbox', { name: 'Plaintext' }).fill('a secret');
    await page.getByRole('button', { name: 'Encrypt' }).click();
    await page.getByRole('status').getByText('Encrypt succeeded').waitFor();
    await page.getByRole('button', { name: 'Decrypt' }).click();
    await page.getByRole('status').getByText('Plaintext as text: a secret').waitFor();
  }, { expected: REFUSED });
}));

test('a refused call is explained, live', () => emulator([], async (kms) => {
  const id = await keyOf(kms);
  await tab(kms, async (page) => {
    await page.getByRole('link', { name: 'CreateKey' }).waitFor();
    // Another program calls while the page is open.
    await call(kms, 'Encrypt', { KeyId: id, Plaintext: 'AA==', EncryptionContext: { order: '1' } });
    const { CiphertextBlob } = await call(kms, 'Encrypt', { KeyId: id, Plaintext: 'AA==', EncryptionContext: { order: '1' } });
    await call(kms, 'Decrypt', { CiphertextBlob, EncryptionContext: { order: '2' } });
    await page.getByRole('link', { name: 'Decrypt' }).waitFor();
    await page.getByRole('textbox', { name: 'Error' }).or(page.getByRole('combobox', { name: 'Error' })).fill('InvalidCiphertextException');
    await page.getByRole('link', { name: 'Encrypt' }).first().waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('row').count(), 2);
    await page.getByRole('link', { name: 'Decrypt' }).click();
    await page.getByRole('heading', { name: 'Why it was refused' }).waitFor();
    await page.getByText('Reason:').waitFor();
    const { events, details } = await kms.control('GET', 'events?operation=Decrypt&details=true');
    assert.ok((await page.locator('main').innerText()).includes(details[0].reason));
    await page.getByRole('button', { name: 'Copy as fixture' }).click();
    const fixture = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    assert.deepEqual(fixture.expect, { status: 400, type: 'InvalidCiphertextException', no_message: true });
    assert.equal(events.length, 1);
  }, { address: '/#/calls' });
}));

const ACCOUNT = '111122223333';
const SEED = `
identities:
  - {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: root-secret, account: "${ACCOUNT}"}
  - {arn: "arn:aws:iam::${ACCOUNT}:user/bob", access_keys: [{id: AKIAI44QH8DHBEXAMPLE, secret: bob-secret}]}
keys:
  - id: 1234abcd-12ab-34cd-56ef-1234567890ab
    account: "${ACCOUNT}"
    policy:
      Version: "2012-10-17"
      Statement:
        - {Sid: root, Effect: Allow, Principal: {AWS: "arn:aws:iam::${ACCOUNT}:root"}, Action: "kms:*", Resource: "*"}
        - {Sid: keep, Effect: Deny, Principal: {AWS: "arn:aws:iam::${ACCOUNT}:user/bob"}, Action: "kms:DisableKey", Resource: "*"}
`;

test('with --auth policy: signed calls, a policy that locks out, and the statement that refuses', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  writeFileSync(join(folder, 'seed.yaml'), SEED);
  try {
    await emulator(['--auth', 'policy', '--seed', join(folder, 'seed.yaml')], (kms) => tab(kms, async (page) => {
      // Without an access key, the console shows the key, and KMS refuses its calls.
      await page.getByText('This emulator checks signatures').waitFor();
      await page.getByRole('button', { name: 'Disable', exact: true }).click();
      await alert(page).getByText('The security token included in the request is invalid.').waitFor();
      await alert(page).getByRole('link', { name: 'Calls need an access key: enter one' }).waitFor();

      const useKey = async (id, secret) => {
        await page.getByRole('link', { name: /^Caller/ }).click();
        await page.getByRole('textbox', { name: 'Access key ID' }).fill(id);
        await page.getByLabel('Secret access key').fill(secret);
        await page.getByRole('button', { name: 'Use this access key' }).click();
        await page.getByRole('status').getByText('The next calls use this access key.').waitFor();
      };
      await useKey('AKIAI44QH8DHBEXAMPLE', 'bob-secret');
      await page.goto(`${kms.endpoint}/#/keys/${ACCOUNT}/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab/general`);
      await page.getByRole('button', { name: 'Disable', exact: true }).click();
      await alert(page).getByText('with an explicit deny in a resource-based policy').waitFor();
      await alert(page).getByText('Refused by: key policy, statement 2 (keep)').waitFor();
      await alert(page).getByRole('link', { name: 'See the key policy' }).click();
      await page.getByRole('heading', { name: 'Key policy' }).first().waitFor();

      await useKey('AKIAIOSFODNN7EXAMPLE', 'root-secret');
      await page.goto(`${kms.endpoint}/#/keys/${ACCOUNT}/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab/policy`);
      const policy = page.getByRole('textbox', { name: 'Key policy' });
      await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('keep'));
      await policy.fill('{"Version": "2012-10-17", "Statement": []}');
      await page.getByRole('button', { name: 'Save changes' }).click();
      await alert(page).getByRole('heading', { name: 'MalformedPolicyDocumentException' }).waitFor();
      await policy.fill(JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/bob` }, Action: 'kms:Encrypt', Resource: '*' }],
      }));
      await page.getByRole('button', { name: 'Save changes' }).click();
      await alert(page).getByText('The new key policy will not allow you to update the key policy in the future.').waitFor();
    }, { address: `/#/keys/${ACCOUNT}/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab/general`, expected: REFUSED }));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
