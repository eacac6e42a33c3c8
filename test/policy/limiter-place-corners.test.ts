// The place of a limiter in memory: given back once, however often it is disposed of.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter } from '../../src/policy/rate-limiter.ts';
import { manualClock } from '../../src/testing/index.ts';
import { onBothEngines } from '../support/given.ts';

onBothEngines('a limiter that is disposed of twice', (engine) => {
  it('gives its place to one other, and not to two', () => {
    const settings = { clock: manualClock({ startMs: 36_000_000 }), engine };
    const make = () => rateLimiter({ permitsPerSecond: 0.001, burst: 1 }, settings);
    const first = make();
    first.dispose();
    first.dispose();
    const others = [make(), make(), make()];
    assert.deepEqual(
      others.map((other) => other.tryAcquire()),
      [true, true, true],
    );
    for (const other of others) other.dispose();
  });
});
