// How long a budget is said to burn, and which slow call is one too many.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { givenLater as given, of, onBothEngines, pending } from '../support/given.ts';
import { run } from './snapshot-scene.ts';

const MINUTE = 60_000;

onBothEngines('an alert', (engine) => {
  it('stands for five minutes after the last failure where it is fast, for thirty where it is slow', async () => {
    const { clock, guarded } = given(engine, {
      errorBudget: { objective: 0.99, windowMs: 24 * 60 * MINUTE, minCalls: 10 },
    });
    await run(guarded, 'f'.repeat(20));
    const active = () => guarded.errorBudget?.alerts.map((alert) => alert.active);
    assert.deepEqual(active(), [true, true]);
    await clock.advance(4 * MINUTE);
    assert.deepEqual(active(), [true, true]);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(active(), [false, true]);
    await clock.advance(23 * MINUTE);
    assert.deepEqual(active(), [false, true]);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(active(), [false, false]);
  });
});

onBothEngines('a latency budget', (engine) => {
  it('is told to be spent by the very call that spends it, however many were to spare', async () => {
    const scene = given(engine, {
      latencyBudget: { percentile: 0.9, targetMs: 10, windowMs: 60 * MINUTE, minCalls: 20 },
    });
    await run(scene.guarded, 's'.repeat(30));
    const told: number[] = [];
    for (let slow = 0; slow < 5; slow++) {
      const late = pending();
      const result = scene.guarded.execute(late.operation);
      await scene.clock.advance(100);
      late.resolve('late');
      await result;
      assert.equal(scene.guarded.latencyBudget?.exhausted, of(scene, 'exhausted').length === 1);
      told.push(of(scene, 'exhausted').length);
    }
    assert.deepEqual(told, [0, 0, 0, 1, 1]);
  });
});
