// Simulated KMS for Vitest. Copy this file. For Jest, import its `beforeAll`, `beforeEach` and `afterAll` instead.
// The emulator is the program in the environment variable KMS_EMULATOR, or `kms-emulator` on the PATH.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { KMSClient } from '@aws-sdk/client-kms';

const READY = 'Simulated KMS ready at ';

// Starts an emulator for the tests of a file, with options such as '--auth', 'policy'. Before each test, its keys, clock,
// faults and events are reset.
export function useSimulatedKMS({ beforeAll, beforeEach, afterAll }, ...options) {
  const kms = new SimulatedKMS();
  beforeAll(async () => {
    await kms.start(...options);
    await kms.control('POST', 'snapshots/before-each');
  });
  beforeEach(() => kms.control('POST', 'snapshots/before-each/restore'));
  afterAll(() => kms.stop());
  return kms;
}

export class SimulatedKMS {
  // Takes the emulator's options: start('--quotas', 'aws').
  async start(...options) {
    const program = process.env.KMS_EMULATOR ?? 'kms-emulator';
    // The machine's settings for the emulator do not apply to tests.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KMS_')));
    const args = ['--port=0', '--temporary', '--log-level=warn', ...options];
    this.process = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const failed = new Promise((_, reject) => this.process.once('error', reject));
    const first = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]().next();
    const { value: line = '' } = await Promise.race([first, failed]);
    if (!line.startsWith(READY)) throw new Error(`no ready line: ${line}`);
    this.endpoint = line.slice(READY.length).split(' ')[0];
  }

  stop() {
    this.process.kill();
  }

  // A client with the SDK's defaults and these options.
  client(config = {}) {
    return new KMSClient({
      endpoint: this.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...config,
    });
  }

  // Advances the clock, for example by '8d' or '90s'.
  advance(by) {
    return this.control('PUT', 'clock', { advance: by });
  }

  // Makes requests fail: { operation: 'Sign', times: 2, error: 'ThrottlingException' }.
  fault(fault) {
    return this.control('POST', 'faults', fault);
  }

  // The test's requests of an operation as CloudTrail events, the oldest first.
  async events(operation) {
    return (await this.control('GET', `events?operation=${operation}`)).events;
  }

  // Adds the keys and identities of a seed file, YAML or JSON.
  seed(document) {
    return this.control('POST', 'seed', document);
  }

  // Sends a request to the control plane. Returns the JSON of the response.
  async control(method, path, body) {
    const response = await fetch(`${this.endpoint}/_emulator/${path}`, {
      method,
      headers: { 'X-Emulator-Token': 'local' },
      body: typeof body === 'object' ? JSON.stringify(body) : body,
    });
    const content = await response.json();
    if (!response.ok) throw new Error(content.error);
    return content;
  }
}
