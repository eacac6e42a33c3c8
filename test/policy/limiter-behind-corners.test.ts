// A limiter by itself that somebody waits for: who comes later takes nothing, though it asks for less than there is.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { onBothEngines } from '../support/given.ts';

onBothEngines('who comes behind somebody that waits for a limiter', (engine) => {
  it('takes nothing, at once or on credit, until the line is empty', async () => {
    const clock = manualClock({ startMs: 36_000_000 });
    const limiter = rateLimiter({ permitsPerSecond: 10, burst: 5, maxWaitMs: 5_000 }, { clock, engine });
    assert.ok(limiter.tryAcquire(3));
    const waits = limiter.acquire(5);
    assert.equal(limiter.available(), 2);
    assert.equal(limiter.tryAcquire(1), false);
    assert.equal(limiter.reserve(1), Number.POSITIVE_INFINITY);
    assert.equal(limiter.available(), 2);
    await clock.advance(300);
    await waits;
    assert.equal(limiter.available(), 0);
    await clock.advance(100);
    assert.ok(limiter.tryAcquire(1));
  });
});
