// Changes that are not to be told: a limit that a hand has changed, and an alert that another thread has told already.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TOLD_ALERTS } from '../../assembly/layout.ts';
import { Policy } from '../../src/policy/policy.ts';
import { boom, givenLater as given, of, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a change', (engine) => {
  it('of a rate that adapts is not told as its own doing where an update made it', async () => {
    const scene = given(engine, {
      rateLimiter: { permitsPerSecond: 50, adaptive: { minPerSecond: 10, maxPerSecond: 100, targetMs: 5 } },
    });
    scene.guarded.update({ rateLimiter: { permitsPerSecond: 20 } });
    await errorOf(scene.guarded.execute(boom));
    assert.deepEqual(of(scene, 'limitChange'), []);
  });

  it('of an alert is told by the thread that is first, and by no other', async () => {
    const options = { errorBudget: { objective: 0.999, windowMs: 3_600_000, minCalls: 1 } };
    const alone = given(engine, options);
    await errorOf(alone.guarded.execute(boom));
    assert.equal(of(alone, 'alert').length, 2);

    const second = given(engine, options);
    const { slot, at } = Policy.coreOf(second.guarded);
    const real = Atomics.compareExchange;
    const sooner = (words: Int32Array, index: number, expected: number, value: number) => {
      // The other thread comes between the look and the swap.
      if (words === slot.plane.i32 && index === (at + TOLD_ALERTS) >> 2) Atomics.store(words, index, value);
      return real(words, index, expected, value);
    };
    Object.assign(Atomics, { compareExchange: sooner });
    try {
      await errorOf(second.guarded.execute(boom));
    } finally {
      Object.assign(Atomics, { compareExchange: real });
    }
    assert.deepEqual(of(second, 'alert'), []);
    assert.equal(of(second, 'exhausted').length, 1);
  });
});
