#!/usr/bin/env node
'use strict';

// The command `simulated-kms`: the emulator's own command line.

const { spawn } = require('node:child_process');
const { findProgram } = require('../index.cjs');

const child = spawn(findProgram(), process.argv.slice(2), { stdio: 'inherit' });
// A terminal sends Ctrl-C to both. Other signals reach only this process.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`simulated-kms: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  // As a shell reports a signal.
  process.exit(signal ? 128 + require('node:os').constants.signals[signal] : code);
});
