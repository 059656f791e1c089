// A page of another origin in a real browser, with and without `--cors-origin`.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';
import { build } from 'vite';

import { launchOptions } from './chromium.mjs';
import { start } from 'simulated-kms';

const WORKED = {
  SignatureValid: 'true',
  'error.name': 'NotFoundException',
  'error.message': 'Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.',
};
// Pages can never use the control plane.
const CLOSED = { state: 'refused', 'state with a token': 'refused', done: 'true' };
let browser;
let server;
let origin;

// The page's files: path to content.
async function bundle() {
  const root = fileURLToPath(new URL('page', import.meta.url));
  const { output } = await build({ root, configFile: false, logLevel: 'warn', build: { write: false } });
  return new Map(output.map((file) => [`/${file.fileName}`, file.code ?? file.source]));
}

before(async () => {
  const files = await bundle();
  server = createServer(({ url }, response) => {
    const { pathname } = new URL(url, origin);
    const content = files.get(pathname);
    const type = pathname.endsWith('.html') ? 'text/html' : 'text/javascript';
    response.writeHead(content ? 200 : 404, { 'Content-Type': type }).end(content);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch(launchOptions());
});
after(async () => {
  await browser?.close();
  server?.close();
});

// Runs a function with an emulator that has these options.
async function emulator(options, use) {
  const kms = await start({ options });
  try {
    await use(kms);
  } finally {
    await kms.stop();
  }
}

// The page's result, and the protocols of its responses.
async function open(kms, settings) {
  const page = await browser.newPage(settings);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  const protocols = new Set();
  devtools.on('Network.responseReceived', ({ response }) => {
    if (response.url.startsWith(kms.endpoint)) protocols.add(response.protocol);
  });
  await page.goto(`${origin}/index.html?kms=${encodeURIComponent(kms.endpoint)}`);
  await page.getByText('done').waitFor();
  const shown = await page.locator('dt').evaluateAll(
    (names) => names.map((name) => [name.textContent, name.nextSibling.textContent]),
  );
  await page.close();
  return { shown: Object.fromEntries(shown), protocols: [...protocols] };
}

// Checks that the page read a response of KMS and an error. Returns their request IDs.
function worked(shown) {
  const { requestId, 'error.requestId': another, ...rest } = shown;
  assert.deepEqual(rest, { ...WORKED, ...CLOSED });
  return [requestId, another];
}

const eventsOf = async (kms) => (await kms.control('GET', 'events')).events;

for (const [what, allowed] of [
  ['allowed origin', () => ['--cors-origin', 'https://elsewhere.example', '--cors-origin', origin]],
  ['all origins allowed', () => ['--cors-origin', '*']],
]) {
  test(what, () => emulator(allowed(), async (kms) => {
    const { shown, protocols } = await open(kms);
    const ids = worked(shown);
    assert.deepEqual(protocols, ['http/1.1']);
    // The page's attempt to reset the emulator had no effect.
    const events = await eventsOf(kms);
    assert.deepEqual(events.map((event) => event.eventName), ['CreateKey', 'Sign', 'Verify', 'DescribeKey']);
    assert.deepEqual(events.slice(2).map((event) => event.requestID), ids);
  }));
}

for (const [what, allowed] of [
  ['another origin allowed', () => ['--cors-origin', origin.replace('127.0.0.1', 'localhost')]],
  ['no origin allowed', () => []],
]) {
  test(what, () => emulator(allowed(), async (kms) => {
    const { shown } = await open(kms);
    assert.deepEqual(shown, { failed: 'TypeError', ...CLOSED });
    assert.deepEqual(await eventsOf(kms), []);
  }));
}

// The browser accepts any certificate here; `http2.test.mjs` checks it.
test('HTTPS with HTTP/2', () => emulator(['--tls', '--cors-origin', origin], async (kms) => {
  const { shown, protocols } = await open(kms, { ignoreHTTPSErrors: true });
  for (const id of worked(shown)) assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.deepEqual(protocols, ['h2']);
}));
