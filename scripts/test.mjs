// Runs the tests on the Node that runs this.
//
//   node scripts/test.mjs                     all of them
//   node scripts/test.mjs races/ keyed        files whose path contains one of the words
//   node scripts/test.mjs races/ --test-only  flags go to the runner

import { spawnSync } from 'node:child_process';
import { buildDashboard } from './dashboard.mjs';
import { buildKernels } from './kernels.mjs';
import { root } from './root.mjs';
import { CONCURRENCY, FILE_TIMEOUT_MS, preloads, sourceFlags, testFiles } from './suite.mjs';

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith('-'));
const filters = words.filter((word) => !word.startsWith('-')).map((word) => word.replace(/^\.\//, ''));

process.chdir(root);
await buildKernels();
await buildDashboard();

const files = testFiles(filters);
if (files.length === 0) {
  console.error(`no test file's path contains ${filters.join(' or ')}`);
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  [
    ...sourceFlags(process.version),
    ...preloads(files).flatMap((each) => ['--import', each]),
    '--test',
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${FILE_TIMEOUT_MS}`,
    ...(flags.some((flag) => flag.startsWith('--test-reporter')) ? [] : ['--test-reporter=spec']),
    ...flags,
    ...files,
  ],
  { stdio: 'inherit' },
);
process.exitCode = run.status ?? 1;
