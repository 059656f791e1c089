'use strict';

// For Jest's `setupFilesAfterEnv`.

const { afterAll, beforeAll, beforeEach } = require('@jest/globals');
const { setUpWith } = require('./hooks.cjs');

setUpWith({ beforeAll, beforeEach, afterAll });
