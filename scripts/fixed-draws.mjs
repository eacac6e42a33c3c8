// Loaded before a test file where the suite must judge a change and not try its luck: what fast-check draws there
// is the same each time. Everywhere else it draws anew, and prints the seed of what fails.

import { isMainThread } from 'node:worker_threads';
import { draws } from './suite.mjs';

const SEED = 20_261_130;

// Who does not draw, and the threads of the library under test, would pay for loading it.
const [, file] = process.argv;
if (isMainThread && (!file?.endsWith('.test.ts') || draws(file))) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
}
