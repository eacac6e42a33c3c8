// A limiter that is disposed of at the moment at which its permits would have been there.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter } from '../../src/policy/rate-limiter.ts';
import { manualClock } from '../../src/testing/index.ts';
import { onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('whoever waits for a limiter that is disposed of', (engine) => {
  it('is told when to come back where that is known, and nothing where it could be now', async () => {
    for (const [passedMs, retryAfterMs] of [
      [40, 60],
      [1_000, undefined],
    ] as const) {
      const clock = manualClock({ startMs: 36_000_000 });
      const limiter = rateLimiter({ permitsPerSecond: 10, burst: 1, maxWaitMs: 500 }, { clock, engine });
      limiter.tryAcquire();
      const waits = errorOf(limiter.acquire());
      clock.set(clock.now() + passedMs);
      limiter.dispose();
      assert.equal(((await waits) as { retryAfterMs?: number }).retryAfterMs, retryAfterMs);
    }
  });
});
