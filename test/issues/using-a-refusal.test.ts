// `using permit = policy.tryAcquire()` threw where the policy refused: a refusal could not be disposed of. It can, and
// nothing happens.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DISPOSE } from '../../src/base/dispose.ts';
import { policy, wrap } from '../../src/index.ts';

it('a refusal is disposed of like a permit', () => {
  const guarded = policy({ circuitBreaker: { consecutiveFailures: 1 } });
  guarded.circuitBreaker?.isolate();
  for (const gate of [guarded, wrap(guarded, policy({ bulkhead: { maxConcurrent: 1 } }))]) {
    const refused = gate.tryAcquire();
    assert.equal(refused.ok, false);
    refused[DISPOSE]();
  }
  assert.equal(guarded.circuitBreaker?.state, 'isolated');
});
