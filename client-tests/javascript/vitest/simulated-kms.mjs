// A Simulated KMS for Vitest (and Jest: the same, with its own `beforeAll`, `beforeEach`, `afterAll`).
// Copy this file; the emulator is the program that KMS_EMULATOR names, or else `kms-emulator` on the PATH.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { KMSClient } from '@aws-sdk/client-kms';

const READY = 'Simulated KMS ready at ';

// An emulator for the tests of a file. Each test begins with the same keys, clock and faults, and without
// events.
export function useSimulatedKMS({ beforeAll, beforeEach, afterAll }) {
  const kms = new SimulatedKMS();
  beforeAll(async () => {
    await kms.start();
    await kms.control('POST', 'snapshots/before-each');
  });
  beforeEach(() => kms.control('POST', 'snapshots/before-each/restore'));
  afterAll(() => kms.stop());
  return kms;
}

export class SimulatedKMS {
  // With options of one's own, if need be: start('--quotas', 'aws').
  async start(...options) {
    const program = process.env.KMS_EMULATOR ?? 'kms-emulator';
    // The machine's own settings for the emulator are not for tests.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KMS_')));
    const args = ['--port=0', '--temporary', '--log-level=warn', ...options];
    this.process = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const failed = new Promise((_, reject) => this.process.once('error', reject));
    const first = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]().next();
    const { value: line = '' } = await Promise.race([first, failed]);
    if (!line.startsWith(READY)) throw new Error(`not the ready line: ${line}`);
    this.endpoint = line.slice(READY.length).split(' ')[0];
  }

  stop() {
    this.process.kill();
  }

  // A client with the SDK's defaults, or with settings of one's own.
  client(config = {}) {
    return new KMSClient({
      endpoint: this.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...config,
    });
  }

  // Moves the clock on: '8d', '90s'.
  advance(by) {
    return this.control('PUT', 'clock', { advance: by });
  }

  // Makes requests fail: { operation: 'Sign', times: 2, error: 'ThrottlingException' }.
  fault(fault) {
    return this.control('POST', 'faults', fault);
  }

  // The requests of an operation since the test began, the oldest first, as CloudTrail tells of them.
  async events(operation) {
    return (await this.control('GET', `events?operation=${operation}`)).events;
  }

  // Adds the keys of a seed file, YAML or JSON.
  seed(document) {
    return this.control('POST', 'seed', document);
  }

  // Any request to the control plane.
  async control(method, path, body) {
    const answer = await fetch(`${this.endpoint}/_emulator/${path}`, {
      method,
      headers: { 'X-Emulator-Token': 'local' },
      body: typeof body === 'object' ? JSON.stringify(body) : body,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(JSON.parse(text).error);
    return text ? JSON.parse(text) : undefined;
  }
}
