// Alerts were looked at only when a bucket of the window began. A budget that was spent within its first bucket said
// `exhausted` at once, and that it burns up to ten seconds later, at the next call, or never when none came.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { given, of, onBothEngines } from '../support/given.ts';

const HOUR = 3_600_000;

onBothEngines('an error budget that is spent at one moment', (engine) => {
  it('burns at the same moment, and says so once', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.99, windowMs: HOUR } });
    for (let call = 0; call < 99; call++) scene.guarded.errorBudget?.record(false);
    assert.deepEqual(of(scene, 'alert'), []);
    scene.guarded.errorBudget?.record(false);
    const said = of(scene, 'alert').map(({ severity, active, atMs }) => [severity, active, atMs]);
    assert.deepEqual(said, [
      ['fast', true, 0],
      ['slow', true, 0],
    ]);
    for (let call = 0; call < 20; call++) {
      scene.guarded.errorBudget?.record(false);
      await scene.clock.advance(10_000);
    }
    assert.equal(of(scene, 'exhausted').length, 1);
    assert.equal(of(scene, 'alert').length, 2);
  });

  it('tells no alert when it does not burn fast enough for one', () => {
    const scene = given(engine, { errorBudget: { objective: 0.9, windowMs: HOUR, minCalls: 10 } });
    for (let call = 0; call < 10; call++) scene.guarded.errorBudget?.record(call > 1);
    scene.guarded.errorBudget?.record(false);
    assert.equal(of(scene, 'exhausted').length, 1);
    assert.deepEqual(of(scene, 'alert'), []);
  });
});
