// Alerts were looked at only when a bucket of the window began. A budget that was spent within its first bucket said
// `exhausted` at once, and that it burns up to ten seconds later, at the next call, or never when none came.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { boom, fine, given, of, onBothEngines } from '../support/given.ts';

const HOUR = 3_600_000;
const ended = () => {};

onBothEngines('an error budget that is spent at one moment', (engine) => {
  it('burns at the same moment, and says so once', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.99, windowMs: HOUR } });
    for (let call = 0; call < 99; call++) await scene.guarded.execute(boom).catch(ended);
    assert.deepEqual(of(scene, 'alert'), []);
    await scene.guarded.execute(boom).catch(ended);
    const said = of(scene, 'alert').map(({ severity, active, atMs }) => [severity, active, atMs]);
    assert.deepEqual(said, [
      ['fast', true, 0],
      ['slow', true, 0],
    ]);
    for (let call = 0; call < 20; call++) {
      await scene.guarded.execute(boom).catch(ended);
      await scene.clock.advance(10_000);
    }
    assert.equal(of(scene, 'exhausted').length, 1);
    assert.equal(of(scene, 'alert').length, 2);
  });

  it('tells no alert when it does not burn fast enough for one', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.9, windowMs: HOUR, minCalls: 10 } });
    for (let call = 0; call < 10; call++) await scene.guarded.execute(call > 1 ? fine : boom).catch(ended);
    await scene.guarded.execute(boom).catch(ended);
    assert.equal(of(scene, 'exhausted').length, 1);
    assert.deepEqual(of(scene, 'alert'), []);
  });
});
