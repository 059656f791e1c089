'use strict';

// For Jest: `const kms = useSimulatedKms();` in a file of tests.

const { afterAll, beforeAll, beforeEach } = require('@jest/globals');
const { useWith } = require('./hooks.cjs');

module.exports.useSimulatedKms = (options) => useWith({ beforeAll, beforeEach, afterAll }, options);
