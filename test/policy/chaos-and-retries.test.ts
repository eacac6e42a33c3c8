// What chaos puts in the place of an operation stands there with each attempt, and no more once its budget is spent.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, type PolicyOptions } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { type Engine, onBothEngines, settled } from '../support/given.ts';

/** A policy whose chaos is on for a minute, and strikes whenever it is drawn for. */
function given(engine: Engine, options: PolicyOptions) {
  const clock = manualClock({ startMs: 36_000_000 });
  const holdfast = createHoldfast({
    clock,
    engine,
    random: () => 0,
    policies: { send: options },
    memory: { policies: 2, threads: 2, keys: 0 },
  });
  holdfast.chaos.enable({ forMs: 60_000 });
  const made = { clock, send: holdfast.policy('send'), ran: 0, operation: async () => `ran ${++made.ran}` };
  return made;
}

onBothEngines('an attempt that chaos stands in for', (engine) => {
  const retry = { maxRetries: 2, backoff: () => 10 };

  it('runs no operation beside the error that is made up, however often it is tried', async () => {
    const scene = given(engine, { chaos: { error: { rate: 1 } }, retry });
    const outcome = scene.send.executeOutcome(scene.operation);
    await scene.clock.advance(1_000);
    const { ok, error } = (await outcome) as { ok: boolean; error?: { code: string } };
    assert.deepEqual([ok, error?.code], [false, 'HF_CHAOS']);
    assert.equal(scene.ran, 0);
  });

  it('runs no operation beside the result that is made up, though that is judged a failure', async () => {
    const scene = given(engine, {
      chaos: { result: { rate: 1, value: 'made up' } },
      isFailure: (outcome) => !outcome.ok || outcome.value === 'made up',
      retry,
    });
    const call = scene.send.execute(scene.operation);
    await scene.clock.advance(1_000);
    assert.deepEqual(await settled(call), { ok: 'made up' });
    assert.equal(scene.ran, 0);
  });
});

onBothEngines('an attempt that chaos delays', (engine) => {
  it('runs its operation once, when the delay is over', async () => {
    const scene = given(engine, { chaos: { latency: { rate: 1, minMs: 100, maxMs: 100 } } });
    const call = scene.send.execute(scene.operation);
    await scene.clock.advance(99);
    assert.equal(scene.ran, 0);
    await scene.clock.advance(1);
    assert.equal(await call, 'ran 1');
    assert.equal(scene.ran, 1);
  });
});

onBothEngines('an experiment that costs more of the budget than it may', (engine) => {
  it('is over before it strikes once more', async () => {
    const { send, operation } = given(engine, {
      errorBudget: { objective: 0.5, windowMs: 3_600_000, minCalls: 1 },
      chaos: { error: { rate: 1 }, abortWhen: { budgetBelow: 0.5 } },
    });
    assert.equal((await send.executeOutcome(operation)).ok, false);
    assert.equal(await send.execute(operation), 'ran 1');
    assert.equal(await send.execute(operation), 'ran 2');
  });
});
