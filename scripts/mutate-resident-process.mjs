// The process of `Resident`: loads a bundle of tests anew each time it is asked to, and runs it.

import fc from 'fast-check';
import { forget, runAll } from './mutate-mini.mjs';

// Whether a property fails is asked, not by how little.
fc.configureGlobal({ endOnFailure: true });

const { stackTraceLimit } = Error;
let runs = 0;

process.on('message', async (url) => {
  let failed = false;
  Error.stackTraceLimit = stackTraceLimit;
  try {
    forget();
    await import(`${url}?${++runs}`);
    await runAll();
  } catch {
    failed = true;
  }
  process.send({ failed });
});
