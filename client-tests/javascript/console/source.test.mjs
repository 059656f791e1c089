// The source of the console: types, libraries, size, and rules.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { emulator } from './setup.mjs';

const SOURCE = process.env.CONSOLE_SOURCE ?? assert.fail('CONSOLE_SOURCE is the folder emulator/console');
const PACKAGES = fileURLToPath(new URL('../node_modules', import.meta.url));
const FILES = readdirSync(SOURCE, { recursive: true }).filter((file) => /\.(mjs|css|html|txt)$/.test(file));
const OWN = FILES.filter((file) => file.endsWith('.mjs') && !file.startsWith('vendor'));
const text = (file) => readFileSync(join(SOURCE, file), 'utf8');

// The compiler resolves the types of the libraries from the packages of the tests.
function check(change = () => {}) {
  const folder = mkdtempSync(fileURLToPath(new URL('../types-', import.meta.url)));
  try {
    cpSync(SOURCE, join(folder, 'console'), { recursive: true });
    change(join(folder, 'console'));
    const compilerOptions = {
      allowJs: true, checkJs: true, strict: true, noEmit: true, noUnusedLocals: true, noUnusedParameters: true,
      target: 'esnext', module: 'nodenext', lib: ['esnext', 'dom', 'dom.iterable'], skipLibCheck: true, types: [],
    };
    const files = OWN.map((file) => `console/${file}`);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const tsc = join(PACKAGES, 'typescript/bin/tsc');
    return spawnSync(process.execPath, [tsc, '--project', folder, '--pretty', 'false'], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the types are right', () => {
  const { stdout, status } = check();
  assert.equal(stdout, '');
  assert.equal(status, 0);
});

test('a wrong type is found', () => {
  const wrong = check((folder) => {
    const file = join(folder, 'kms.mjs');
    writeFileSync(file, readFileSync(file, 'utf8').replace('authorization(headers,', 'authorization(1,'));
  });
  assert.match(wrong.stdout, /kms\.mjs.*error TS2345/);
});

test('the libraries are those of the lock file', () => {
  const published = { 'htm.mjs': 'htm/dist/htm.module.js', 'preact.mjs': 'preact/dist/preact.mjs', 'hooks.mjs': 'preact/hooks/dist/hooks.mjs' };
  for (const [file, path] of Object.entries(published)) {
    // A browser knows no names of packages, and there are no source maps.
    const content = readFileSync(join(PACKAGES, path), 'utf8').replace('from"preact"', 'from"./preact.mjs"');
    const expected = content.replace(/\/\/# sourceMappingURL=.*\n?/, '');
    const vendored = join(SOURCE, 'vendor', file);
    if (process.env.UPDATE === '1') writeFileSync(vendored, expected);
    assert.equal(readFileSync(vendored, 'utf8'), expected, file);
  }
  for (const name of ['htm', 'preact']) {
    assert.equal(text(`vendor/LICENSE-${name}`), readFileSync(join(PACKAGES, name, 'LICENSE'), 'utf8'));
    const { version } = JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8'));
    assert.match(text('vendor/licences.txt'), new RegExp(`${name} ${version}`, 'i'));
  }
});

test('the console is small', () => emulator([], async (kms) => {
  const addresses = FILES.map((file) => (file === 'index.html' ? '/' : `/console/${file}`));
  const contents = await Promise.all(addresses.map(async (address) => {
    const response = await fetch(kms.endpoint + address, { headers: { accept: 'text/html, */*' } });
    assert.equal(response.status, 200, address);
    return Buffer.from(await response.arrayBuffer());
  }));
  const size = contents.map((content) => gzipSync(content).length).reduce((sum, length) => sum + length);
  assert.ok(size <= 60_000, `${size} bytes with gzip`);
  for (const file of OWN) {
    const lines = text(file).split('\n').length;
    assert.ok(lines < 400, `${file} has ${lines} lines`);
  }
}));

test('every file is checked, and no text becomes markup', () => {
  for (const file of OWN) {
    assert.ok(text(file).startsWith('// @ts-check\n'), file);
    assert.doesNotMatch(text(file), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?:\/\/(?!\/)[a-z]/, file);
  }
});

test('the frame of the page has the views', () => {
  const views = JSON.parse(text('app.mjs').match(/const VIEWS = (.*);/)[1].replaceAll("'", '"'));
  const links = [...text('index.html').matchAll(/<a href="#\/([a-z]+)">([A-Z][a-z]+)<\/a>/g)].map(([, path, name]) => [path, name]);
  assert.deepEqual(links, views.map((name) => [name.toLowerCase(), name]));
});

test('the page loads all modules at once', () => {
  const loaded = [...text('index.html').matchAll(/(?:href|src)="\/console\/(.*\.mjs)"/g)].map(([, file]) => file);
  assert.deepEqual(loaded.sort(), FILES.filter((file) => file.endsWith('.mjs')).sort());
});

const { BLOBS, ENUM_LISTS, STRUCTURES, fromEvent, isEnum } = await import(pathToFileURL(join(SOURCE, 'code.mjs')));

test('code of an event has the names of the API', () => {
  const parameters = {
    tags: [{ tagKey: 'a', tagValue: 'b' }], constraints: { encryptionContextSubset: { order: '42' } },
    encryptionContext: { order: '42' }, operations: ['Decrypt'],
  };
  assert.deepEqual(fromEvent(parameters), {
    Tags: [{ TagKey: 'a', TagValue: 'b' }], Constraints: { EncryptionContextSubset: { order: '42' } },
    EncryptionContext: { order: '42' }, Operations: ['Decrypt'],
  });
});

test('code knows the kinds of members of the model', () => {
  const { operations, shapes } = JSON.parse(text('../model/kms.json'));
  const found = { blobs: new Set(), structures: {}, enumLists: {} };
  const shapeOf = (reference) => reference.shape ?? reference;
  const visit = (structure) => {
    for (const [name, reference] of Object.entries(shapes[structure].members ?? {})) {
      const shape = shapeOf(reference);
      const element = shapes[shape].type === 'list' ? shapeOf(shapes[shape].member) : shape;
      const { type, enum: values } = shapes[element];
      if (type === 'blob') found.blobs.add(name);
      if (type === 'structure') {
        found.structures[name] = element;
        visit(element);
      }
      if (type === 'string' && element === shape) assert.equal(isEnum(name), values !== undefined, name);
      if (values && element !== shape) found.enumLists[name] = element;
    }
  };
  for (const { input } of Object.values(operations)) visit(input);
  assert.deepEqual([...found.blobs].sort(), [...BLOBS]);
  assert.deepEqual(found.structures, STRUCTURES);
  assert.deepEqual(found.enumLists, ENUM_LISTS);
});
