// A success that made the calls enough, or a slow call in the middle of a bucket, exhausted a budget, and `exhausted`
// came a bucket later, or never when no call followed. The call that brings it about must be the one that tells.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { boom, fine, given, of, onBothEngines, pending } from '../support/given.ts';

onBothEngines('a budget that a call exhausts which does not fail', (engine) => {
  it('is told by the success that makes the calls enough', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.95, windowMs: 60_000, minCalls: 10 } });
    await scene.guarded.executeOutcome(boom);
    for (let i = 0; i < 8; i++) await scene.guarded.execute(fine);
    assert.deepEqual(of(scene, 'exhausted'), []);
    await scene.guarded.execute(fine);
    assert.equal(scene.guarded.errorBudget?.exhausted, true);
    assert.equal(of(scene, 'exhausted').length, 1);
  });

  /** A call that takes so long. */
  async function taking(scene: ReturnType<typeof given>, ms: number): Promise<void> {
    const call = pending();
    const answer = scene.guarded.execute(call.operation);
    await scene.clock.advance(ms);
    call.resolve('');
    await answer;
  }

  it('is told by the slow call that makes the calls enough, and by no later one', async () => {
    const scene = given(engine, { latencyBudget: { percentile: 0.95, targetMs: 100 } });
    for (let i = 0; i < 19; i++) await taking(scene, 200);
    assert.deepEqual(of(scene, 'exhausted'), []);
    await taking(scene, 200);
    assert.equal(of(scene, 'exhausted').length, 1);
    for (let i = 0; i < 20; i++) await taking(scene, 200);
    assert.equal(of(scene, 'exhausted').length, 1);
  });

  it('is told by the slow call that is one too many among fast ones', async () => {
    const scene = given(engine, { latencyBudget: { percentile: 0.9, targetMs: 100, windowMs: 600_000 } });
    for (let i = 0; i < 90; i++) await taking(scene, 1);
    for (let i = 0; i < 10; i++) await taking(scene, 200);
    assert.equal(scene.guarded.latencyBudget?.exhausted, false);
    assert.deepEqual(of(scene, 'exhausted'), []);
    while (scene.guarded.latencyBudget?.exhausted === false) await taking(scene, 200);
    assert.equal(of(scene, 'exhausted').length, 1);
  });

  it('follows a target that was lowered', async () => {
    const scene = given(engine, { latencyBudget: { percentile: 0.95, targetMs: 1_000 } });
    for (let i = 0; i < 20; i++) await taking(scene, 200);
    scene.guarded.update({ latencyBudget: { targetMs: 100 } });
    await taking(scene, 200);
    assert.equal(of(scene, 'exhausted').length, 1);
  });
});
