// What a great many keys leave behind that nobody uses any more: nothing. Apart from the other scenes of keys, since
// garbage is counted here, and whatever else runs in the process is in the count.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter } from '../../src/policy/rate-limiter.ts';
import { manualClock } from '../../src/testing/index.ts';
import { heldBytes } from '../support/garbage.ts';
import { onBothEngines } from '../support/given.ts';

onBothEngines('a keyed rate limiter by itself', (engine) => {
  it('SCENARIO 29: leaves no timer and no growth behind 100,000 idle keys', async () => {
    const clock = manualClock();
    const options = { permitsPerSecond: 1, burst: 2, perKey: { maxKeys: 100_000 } };
    const limiter = rateLimiter(options, { clock, engine });
    const keys = Array.from({ length: 100_000 }, (_, n) => `key ${n}`);
    const visit = () => keys.reduce((passed, key) => passed + Number(limiter.tryAcquire(1, key)), 0);
    const before = heldBytes();
    assert.equal(visit(), 100_000);
    assert.equal(visit(), 100_000);
    assert.equal(visit(), 0);
    assert.equal(clock.pending, 0);
    await clock.advance(3_600_000);
    assert.equal(visit(), 100_000);
    const grown = heldBytes() - before;
    assert.ok(grown < 500_000, `${grown / keys.length} bytes a key`);
  });
});
