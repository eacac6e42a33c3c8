// After some dozens of updates the bucket of a key that nobody had used meanwhile, and the one that keys share which
// found none, were read as of options they never had, and were full again. What is spent stays spent.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { onBothEngines } from '../support/given.ts';

onBothEngines('keyed buckets', (engine) => {
  it('that are spent stay spent through any number of updates', () => {
    const options = { permitsPerSecond: 1, burst: 2, perKey: { maxKeys: 4 } };
    const limiter = rateLimiter(options, { clock: manualClock(), engine });
    const keys = Array.from({ length: 40 }, (_, index) => `key ${index}`);
    for (const key of keys) while (limiter.tryAcquire(1, key));
    for (let update = 1; update <= 600; update++) limiter.update({ permitsPerSecond: 1 + (update % 2) });
    for (const key of keys) assert.equal(limiter.tryAcquire(1, key), false, key);
  });
});
