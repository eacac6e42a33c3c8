// The first calls of what was taken: whatever is wrong with its options should have been said before.

import assert from 'node:assert/strict';
import { HoldfastError, type Policy, type RateLimiter } from '../../src/index.ts';
import type { ManualClock } from '../../src/testing/index.ts';
import { thrown } from './anything.ts';

const MOST_TURNS = 60;

/** Calls of a policy, well and ill, and whatever else it can be asked. With functions of the user's, errors may be theirs. */
export async function usesPolicy(policy: Policy, clock: ManualClock, own: boolean): Promise<void> {
  const permit = policy.tryAcquire({ key: 'k' });
  if (permit.ok) permit.settle('success');
  let calls = 0;
  for (const bad of [0, 1]) {
    calls = 0;
    const operation = () => {
      if (calls++ < bad) throw thrown;
      return 'fine';
    };
    await ends(clock, (signal) => policy.executeOutcome(operation, { key: 'k', signal }), own);
  }
  await clock.advance(60_000);
  await ends(clock, (signal) => policy.executeOutcome(async () => 'fine', { key: 'j', signal }), own);
  const { circuitBreaker, rateLimiter, bulkhead, errorBudget, latencyBudget } = policy;
  const numbers = {
    available: rateLimiter?.available,
    active: bulkhead?.active,
    queued: bulkhead?.queued,
    remaining: errorBudget?.remaining,
    p99Ms: latencyBudget?.p99Ms,
    total: circuitBreaker?.counts.total,
  };
  for (const [name, number] of Object.entries(numbers)) {
    assert.ok(number === undefined || typeof number === 'number', name);
  }
  assert.ok(!(bulkhead?.active !== 0 && bulkhead !== undefined), `${bulkhead?.active} slots are held`);
  policy.update({});
  policy.restore(JSON.parse(JSON.stringify(policy.snapshot())));
}

/** What a limiter can be asked. */
export async function usesLimiter(limiter: RateLimiter, clock: ManualClock): Promise<void> {
  assert.equal(typeof limiter.tryAcquire(1, 'k'), 'boolean');
  assert.ok(limiter.reserve(1, 'k') >= 0);
  assert.ok(limiter.available('k') >= 0);
  const abort = new AbortController();
  const taken = limiter.acquire(1, { key: 'k', signal: abort.signal }).catch((error) => {
    assert.ok(HoldfastError.is(error) || abort.signal.aborted, String(error));
  });
  await clock.advance(1_000);
  abort.abort();
  await taken;
  limiter.refund(1, 'k');
  limiter.update({});
}

type Ending = { ok: boolean; error?: unknown };

async function ends(
  clock: ManualClock,
  call: (signal: AbortSignal) => Promise<Ending>,
  own: boolean,
): Promise<void> {
  const abort = new AbortController();
  let ending: Ending | undefined;
  const called = call(abort.signal).then((each) => {
    ending = each;
  });
  for (let turn = 0; ending === undefined && turn < MOST_TURNS; turn++) {
    await clock.advance(Math.max(0, (clock.nextWakeMs ?? clock.now()) - clock.now()));
    // Nothing would wake it: it hangs, unless the user's own function does.
    if (ending === undefined && clock.nextWakeMs === undefined) break;
  }
  if (ending === undefined) {
    abort.abort(thrown);
    await clock.advance(0);
    assert.ok(ending !== undefined, 'a call that was aborted goes on');
  }
  await called;
  const { ok, error } = ending as Ending;
  if (ok || own || HoldfastError.is(error) || error === thrown) return;
  throw new assert.AssertionError({ message: `a first call ended in ${String(error)}`, actual: error });
}
