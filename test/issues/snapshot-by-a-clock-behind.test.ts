// A breaker that a thread with a clock a little ahead had just closed was said to be closed for less than no time, and
// a snapshot that said so could not be put back. It is closed for no time then.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { manualClock } from '../../src/testing/index.ts';

it('a snapshot of a breaker that closes by a clock ahead of its own can be put back', () => {
  const options = { circuitBreaker: { consecutiveFailures: 1, ramp: { ms: 500 } } };
  const guarded = policy(options, { clock: manualClock() });
  const { kernels, at, originMs, now } = Policy.coreOf(guarded);
  kernels.breakerForce(at, now() - originMs + 5, 1_000);
  kernels.breakerForce(at, now() - originMs + 5, -1);
  const taken = guarded.snapshot();
  assert.equal(taken.circuitBreaker?.closedForMs, 0);
  guarded.restore(taken);
  assert.equal(guarded.circuitBreaker?.state, 'closed');
});
