// The calls that the console shows as code, run as they stand.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { start } from 'simulated-kms';

const { LANGUAGES } = await import(pathToFileURL(join(process.env.CONSOLE_SOURCE, 'code.mjs')));
const run = promisify(execFile);

// How a person runs code of a language. A file is in a folder where the SDK is installed.
const RUN = {
  async JavaScript(code, folder) {
    const file = join(folder, 'call.mjs');
    writeFileSync(file, code);
    await run(process.execPath, [file]);
  },
  async HTTP(code, _, kms) {
    const [head, body] = code.split('\n\n');
    const [, ...lines] = head.split('\n');
    const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s)));
    const response = await fetch(kms.endpoint, { method: 'POST', headers, body });
    assert.equal(response.status, 200, await response.text());
  },
};

// Inputs of every kind of member: texts, bytes, numbers, flags, lists, structures and maps.
async function calls(kms) {
  const key = '1234abcd-12ab-34cd-56ef-1234567890ab';
  const signing = '1234abcd-12ab-34cd-56ef-1234567890ac';
  await kms.seed({ keys: [
    { id: key, material: { seed: 'a' } },
    { id: signing, spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', material: { seed: 'b' } },
  ] });
  return [
    ['CreateKey', { Description: `a "quoted" text, it's \\ ok`, MultiRegion: true, Tags: [{ TagKey: 'team', TagValue: 'shop' }] }],
    ['Sign', { KeyId: signing, Message: 'aGVsbG8=', MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' }],
    ['Encrypt', { KeyId: key, Plaintext: 'aGVsbG8=', EncryptionContext: { order: '42' } }],
    ['CreateGrant', {
      KeyId: key, GranteePrincipal: 'arn:aws:iam::000000000000:root', Operations: ['Decrypt', 'Encrypt'],
      Constraints: { EncryptionContextSubset: { order: '42' } },
    }],
    ['ScheduleKeyDeletion', { KeyId: key, PendingWindowInDays: 7 }],
    ['CancelKeyDeletion', { KeyId: key }],
  ];
}

for (const [language, runs] of Object.entries(RUN)) {
  test(language, async () => {
    const kms = await start();
    const folder = mkdtempSync(fileURLToPath(new URL('../code-', import.meta.url)));
    try {
      const place = { endpoint: kms.endpoint, region: 'us-east-1', accessKeyId: 'test' };
      for (const [operation, input] of await calls(kms)) {
        await runs(LANGUAGES[language](operation, input, place), folder, kms);
        const [event] = (await kms.events.of(operation)).slice(-1);
        assert.equal(event?.errorCode, undefined, operation);
        assert.ok(event, operation);
      }
    } finally {
      rmSync(folder, { recursive: true });
      await kms.stop();
    }
  });
}
