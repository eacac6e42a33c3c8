// What a policy asks of chance, and what an update leaves alone.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PolicyOptions } from '../../src/index.ts';
import { boom, fine, givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('chance', (engine) => {
  it('is asked once for each call where something is left to it, and never elsewhere', async () => {
    const breaker = { consecutiveFailures: 5 };
    for (const [options, asked] of [
      [{ bulkhead: { maxConcurrent: 1 }, rateLimiter: { permitsPerSecond: 10 } }, 0],
      [{ circuitBreaker: breaker }, 0],
      [{ throttle: {} }, 2],
      [{ circuitBreaker: { ...breaker, ramp: { ms: 100 } } }, 2],
    ] as [PolicyOptions, number][]) {
      let draws = 0;
      const { guarded } = given(engine, options, { random: () => ++draws / 10 });
      await guarded.execute(fine);
      guarded.tryAcquire();
      assert.equal(draws, asked, JSON.stringify(options));
    }
  });
});

onBothEngines('an update', (engine) => {
  it('of other numbers leaves an open time alone that a function says', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 2, openMs: (n: number) => n * 100, halfOpen: { permits: 1 } },
    });
    guarded.update({ circuitBreaker: { consecutiveFailures: 1 } });
    const breaker = guarded.circuitBreaker;
    await errorOf(guarded.execute(boom));
    assert.equal(breaker?.retryAfterMs, 100);
    guarded.update({ circuitBreaker: { consecutiveFailures: 3 } });
    await clock.advance(100);
    await errorOf(guarded.execute(boom));
    assert.equal(breaker?.retryAfterMs, 200);
  });

  it('of an open time holds from the next opening on', async () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1, openMs: 100 } });
    guarded.update({ circuitBreaker: { openMs: 700 } });
    await errorOf(guarded.execute(boom));
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 700);
  });
});
