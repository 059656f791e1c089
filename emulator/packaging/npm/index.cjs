'use strict';

// Starts the emulator, and wraps its control plane.

const { spawn } = require('node:child_process');
const { createInterface } = require('node:readline');

const READY = 'Simulated KMS ready at ';

function findProgram() {
  if (process.env.KMS_EMULATOR) return process.env.KMS_EMULATOR;
  const name = process.platform === 'win32' ? 'kms-emulator.exe' : 'kms-emulator';
  try {
    return require.resolve(`@simulated-kms/${process.platform}-${process.arch}/bin/${name}`);
  } catch {
    // No package for this platform, or optional dependencies are not installed: the one on the PATH.
    return name;
  }
}

class SimulatedKms {
  #endpoint;
  #token;
  #process;

  constructor({ endpoint, token = 'local' } = {}) {
    this.#endpoint = endpoint?.replace(/\/+$/, '');
    this.#token = token;
    this.clock = new Clock(this);
    this.faults = new Faults(this);
    this.events = new Events(this);
    this.snapshots = new Snapshots(this);
  }

  get endpoint() {
    if (!this.#endpoint) throw new Error('The emulator is not started yet.');
    return this.#endpoint;
  }

  get environment() {
    return {
      AWS_ENDPOINT_URL_KMS: this.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    };
  }

  async start({ options = [], seed } = {}) {
    if (this.#endpoint) throw new Error('The emulator is already started.');
    const program = findProgram();
    // The machine's settings for the emulator do not apply to tests.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KMS_')));
    const args = ['--port=0', '--temporary', '--log-level=warn', ...options];
    if (seed !== undefined) args.push(`--seed=${seed}`);
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    const failed = new Promise((_, reject) => {
      child.once('error', (error) => reject(new Error(`${program} cannot be started: ${error.message}`)));
    });
    const first = createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    const { value: line = '' } = await Promise.race([first, failed]);
    if (!line.startsWith(READY)) {
      child.kill();
      throw new Error(`${program} did not start; its log says why. It printed ${JSON.stringify(line)}`);
    }
    this.#endpoint = line.slice(READY.length).split(' ')[0];
    process.once('exit', this.#kill);
    // It does not keep this process alive.
    child.unref();
    child.stdout.unref?.();
    return this;
  }

  #kill = () => this.#process?.kill();

  async stop() {
    const child = this.#process;
    this.#process = undefined;
    process.removeListener('exit', this.#kill);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    child.kill();
    await ended;
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.stop();
  }

  clientConfig(overrides = {}) {
    return {
      endpoint: this.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...overrides,
    };
  }

  async seed(document) {
    await this.control('POST', 'seed', document);
  }

  async reset() {
    await this.control('POST', 'reset');
  }

  async control(method, path, body) {
    const response = await fetch(`${this.endpoint}/_emulator/${path}`, {
      method,
      headers: { 'X-Emulator-Token': this.#token },
      body: typeof body === 'object' ? JSON.stringify(body) : body,
    });
    const content = await response.json();
    if (!response.ok) throw new Error(content.error);
    return content;
  }
}

class Clock {
  #kms;

  constructor(kms) {
    this.#kms = kms;
  }

  async now() {
    return new Date((await this.#kms.control('GET', 'clock')).now);
  }

  async advance(by) {
    await this.#kms.control('PUT', 'clock', { advance: typeof by === 'number' ? `${by}ms` : by });
  }

  async set(now) {
    await this.#kms.control('PUT', 'clock', { now: now instanceof Date ? now.toISOString() : now });
  }

  async freeze() {
    await this.#kms.control('PUT', 'clock', { frozen: true });
  }

  async unfreeze() {
    await this.#kms.control('PUT', 'clock', { frozen: false });
  }

  async useSystemTime() {
    await this.#kms.control('PUT', 'clock', { real: true });
  }
}

class Faults {
  #kms;

  constructor(kms) {
    this.#kms = kms;
  }

  async add(fault) {
    return (await this.#kms.control('POST', 'faults', fault)).id;
  }

  async all() {
    return (await this.#kms.control('GET', 'faults')).faults;
  }

  async remove(id) {
    await this.#kms.control('DELETE', `faults/${id}`);
  }

  async clear() {
    await this.#kms.control('DELETE', 'faults');
  }
}

class Events {
  #kms;

  constructor(kms) {
    this.#kms = kms;
  }

  async all(filters = {}) {
    return (await this.#kms.control('GET', `events?${new URLSearchParams(filters)}`)).events;
  }

  of(operation) {
    return this.all({ operation });
  }

  waitFor(operation, { count = 1, within = '10s' } = {}) {
    return this.all({ operation, count, wait: within });
  }

  async clear() {
    await this.#kms.control('DELETE', 'events');
  }
}

class Snapshots {
  #kms;

  constructor(kms) {
    this.#kms = kms;
  }

  async save(name) {
    await this.#kms.control('POST', `snapshots/${encodeURIComponent(name)}`);
  }

  async restore(name) {
    await this.#kms.control('POST', `snapshots/${encodeURIComponent(name)}/restore`);
  }

  async delete(name) {
    await this.#kms.control('DELETE', `snapshots/${encodeURIComponent(name)}`);
  }
}

function start(options) {
  return new SimulatedKms().start(options);
}

module.exports = { SimulatedKms, findProgram, start };
