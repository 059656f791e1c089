'use strict';

// For Node.js's own tests: `const kms = useSimulatedKms();` in a file of tests.

const { after, before, beforeEach } = require('node:test');
const { useWith } = require('./hooks.cjs');

module.exports.useSimulatedKms = (options) => useWith({ beforeAll: before, beforeEach, afterAll: after }, options);
