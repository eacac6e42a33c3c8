// A breaker with failureRate 0.56 stayed closed at 28 failures of 50, since 0.56 · 50 is a hair more than 28.
// Shares are compared as shares: what meets the rate exactly trips.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { boom, fine, given, onBothEngines } from '../support/given.ts';

onBothEngines('a breaker', (engine) => {
  it('trips at a share of failures that is its rate exactly', async () => {
    for (const [failures, calls] of [
      [28, 50],
      [7, 25],
      [29, 100],
      [58, 100],
    ]) {
      const breaker = { window: { calls }, failureRate: failures / calls, minCalls: calls };
      const { guarded } = given(engine, { circuitBreaker: breaker });
      for (let call = 0; call < calls; call++) {
        assert.equal(guarded.circuitBreaker?.state, 'closed');
        await guarded.executeOutcome(call < failures ? boom : fine);
      }
      assert.equal(guarded.circuitBreaker?.state, 'open', `${failures} of ${calls}`);
    }
  });
});
