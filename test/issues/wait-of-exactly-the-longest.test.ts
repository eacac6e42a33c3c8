// A call whose permits would be there after exactly `maxWaitMs` was let into line and refused when that time had come.
// What fits is never refused after it has waited.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fine, given, onBothEngines } from '../support/given.ts';

onBothEngines('a wait for permits', (engine) => {
  it('of exactly maxWaitMs gets in', async () => {
    const { guarded, clock } = given(engine, {
      rateLimiter: { permitsPerSecond: 1, burst: 1, maxWaitMs: 3_000 },
    });
    const calls = [1, 2, 3, 4].map(() => guarded.executeOutcome(fine));
    const fifth = await guarded.executeOutcome(fine);
    assert.equal(fifth.rejected, true);
    await clock.advance(3_000);
    for (const outcome of await Promise.all(calls)) assert.equal(outcome.ok, true);
  });
});
