// The calls that the console shows as code, compiled and run as they stand. CODE names the languages; each has what
// it needs in a variable of the environment. The code in Rust is a part of a program, whose file is CODE_RUST.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { start } from 'simulated-kms';

import { CIPHERTEXT_OF, SEED, calls } from './calls.mjs';

const { LANGUAGES } = await import(pathToFileURL(join(process.env.CONSOLE_SOURCE, 'code.mjs')));
const execute = promisify(execFile);

// A program that runs code of a language, in a folder.
async function run(folder, program, ...parameters) {
  await execute(program, parameters, { cwd: folder, env: { ...process.env, AWS_PAGER: '', PYTHONIOENCODING: 'utf-8' } });
}

function save(folder, name, code) {
  writeFileSync(join(folder, name), code);
  return name;
}

// Version 1 of the AWS CLI, which pip installs, with the bytes in base64 of version 2.
const CLI = `
import base64, sys, tempfile
from awscli.clidriver import main
files = []
for at, name in enumerate(sys.argv):
    if name in ("--plaintext", "--ciphertext-blob", "--message", "--mac", "--signature"):
        files.append(tempfile.NamedTemporaryFile())
        files[-1].write(base64.b64decode(sys.argv[at + 1], validate=True))
        files[-1].flush()
        sys.argv[at + 1] = "fileb://" + files[-1].name
sys.exit(main())
`;

// The body of a function for each call, and the calls of all functions.
function functions(codes, body, use) {
  return [codes.map(body).join('\n'), codes.map((_, index) => use(`call${index}`)).join('\n')];
}

// Where the program in Rust has its arguments.
const [ENDPOINT, CIPHERTEXT] = ['http://127.0.0.1:4599', 'Y2lwaGVydGV4dA=='];

function programInRust() {
  const place = { endpoint: ENDPOINT, region: 'us-east-1', accessKeyId: 'test' };
  const codes = calls(CIPHERTEXT).map(([operation, input]) => LANGUAGES.Rust(operation, input, place));
  return `//! Made from the calls of \`client-tests/javascript/console/calls.mjs\`, by \`UPDATE=1\`.

use std::error::Error;

use aws_config::BehaviorVersion;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{GrantConstraints, Tag};
use base64::prelude::{BASE64_STANDARD, Engine as _};

#[expect(clippy::too_many_lines, reason = "all calls, one after another")]
pub(super) async fn calls(endpoint: &str, ciphertext: &str) -> Result<(), Box<dyn Error>> {
${codes.join('\ndrop(answer);\n\n')}
drop(answer);
Ok(())
}
`.replaceAll(`"${ENDPOINT}"`, 'endpoint').replaceAll(`"${CIPHERTEXT}"`, 'ciphertext');
}

// How a person runs code of a language, as often as there are calls, or all at once where a compiler takes seconds.
const RUN = {
  'AWS CLI': async (codes, folder) => {
    const [python, cli] = [join(process.env.CODE_PYTHON, 'python'), save(folder, 'aws.py', CLI)];
    const aws = `set -e\naws() { '${python}' ${cli} "$@"; }\n`;
    await run(folder, 'bash', save(folder, 'calls.sh', aws + codes.join('\n')));
  },
  JavaScript: async (codes, folder) => {
    const files = codes.map((code, index) => save(folder, `call${index}.mjs`, code));
    await run(folder, process.execPath, save(folder, 'calls.mjs', files.map((file) => `await import('./${file}');`).join('\n')));
  },
  Python: (codes, folder) => run(folder, join(process.env.CODE_PYTHON, 'python'), save(folder, 'calls.py', codes.join('\n'))),
  Java: async (codes, folder) => {
    const lines = codes.map((code) => code.split('\n'));
    const imports = new Set(lines.flat().filter((line) => line.startsWith('import ')));
    const bodies = lines.map((all) => all.filter((line) => !imports.has(line)).join('\n'));
    const [all, uses] = functions(bodies, (body, index) => `static void call${index}() {${body}\n}`, (name) => `${name}();`);
    const source = `${[...imports].join('\n')}\npublic class Calls {\n${all}\npublic static void main(String[] none) {\n${uses}\n}\n}\n`;
    await run(folder, 'java', '-Dfile.encoding=UTF-8', '-XX:TieredStopAtLevel=1', '-cp', process.env.CODE_JAVA, save(folder, 'Calls.java', source));
  },
  Go: async (codes, folder) => {
    const [all, uses] = functions(
      codes,
      (code, index) => `func call${index}(ctx context.Context) error {\n${code}\n_ = answer\nreturn err\n}`,
      (name) => `if err := ${name}(context.Background()); err != nil { panic(err) }`,
    );
    const imports = ['context', 'encoding/base64', ...['aws', 'config', 'service/kms', 'service/kms/types'].map((name) => `github.com/aws/aws-sdk-go-v2/${name}`)];
    const source = `package main\nimport (\n${imports.map((name) => `"${name}"`).join('\n')}\n)\n${all}\nfunc main() {\n${uses}\n}\n`;
    // A program of the module that has the SDK.
    const program = mkdtempSync(join(process.env.CODE_GO, 'calls-'));
    try {
      const file = save(program, 'main.go', source);
      await run(program, 'go', 'vet', file);
      await run(program, 'go', 'run', file);
    } finally {
      rmSync(program, { recursive: true });
    }
  },
  // Cargo has compiled it with the other programs of the tests.
  Rust: async (_, folder, kms, ciphertext) => {
    const [file, code] = [process.env.CODE_RUST, programInRust()];
    if (process.env.UPDATE === '1') writeFileSync(file, code);
    assert.equal(readFileSync(file, 'utf8'), code, 'UPDATE=1 makes the file');
    await run(folder, process.env.CODE_RUST_PROGRAM, kms.endpoint, ciphertext);
  },
  HTTP: async (codes, _, kms) => {
    for (const code of codes) {
      // An empty line ends the head.
      const [head, body] = code.split(/\n\n(.*)/s);
      const [, ...lines] = head.split('\n');
      const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s)));
      const response = await fetch(kms.endpoint, { method: 'POST', headers, body });
      assert.equal(response.status, 200, await response.text());
    }
  },
};

async function http(kms, operation, input) {
  const target = `TrentService.${operation}`;
  const headers = { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': target };
  const response = await fetch(kms.endpoint, { method: 'POST', headers, body: JSON.stringify(input) });
  return response.json();
}

for (const language of process.env.CODE.split(',')) {
  test(language, async () => {
    const kms = await start();
    const folder = mkdtempSync(fileURLToPath(new URL('../code-', import.meta.url)));
    try {
      await kms.seed(SEED);
      const { CiphertextBlob } = await http(kms, ...CIPHERTEXT_OF);
      await kms.events.clear();
      const place = { endpoint: kms.endpoint, region: 'us-east-1', accessKeyId: 'test' };
      const all = calls(CiphertextBlob);
      await RUN[language](all.map(([operation, input]) => LANGUAGES[language](operation, input, place)), folder, kms, CiphertextBlob);
      const events = await kms.events.all();
      assert.deepEqual(events.map(({ eventName, errorCode }) => [eventName, errorCode]), all.map(([operation]) => [operation, undefined]));
      // Decrypt succeeds with the same encryption context only, and a description is as it was written.
      assert.equal(events[0].requestParameters.description, all[0][1].Description);
      assert.equal(events[0].requestParameters.policy, all[0][1].Policy);
    } finally {
      rmSync(folder, { recursive: true });
      await kms.stop();
    }
  });
}
