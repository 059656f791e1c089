'use strict';

// What the set-ups for all test frameworks share.

const { SimulatedKms } = require('./index.cjs');

const SNAPSHOT = 'before-each';

// An emulator for the tests of a file, in the same state before each test.
function useWith({ beforeAll, beforeEach, afterAll }, options, whenStarted = () => {}) {
  const kms = new SimulatedKms();
  // One hook, since Node.js does not wait for one before the next.
  beforeAll(async () => {
    await kms.start(options);
    await kms.snapshots.save(SNAPSHOT);
    whenStarted(kms);
  });
  beforeEach(() => kms.snapshots.restore(SNAPSHOT));
  afterAll(() => kms.stop());
  return kms;
}

// The same for tested code that finds the emulator by the environment.
function setUpWith(hooks) {
  useWith(hooks, {}, setEnvironment);
}

function setEnvironment(kms) {
  const { AWS_ENDPOINT_URL_KMS, ...others } = kms.environment;
  process.env.AWS_ENDPOINT_URL_KMS = AWS_ENDPOINT_URL_KMS;
  // A project may have credentials for other services.
  if (process.env.AWS_ACCESS_KEY_ID || process.env.AWS_PROFILE) return;
  Object.assign(process.env, { ...others, AWS_REGION: process.env.AWS_REGION ?? others.AWS_REGION });
}

module.exports = { setUpWith, useWith };
