// A change of rate where each key has a bucket: from then on all of them fill at the new rate.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { givenLater as given, onBothEngines } from '../support/given.ts';

const KEYS = Array.from({ length: 40 }, (_, number) => `key ${number}`);
const LIMIT = { permitsPerSecond: 0.1, burst: 2, perKey: { maxKeys: 100 } };

onBothEngines('a change of a keyed rate', (engine) => {
  it('holds for all keys at once, whichever is used first', async () => {
    const { clock, guarded } = given(engine, { rateLimiter: LIMIT });
    for (const key of KEYS) assert.ok(guarded.tryAcquire({ key, permits: 2 }).ok);
    guarded.update({ rateLimiter: { permitsPerSecond: 10 } });
    await clock.advance(100);
    for (const key of KEYS) {
      assert.ok(guarded.tryAcquire({ key }).ok, key);
      assert.ok(!guarded.tryAcquire({ key }).ok, key);
    }
  });

  it('holds so for a limiter by itself', async () => {
    const clock = manualClock({ startMs: 36_000_000 });
    const limiter = rateLimiter(LIMIT, { clock, engine });
    for (const key of KEYS) assert.ok(limiter.tryAcquire(2, key));
    limiter.update({ permitsPerSecond: 10 });
    await clock.advance(100);
    assert.deepEqual(
      KEYS.map((key) => Math.round(limiter.available(key) * 100) / 100),
      KEYS.map(() => 1),
    );
  });
});
