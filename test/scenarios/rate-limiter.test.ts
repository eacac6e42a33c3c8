import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RateLimitedError } from '../../src/index.ts';
import type { ManualClock } from '../../src/testing/index.ts';
import { fine, given, onBothEngines } from '../support/given.ts';

/** Writes down how each call ended, and when. */
function ledger(clock: ManualClock) {
  const ends: string[] = [];
  const follow = (name: string, call: Promise<unknown>) =>
    call.then(
      () => ends.push(`${name} at ${clock.now()}`),
      (error) => ends.push(`${name} ${(error as Error).name} at ${clock.now()}`),
    );
  return { ends, follow };
}

onBothEngines('the rate limiter of a policy', (engine) => {
  it('SCENARIO 25: passes exactly four calls of cost a half at burst 2', async () => {
    const { guarded } = given(engine, { rateLimiter: { permitsPerSecond: 1, burst: 2 } });
    for (let call = 0; call < 4; call++) await guarded.execute(fine, { permits: 0.5 });
    await assert.rejects(guarded.execute(fine, { permits: 0.5 }), RateLimitedError);
    for (const permits of [Number.NaN, -1, 0, Number.POSITIVE_INFINITY, 3]) {
      await assert.rejects(guarded.execute(fine, { permits }), RangeError);
      assert.throws(() => guarded.tryAcquire({ permits }), RangeError);
    }
  });

  it('SCENARIO 27: refuses a wait that is too long at once, and no other after waiting', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 1, burst: 1, maxWaitMs: 2_000 },
    });
    const { ends, follow } = ledger(clock);
    for (const name of ['a', 'b', 'c', 'd']) follow(name, guarded.execute(fine));
    await clock.advance(0);
    assert.deepEqual(ends.toSorted(), ['a at 0', 'd RateLimitedError at 0']);
    await clock.advance(10_000);
    assert.deepEqual(ends.slice(2), ['b at 1000', 'c at 2000']);
    assert.equal(clock.pending, 0);
  });

  it('SCENARIO 28: serves in order of arrival, whatever each costs', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 5, burst: 5, maxWaitMs: 60_000 },
    });
    const { ends, follow } = ledger(clock);
    follow('first', guarded.execute(fine, { permits: 5 }));
    follow('five', guarded.execute(fine, { permits: 5 }));
    for (let call = 0; call < 10; call++) {
      follow(`one ${call}`, guarded.execute(fine));
      assert.equal(guarded.tryAcquire({ permits: 0.1 }).ok, false);
      await clock.advance(100);
    }
    await clock.advance(2_000);
    assert.deepEqual(ends.slice(0, 4), ['first at 0', 'five at 1000', 'one 0 at 1200', 'one 1 at 1400']);
    assert.equal(ends.length, 12);
    assert.equal(clock.pending, 0);
  });
});
