// A call that was admitted before the breaker opened and closed again, and ended as ignored only then, started the count
// of ignored calls anew. It is late: it changes nothing.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { given, onBothEngines, pending } from '../support/given.ts';

onBothEngines('an ignored result of an earlier generation', (engine) => {
  it('leaves the counts of the generation in force alone', async () => {
    const { guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 5 },
      isIgnored: () => true,
    });
    const slow = pending();
    const late = guarded.execute(slow.operation);
    guarded.circuitBreaker?.open();
    guarded.circuitBreaker?.close();
    for (let call = 0; call < 3; call++) await guarded.execute(() => 'ignored');
    slow.resolve('ignored');
    await late;
    assert.equal(guarded.circuitBreaker?.counts.ignored, 3);
  });
});
