// Policies that are gone, and what ends after them: their memory is another policy's by then, which hears nothing of it.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, policy } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import type { Refusal } from '../../src/policy/types.ts';
import { wrap } from '../../src/policy/wrap.ts';
import { manualClock } from '../../src/testing/index.ts';
import { attach } from '../../src/worker.ts';
import { fine, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const MOST_PLACES = 5_000;

/** A policy in the place of one that is gone; others that were free are taken first. */
function inPlaceOf(gone: Policy, make: () => Policy): Policy {
  const { slot, at } = Policy.coreOf(gone);
  const others: Policy[] = [];
  while (others.length < MOST_PLACES) {
    const next = make();
    const core = Policy.coreOf(next);
    if (core.slot.plane === slot.plane && core.at === at) return next;
    others.push(next);
  }
  assert.fail('its place is not given to another');
}

onBothEngines('what ends after its policy was disposed of', (engine) => {
  it('is not counted where another policy is now', async () => {
    const clock = manualClock();
    const gone = policy({ timeout: { attemptMs: 10 } }, { clock, engine });
    const late = errorOf(gone.execute(pending().operation));
    gone.dispose();
    const next = inPlaceOf(gone, () => policy({ bulkhead: { maxConcurrent: 1 } }, { clock, engine }));
    await clock.advance(10);
    assert.equal(((await late) as { code: string }).code, 'HF_TIMEOUT');
    assert.equal(next.bulkhead?.abandoned, 0);
  });

  it('gives no slot back where another policy is now', async () => {
    const clock = manualClock();
    const options = { bulkhead: { maxConcurrent: 2 } };
    const gone = policy(options, { clock, engine });
    const slow = pending();
    const running = gone.execute(slow.operation);
    gone.dispose();
    const next = inPlaceOf(gone, () => policy(options, { clock, engine }));
    const held = next.tryAcquire();
    slow.resolve('done');
    assert.equal(await running, 'done');
    assert.equal(next.bulkhead?.active, 1);
    assert.ok(held.ok);
  });

  it('gives no tokens back to another policy that is there now', () => {
    const clock = manualClock();
    const limited = { rateLimiter: { permitsPerSecond: 1, burst: 2 } };
    const outer = policy(limited, { clock, engine });
    const shut = policy({ circuitBreaker: { consecutiveFailures: 1 } }, { clock, engine });
    shut.circuitBreaker?.isolate();
    let next: Policy | undefined;
    const inner = {
      ...wrap(shut, shut),
      tryAcquire(): Refusal {
        outer.dispose();
        next = inPlaceOf(outer, () => policy(limited, { clock, engine }));
        assert.ok(next.tryAcquire({ permits: 2 }).ok);
        return shut.tryAcquire() as Refusal;
      },
    };
    assert.equal(wrap(outer, inner).tryAcquire().ok, false);
    assert.equal(next?.rateLimiter?.available, 0);
  });
});

onBothEngines('what ends in another thread after its policy was removed', (engine) => {
  const given = () => {
    const holdfast = createHoldfast({ engine, memory: { policies: 1, threads: 2, keys: 0 } });
    return { holdfast, joined: attach(holdfast.share(new EventTarget())) };
  };

  it('is not counted where another policy is now', async () => {
    const { holdfast, joined } = given();
    const breaker = { circuitBreaker: { window: { calls: 10 } } };
    holdfast.define('send', breaker);
    const slow = pending();
    const running = joined.policy('send').execute(slow.operation);
    holdfast.remove('send');
    const next = holdfast.define('next', breaker);
    slow.resolve('done');
    assert.equal(await running, 'done');
    const { total, ignored } = next.circuitBreaker?.counts ?? {};
    assert.deepEqual([total, ignored], [0, 0]);
  });

  it('gives a slot back once, when the operation ends that its caller left', async () => {
    const { holdfast, joined } = given();
    for (let round = 0; round < 3; round++) {
      const send = holdfast.define('send', { bulkhead: { maxConcurrent: 1 } });
      assert.equal(send.bulkhead?.active, 0);
      const slow = pending();
      const caller = new AbortController();
      const left = errorOf(joined.policy('send').execute(slow.operation, { signal: caller.signal }));
      assert.equal(send.bulkhead?.active, 1);
      holdfast.remove('send');
      caller.abort('enough');
      assert.equal(await left, 'enough');
      assert.throws(() => holdfast.define('early', {}), { code: 'HF_BAD_OPTION' });
      slow.resolve('done');
      await fine();
    }
  });

  it('gives a trial back', () => {
    const { holdfast, joined } = given();
    for (let round = 0; round < 3; round++) {
      const { circuitBreaker } = holdfast.define('send', { circuitBreaker: { consecutiveFailures: 1 } });
      circuitBreaker?.open(0);
      const trial = joined.policy('send').tryAcquire();
      assert.ok(trial.ok);
      holdfast.remove('send');
      trial.settle('failure');
    }
  });
});
