// Line coverage of src, as the tests on this Node reach it, threads included.
//
//   node scripts/coverage.mjs           all tests
//   node scripts/coverage.mjs state/    tests whose path contains the word
//
// Threads that a test ends by force report nothing, so what only they run counts as not covered.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { root } from './root.mjs';

process.chdir(root);
const c8 = createRequire(import.meta.url).resolve('c8/bin/c8.js');
const run = spawnSync(
  process.execPath,
  [
    c8,
    '--all',
    '--src=src',
    '--include=src/**/*.ts',
    '--exclude=**/*.d.ts',
    '--exclude=**/*.wasm.ts',
    '--reporter=text',
    '--reporter=json-summary',
    '--reports-dir=coverage',
    process.execPath,
    'scripts/test.mjs',
    '--test-reporter=dot',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exitCode = run.status ?? 1;
