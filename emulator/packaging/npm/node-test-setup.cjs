'use strict';

// For `node --require simulated-kms/node-test-setup --test`. The process that only starts the others has no tests.

const { setUpWith } = require('./hooks.cjs');

if (process.env.NODE_TEST_CONTEXT || !process.execArgv.includes('--test')) {
  const { after, before, beforeEach } = require('node:test');
  setUpWith({ beforeAll: before, beforeEach, afterAll: after });
}
