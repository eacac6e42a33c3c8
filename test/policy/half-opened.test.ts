// Who hears of it when a breaker turns half-open by a call that does not get through.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy } from '../../src/policy/make-policy.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';

for (const engine of ['wasm', 'js'] as const) {
  it(`is told once although the call that turned it is refused by the limiter (${engine})`, async () => {
    const clock = manualClock();
    using guarded = policy(
      {
        circuitBreaker: { consecutiveFailures: 1, openMs: 100 },
        rateLimiter: { permitsPerSecond: 1, burst: 1 },
      },
      { clock, engine },
    );
    const told: string[] = [];
    guarded.on('stateChange', ({ to }) => told.push(to));
    const permit = guarded.tryAcquire();
    assert.ok(permit.ok);
    permit.settle('failure');
    await clock.advance(100);
    const refused = guarded.tryAcquire();
    assert.equal(refused.ok ? 'admitted' : refused.strategy, 'rateLimiter');
    assert.deepEqual(told, ['open', 'half-open']);
    assert.equal(guarded.tryAcquire().ok, false);
    assert.deepEqual(told, ['open', 'half-open']);
    await clock.advance(1_000);
    assert.ok(guarded.tryAcquire().ok);
  });
}
