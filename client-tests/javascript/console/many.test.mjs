// 100,000 keys: the console is as quick as with none.

import assert from 'node:assert/strict';

import { emulator, tab, test } from './setup.mjs';

const COUNT = 100_000;
// The keys of one seed: a busy machine takes seconds for them.
const PART = 4000;

// The milliseconds after a reload until a page paints its frame, and until it shows a text.
async function reload(page, text) {
  const started = performance.now();
  await page.reload({ waitUntil: 'commit' });
  await page.getByText(text).first().waitFor();
  const view = performance.now() - started;
  // The browser reports a paint a moment after it.
  const paint = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  return { view, paint: await paint.jsonValue() };
}

// The best of several runs, as the machine does other work too.
function best(runs, name) {
  return Math.min(...runs.map((run) => run[name]));
}

async function fill(kms) {
  const id = (index) => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
  const all = Array.from({ length: COUNT }, (_, index) => ({ id: id(index), alias: `alias/key-${index}` }));
  for (let index = 0; index < COUNT; index += PART) {
    await kms.control('POST', 'seed', { keys: all.slice(index, index + PART) });
  }
}

test('100,000 keys', () => emulator([], (none) => emulator([], async (kms) => {
  await fill(kms);
  await tab(none, (empty) => tab(kms, async (page) => {
    const [without, many] = [[], []];
    for (let run = 0; run < 8; run += 1) {
      without.push(await reload(empty, 'There are no keys here yet.'));
      many.push(await reload(page, 'key-0'));
    }
    for (const [name, grace] of [['paint', 50], ['view', 100]]) {
      const [few, all] = [best(without, name), best(many, name)];
      console.log(`first ${name}: ${few.toFixed()} ms without keys, ${all.toFixed()} ms with ${COUNT}`);
      assert.ok(all < 2 * few + grace, `first ${name}: ${all} ms with ${COUNT} keys, ${few} ms with none`);
    }
    // The frame needs neither modules nor data.
    assert.ok(best(many, 'paint') < best(many, 'view'), 'the frame waits for the keys');

    page.setDefaultTimeout(60_000);
    await page.getByRole('searchbox', { name: 'Search' }).fill('KEY-99999');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'key-99999' }).waitFor();
    assert.equal(await page.getByRole('row').count(), 2);
    await page.getByRole('searchbox', { name: 'Search' }).fill('');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByRole('link', { name: 'key-50 ' }).waitFor();
  }));
})));
