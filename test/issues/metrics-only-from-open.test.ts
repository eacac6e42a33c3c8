// A breaker that was switched to metrics only while it was open went on showing the window that had tripped it.
// It shows what it counts now.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { boom, fine, given, onBothEngines } from '../support/given.ts';

onBothEngines('a breaker that is switched to metrics only while it is open', (engine) => {
  it('shows the calls that it lets through', async () => {
    const { guarded } = given(engine, { circuitBreaker: { window: { calls: 10 }, minCalls: 2 } });
    for (let call = 0; call < 2; call++) await guarded.executeOutcome(boom);
    assert.equal(guarded.circuitBreaker?.state, 'open');
    guarded.circuitBreaker?.metricsOnly();
    for (let call = 0; call < 5; call++) await guarded.execute(fine);
    const { total, failures } = guarded.circuitBreaker?.counts ?? {};
    assert.deepEqual({ total, failures }, { total: 5, failures: 0 });
  });
});
