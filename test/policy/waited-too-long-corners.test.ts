// Who waits too long for a slot: a refusal by the bulkhead, which its breaker hears nothing of.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fine, givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a call that waits too long for a slot', (engine) => {
  it('is refused by the bulkhead, and no rejection of the breaker’s', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { window: { calls: 10 } },
      bulkhead: { maxConcurrent: 1, maxQueue: 1, maxWaitMs: 50 },
    });
    assert.ok(guarded.tryAcquire().ok);
    const late = errorOf(guarded.execute(fine));
    await clock.advance(50);
    assert.equal(((await late) as { code: string }).code, 'HF_BULKHEAD_TIMEOUT');
    assert.equal(guarded.circuitBreaker?.counts.rejected, 0);
    guarded.circuitBreaker?.open();
    assert.equal(guarded.tryAcquire().ok, false);
    assert.equal(guarded.circuitBreaker?.counts.rejected, 1);
  });
});
