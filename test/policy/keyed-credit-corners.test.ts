// Permits of a key that are taken on credit: each is paid for, as far ahead as a bucket can owe, and by nobody else.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { type Engine, onBothEngines } from '../support/given.ts';

function given(engine: Engine, permitsPerSecond: number, burst: number, maxKeys = 9) {
  const clock = manualClock({ startMs: 36_000_000 });
  return { clock, limiter: rateLimiter({ permitsPerSecond, burst, perKey: { maxKeys } }, { clock, engine }) };
}

onBothEngines('the credit of a key', (engine) => {
  it('is as long as what was asked for takes, one after another, a year from the start too', async () => {
    const { clock, limiter } = given(engine, 3, 2);
    await clock.advance(3e10 + 0.7);
    assert.equal(limiter.reserve(2, 'a'), 0);
    let owedMs = 0;
    for (let asked = 0; asked < 400; asked++) {
      const permits = 0.5 + ((asked * 0.37) % 1);
      owedMs += permits * (1_000 / 3);
      const waitMs = limiter.reserve(permits, 'a');
      assert.ok(Math.abs(waitMs - owedMs) < 1, `${waitMs} for ${owedMs}`);
      // Times of all kinds: what is paid by then is a whole number of units, which the wait need not end with.
      clock.set(clock.now() + 37.31);
      owedMs -= 37.31;
    }
  });

  it('goes as far as a bucket can owe, and no further', () => {
    const { limiter } = given(engine, 1e-5, 1_000);
    assert.equal(limiter.reserve(1_000, 'a'), 0);
    assert.equal(limiter.reserve(1_000, 'a'), 1e11);
    assert.equal(limiter.reserve(1, 'a'), Number.POSITIVE_INFINITY);
    assert.equal(limiter.reserve(1, 'b'), 0);
  });

  it('is none where keys share a bucket, from which they take what there is', () => {
    const { limiter } = given(engine, 1, 2, 1);
    const keys = Array.from({ length: 30 }, (_, number) => `key ${number}`);
    const served = keys.filter((key) => limiter.reserve(2, key) === 0);
    const own = served.filter((key) => limiter.available(key) < 2);
    assert.equal(served.length - own.length, 1);
    for (const key of keys) {
      if (!own.includes(key)) assert.equal(limiter.reserve(1, key), Number.POSITIVE_INFINITY);
    }
  });
});
