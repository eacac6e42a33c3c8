// A function behind a revoked proxy broke the reading of a policy's options with the engine's error, since it was asked
// whether it is a made backoff. It is a function like any other, and the call that it is asked for fails.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fine, given, onBothEngines } from '../support/given.ts';

onBothEngines('a function that is a revoked proxy', (engine) => {
  it('is taken, and fails the calls it is asked for', async () => {
    const { proxy, revoke } = Proxy.revocable(() => 5, {});
    revoke();
    const { guarded } = given(engine, { timeout: { attemptMs: proxy }, bulkhead: { maxConcurrent: 1 } });
    await assert.rejects(guarded.execute(fine), TypeError);
    assert.equal(guarded.bulkhead?.active, 0);
  });
});
