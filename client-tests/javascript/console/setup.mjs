// A browser for the console. An error in the console of the browser, or a violation of the page's policy, fails
// the test.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test as once } from 'node:test';

import { chromium } from 'playwright-core';

import { launchOptions } from '../browser/chromium.mjs';
import { start } from 'simulated-kms';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {import('playwright-core').Browser} */
export let browser;
before(async () => {
  browser = await chromium.launch(launchOptions());
});
after(() => browser?.close());

// A test that starts everything it uses. Chromium aborts all requests when a network of the machine changes, as other
// tests do by starting containers. Then the test runs again.
export function test(name, run) {
  once(name, async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        if (attempt === 4 || !error.stack.includes('ERR_NETWORK_CHANGED')) throw error;
      }
    }
  });
}

// Runs a function with an emulator that has these options.
export async function emulator(options, use) {
  const kms = await start({ options });
  try {
    return await use(kms);
  } finally {
    await kms.stop();
  }
}

// Runs a function with a new tab, which must not report an error that is not in `expected`.
export async function tab(kms, use, { expected = [], address = '/', ...settings } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...settings,
  });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    if (['error', 'warning'].includes(message.type()) && !expected.some((part) => text.includes(part))) problems.push(text);
  });
  page.setDefaultTimeout(20_000);
  try {
    await page.goto(kms.endpoint + address);
    const result = await use(page);
    assert.deepEqual(problems, []);
    return result;
  } catch (error) {
    error.stack += `\n${page.url()}\n${problems.join('\n')}\n${await shown(page)}`;
    throw error;
  } finally {
    await context.close();
  }
}

// What the page shows besides its forms, for the message of a failed test.
async function shown(page) {
  const parts = page.locator('h1, table, .empty, [role=alert], [role=status]');
  return (await parts.allInnerTexts().catch(() => [])).filter(Boolean).map((text) => text.slice(0, 2000)).join('\n');
}

// Chromium reports each response of an error as an error of the page.
export const REFUSED = ['the server responded with a status of 400'];

// The violations that axe-core finds. It runs outside of the page's world, so the page's policy stays as it is.
export async function violations(page) {
  const devtools = await page.context().newCDPSession(page);
  const { frameTree } = await devtools.send('Page.getFrameTree');
  const { executionContextId } = await devtools.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const run = `${AXE}; axe.run(document).then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) =>
    [id, ...nodes.map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary)])))`;
  const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', {
    expression: run, contextId: executionContextId, awaitPromise: true, returnByValue: true,
  });
  assert.equal(exceptionDetails, undefined);
  await devtools.detach();
  return JSON.parse(result.value);
}

// Elements that reach out of the window, or the page itself.
export function overflows(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const isWide = (element) => element.getBoundingClientRect().right > width + 1 && !element.closest('.hidden, thead, datalist');
    const wide = [...document.body.querySelectorAll('*')].filter(isWide).map((element) => element.outerHTML.slice(0, 120));
    return document.documentElement.scrollWidth > width ? ['the page', ...wide] : wide;
  });
}

// Calls KMS as an application does.
export async function call(kms, operation, input, { region = 'us-east-1', account = '000000000000' } = {}) {
  const response = await fetch(kms.endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `TrentService.${operation}`,
      Authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/kms/aws4_request, SignedHeaders=host, Signature=00`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  return text === '' ? {} : JSON.parse(text);
}
