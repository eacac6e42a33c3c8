// A call that was admitted before the breaker opened and closed again, and ended as ignored only then, started the window
// in force anew and its counts were gone. It is late: it changes nothing.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { boom, fine, given, onBothEngines, pending } from '../support/given.ts';

onBothEngines('an ignored result of an earlier generation', (engine) => {
  it('leaves the counts of the generation in force alone', async () => {
    const { guarded } = given(engine, {
      circuitBreaker: { window: { calls: 10 }, minCalls: 10 },
      isIgnored: (outcome) => outcome.ok && outcome.value === 'ignored',
    });
    const slow = pending();
    const late = guarded.execute(slow.operation);
    guarded.circuitBreaker?.open();
    guarded.circuitBreaker?.close();
    await guarded.execute(fine);
    await guarded.executeOutcome(boom);
    slow.resolve('ignored');
    await late;
    const { total, failures, ignored } = guarded.circuitBreaker?.counts ?? {};
    assert.deepEqual({ total, failures, ignored }, { total: 2, failures: 1, ignored: 0 });
  });
});
