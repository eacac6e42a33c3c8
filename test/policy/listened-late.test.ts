// Who listens from when on, on the shortest path.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { boom, fine, onBothEngines, pending } from '../support/given.ts';

onBothEngines('a call on the shortest path', (engine) => {
  const given = () =>
    policy({ circuitBreaker: { consecutiveFailures: 3 } }, { clock: manualClock(), engine });

  it('that began before anybody listened ends unheard', async () => {
    const guarded = given();
    const slow = pending();
    const running = guarded.execute(slow.operation);
    const told: string[] = [];
    guarded.on('success', () => told.push('success'));
    guarded.on('failure', () => told.push('failure'));
    slow.resolve('done');
    assert.equal(await running, 'done');
    assert.deepEqual(told, []);
    await guarded.execute(fine);
    await guarded.executeOutcome(boom);
    assert.deepEqual(told, ['success', 'failure']);
  });
});
