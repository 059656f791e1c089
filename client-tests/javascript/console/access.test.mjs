// Who may use the console: the control token, a foreign address, and pages of other origins.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { browser, call, emulator, tab } from './setup.mjs';

test('the control token', () => emulator(['--control-token', 't0ken'], (kms) => tab(kms, async (page) => {
  await page.getByLabel('Control token', { exact: true }).and(page.locator('input')).fill('wrong');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('alert').getByText('the header X-Emulator-Token is not the --control-token').waitFor();
  await page.getByLabel('Control token', { exact: true }).and(page.locator('input')).fill('t0ken');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
}, { expected: ['the server responded with a status of 403'] })));

test('the console is off on a foreign address', () => emulator(['--host', '0.0.0.0'], async (kms) => {
  await tab(kms, async (page) => {
    await page.getByText('start with --control-token to turn it on').waitFor();
    assert.equal(await page.locator('script').count(), 0);
  });
  const file = await fetch(`${kms.endpoint}/console/app.mjs`);
  assert.equal(file.status, 404);
}));

// A page that tries to use the emulator: by requests, in a frame, and in a window.
const ATTACK = (target) => `<!doctype html><title>attack</title><iframe src="${target}/" id="frame"></iframe>
<script>
const tries = {};
const run = async () => {
  const settle = async (name, request) => { tries[name] = await request().then((response) => response.type === 'opaque' ? 'opaque' : response.status, () => 'refused'); };
  await settle('plain', () => fetch('${target}/_emulator/reset', { method: 'POST' }));
  await settle('blind', () => fetch('${target}/_emulator/reset', { method: 'POST', mode: 'no-cors' }));
  await settle('token', () => fetch('${target}/_emulator/reset', { method: 'POST', headers: { 'X-Emulator-Token': 'x' } }));
  await settle('page', () => fetch('${target}/'));
  await settle('call', () => fetch('${target}/', { method: 'POST', body: '{}', headers: { 'X-Amz-Target': 'TrentService.ListKeys' } }));
  await settle('module', () => import('${target}/console/session.mjs'));
  let frame;
  try { frame = document.getElementById('frame').contentDocument ? 'readable' : 'closed'; } catch { frame = 'closed'; }
  tries.frame = frame;
  window.tries = tries;
};
addEventListener('load', run);
</script>`;

async function attacker(target, use) {
  const server = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(ATTACK(target)));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}`);
    await page.waitForFunction(() => window.tries);
    return await use(page, await page.evaluate(() => window.tries));
  } finally {
    await page.close();
    server.close();
  }
}

test('a page of another origin can do nothing', () => emulator([], async (kms) => {
  await call(kms, 'CreateKey', {});
  await attacker(kms.endpoint, async (page, tries) => {
    assert.deepEqual(tries, {
      plain: 'refused', blind: 'opaque', token: 'refused', page: 'refused', call: 'refused', module: 'refused', frame: 'closed',
    });
    // The frame shows an error page of the browser, not the console.
    const frame = page.frames()[1];
    assert.equal(await frame?.locator('header').count().catch(() => 0), 0);
  });
  const { keys } = await kms.control('GET', 'keys');
  assert.equal(keys.length, 1, 'no reset happened');
}));

test('DNS rebinding', () => emulator([], async (kms) => {
  const { port } = new URL(kms.endpoint);
  const { chromium } = await import('playwright-core');
  const { launchOptions } = await import('../browser/chromium.mjs');
  const options = launchOptions();
  const rebound = await chromium.launch({ ...options, args: [...options.args, '--host-resolver-rules=MAP evil.example 127.0.0.1'] });
  try {
    const page = await rebound.newPage();
    await page.goto(`http://evil.example:${port}/`);
    // The page of the emulator that says how to open the console.
    await page.getByText('needs a loopback host name').waitFor();
    const statuses = await page.evaluate(async () => {
      const status = (path, init) => fetch(path, init).then((response) => response.status, () => 'refused');
      return [
        await status('/_emulator/keys', { headers: { 'X-Emulator-Token': 'x' } }),
        await status('/', { method: 'POST', body: '{}', headers: { 'X-Amz-Target': 'TrentService.CreateKey' } }),
        await status('/console/app.mjs'),
      ];
    }).catch((error) => error);
    // The policy of that page blocks its requests; without the policy, the emulator refuses them.
    assert.deepEqual(statuses, ['refused', 'refused', 'refused']);
  } finally {
    await rebound.close();
  }
  assert.deepEqual((await kms.control('GET', 'events')).events, []);
}));
