// Calls whose attempts were settled without them, and which are recorded by themselves: budgets hear of them as of any.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { boom, fine, givenLater as given, of, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

type Scene = ReturnType<typeof given>;

async function timedOut({ clock, guarded }: Scene) {
  const late = errorOf(guarded.execute(pending().operation));
  await clock.advance(10);
  assert.equal(((await late) as { code: string }).code, 'HF_TIMEOUT');
}

onBothEngines('a call that is recorded apart from its attempts', (engine) => {
  it('exhausts an error budget where it times out', async () => {
    const scene = given(engine, {
      errorBudget: { objective: 0.5, windowMs: 3_600_000, minCalls: 3 },
      timeout: { totalMs: 10 },
    });
    await timedOut(scene);
    await timedOut(scene);
    assert.equal(of(scene, 'exhausted').length, 0);
    await timedOut(scene);
    assert.equal(of(scene, 'exhausted').length, 1);
  });

  it('exhausts an error budget where it is the success that makes the calls enough', async () => {
    const scene = given(engine, {
      errorBudget: { objective: 0.95, windowMs: 3_600_000, minCalls: 10 },
      retry: { maxRetries: 1, backoff: () => 0, shouldRetry: () => false },
    });
    await errorOf(scene.guarded.execute(boom));
    for (let call = 0; call < 8; call++) await scene.guarded.execute(fine);
    assert.equal(of(scene, 'exhausted').length, 0);
    await scene.guarded.execute(fine);
    assert.equal(of(scene, 'exhausted').length, 1);
  });

  it('refills an error budget where it is the success with which failures leave the window', async () => {
    const scene = given(engine, {
      errorBudget: { objective: 0.5, windowMs: 10_000, minCalls: 1 },
      retry: { maxRetries: 1, backoff: () => 0, shouldRetry: () => false },
    });
    await errorOf(scene.guarded.execute(boom));
    assert.equal(of(scene, 'exhausted').length, 1);
    await scene.clock.advance(20_000);
    assert.equal(of(scene, 'recovered').length, 0);
    await scene.guarded.execute(fine);
    assert.equal(of(scene, 'recovered').length, 1);
  });

  it('exhausts a latency budget where it is the slow one that makes the calls enough', async () => {
    const scene = given(engine, {
      latencyBudget: { percentile: 0.95, targetMs: 5 },
      timeout: { totalMs: 10 },
    });
    for (let call = 0; call < 19; call++) await timedOut(scene);
    assert.equal(of(scene, 'exhausted').length, 0);
    await timedOut(scene);
    assert.equal(of(scene, 'exhausted').length, 1);
  });
});
