// What asks to be told of an abort, and throws when it is. Run by abort-listener-that-throws.test.ts.

import process from 'node:process';
import { policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';

process.on('uncaughtException', (error) => console.log(`raised ${error.message}`));

const clock = manualClock();
const guarded = policy({ timeout: { attemptMs: 100 }, bulkhead: { maxConcurrent: 1 } }, { clock });
const call = guarded.execute((context) => {
  const { whenAborted } = context as unknown as { whenAborted(listener: () => void): void };
  whenAborted.call(context, () => {
    throw new Error('the listener');
  });
  return new Promise(() => {});
});
call.catch((error) => console.log(`answered ${error.code}`));
await clock.advance(100);
await new Promise((resolve) => setImmediate(resolve));
