// Which call of many is looked at for whether it has exhausted the latency budget, and how many need not be.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TOLD_LATENCY } from '../../assembly/layout.ts';
import type { PolicyOptions } from '../../src/index.ts';
import { slowCallsToSpare } from '../../src/policy/budgets.ts';
import { Policy } from '../../src/policy/policy.ts';
import type { ManualClock } from '../../src/testing/index.ts';
import { givenLater as given, onBothEngines, pending } from '../support/given.ts';
import { run } from './snapshot-scene.ts';
import { twoThreads } from './two-threads.ts';

const TARGET_MS = 100;
const latencyBudget = { percentile: 0.9, targetMs: TARGET_MS, minCalls: 10, windowMs: 24 * 3_600_000 };

/** A call of a policy that takes as long as it is told to. */
async function take(clock: ManualClock, guarded: Policy, ms: number): Promise<void> {
  const held = pending();
  const result = guarded.execute(held.operation);
  await clock.advance(ms);
  held.resolve('done');
  await result;
}

/**
 * A budget that two threads have spent between them, which neither knows: each has counted its own slow calls alone
 * against those that there were to spare.
 */
async function spentUnseen(options: PolicyOptions = {}) {
  const policies = { send: { latencyBudget, ...options } };
  const { clock, here, there } = twoThreads(policies, {}, policies);
  const send = here.get('send');
  await run(send, 's'.repeat(20));
  for (const thread of [there, here, there]) await take(clock, thread.get('send'), 150);
  const told = () => Policy.coreOf(send).slot.readI(TOLD_LATENCY) === 1;
  assert.deepEqual([send.latencyBudget?.exhausted, told()], [true, false]);
  return { clock, send, told };
}

describe('a latency budget that is spent unseen', () => {
  it('is told of by a call that is slower than the target, not by one that takes just as long', async () => {
    const { clock, send, told } = await spentUnseen();
    await take(clock, send, TARGET_MS);
    assert.equal(told(), false);
    await take(clock, send, TARGET_MS + 1);
    assert.equal(told(), true);
  });

  it('is told of by no quicker call either where one might be tried again', async () => {
    const { clock, send, told } = await spentUnseen({ retry: { maxRetries: 1, shouldRetry: () => false } });
    for (const ms of [10, TARGET_MS]) {
      await take(clock, send, ms);
      assert.equal(told(), false);
    }
    await take(clock, send, TARGET_MS + 1);
    assert.equal(told(), true);
  });

  it('is told of at the end of a call that is tried again, not at that of its first attempt', async () => {
    const { clock, send, told } = await spentUnseen({ retry: { maxRetries: 1, backoff: () => 500 } });
    const held = pending();
    const result = send.execute(held.operation);
    await clock.advance(150);
    held.reject(new Error('x'));
    await clock.advance(500);
    assert.equal(held.calls, 2);
    assert.equal(told(), false);
    held.resolve('done');
    await result;
    assert.equal(told(), true);
  });
});

onBothEngines('slow calls to spare', (engine) => {
  const toSpare = (guarded: Policy) => {
    const core = Policy.coreOf(guarded);
    return slowCallsToSpare(core, core.now() - core.originMs);
  };

  it('are as many as the others outweigh, less those that were slow already', async () => {
    const { clock, guarded } = given(engine, { latencyBudget });
    await run(guarded, 's'.repeat(120));
    // 13 of 133 are not more than a tenth, 14 of 134 are.
    assert.equal(toSpare(guarded), 13);
    for (let slow = 0; slow < 2; slow++) await take(clock, guarded, 150);
    // 2 + 11 of 122 + 11.
    assert.equal(toSpare(guarded), 11);
  });

  it('are none while the calls are too few, and some with the one that was missing', async () => {
    const { guarded } = given(engine, { latencyBudget: { ...latencyBudget, minCalls: 20 } });
    await run(guarded, 's'.repeat(19));
    assert.equal(toSpare(guarded), 0);
    await run(guarded, 's');
    assert.equal(toSpare(guarded), 2);
  });
});
