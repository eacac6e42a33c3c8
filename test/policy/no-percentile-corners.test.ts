// Windows of latencies that cannot be read, since another thread begins a slice each time they are: what asks them goes
// on without an answer.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LATENCY_VIEWS_AT, VIEW_BYTES, VIEW_EPOCH } from '../../assembly/layout.ts';
import type { Policy } from '../../src/index.ts';
import { Policy as PolicyClass } from '../../src/policy/policy.ts';
import { fine, givenLater as given, onBothEngines, pending, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

/** From now on a slice of a view begins whenever its calls are counted. */
function neverSteady(guarded: Policy, view: number): void {
  const core = PolicyClass.coreOf(guarded);
  const { kernels, slot, at } = core;
  const epoch = (at + LATENCY_VIEWS_AT + view * VIEW_BYTES + VIEW_EPOCH) >> 2;
  const viewCount: typeof kernels.viewCount = (...args) => {
    Atomics.add(slot.plane.i32, epoch, 1);
    return kernels.viewCount(...args);
  };
  Object.assign(core, { kernels: { ...kernels, viewCount } });
}

onBothEngines('a window of latencies that cannot be read', (engine) => {
  it('leaves an adaptive timeout at its longest', async () => {
    const { clock, guarded } = given(engine, {
      timeout: { adaptive: { percentile: 0.9, multiplier: 2, minMs: 10, maxMs: 100 } },
    });
    neverSteady(guarded, 1);
    const late = errorOf(guarded.execute(pending().operation));
    await clock.advance(99);
    assert.equal(await settled(late), 'pending');
    await clock.advance(1);
    assert.equal(((await late) as { timeoutMs: number }).timeoutMs, 100);
  });

  it('keeps no slow call from its answer', async () => {
    const { clock, guarded } = given(engine, { latencyBudget: { percentile: 0.95, targetMs: 5 } });
    neverSteady(guarded, 0);
    for (let call = 0; call < 30; call++) {
      const slow = pending();
      const answer = guarded.execute(slow.operation);
      await clock.advance(10);
      slow.resolve('done');
      assert.equal(await answer, 'done');
    }
    assert.equal(await guarded.execute(fine), 'fine');
  });
});
