// A change of the objective, the target or the least number of calls exhausted a budget, or ended that, and nobody was
// told before the next bucket; nor was a quick call told of that made slow ones enough. Both are told there and then.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { boom, type Given, givenLater as given, of, onBothEngines } from '../support/given.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Calls that succeed (s) or fail (f), one after another. */
async function run({ guarded }: Given, calls: string): Promise<void> {
  for (const call of calls) {
    await guarded.execute(call === 's' ? async () => call : boom).catch(() => {});
  }
}

/** A call of so many milliseconds. */
async function lasting({ guarded, clock }: Given, ms: number): Promise<void> {
  let end = (): void => {};
  const call = guarded.execute(
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  await clock.advance(ms);
  end();
  await call;
}

const told = (scene: Given) => [
  ...of(scene, 'exhausted').map(({ budget }) => `${budget} exhausted`),
  ...of(scene, 'recovered').map(({ budget }) => `${budget} recovered`),
];

onBothEngines('an error budget whose numbers change', (engine) => {
  it('is exhausted by a higher objective at once', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.5, windowMs: DAY, minCalls: 1 } });
    await run(scene, 'ssssf');
    assert.deepEqual(told(scene), []);
    scene.guarded.update({ errorBudget: { objective: 0.9 } });
    assert.deepEqual(told(scene), ['error exhausted']);
    scene.guarded.update({ errorBudget: { objective: 0.5 } });
    assert.deepEqual(told(scene), ['error exhausted', 'error recovered']);
  });

  it('is told of where fewer calls are enough', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.99, windowMs: DAY, minCalls: 100 } });
    await run(scene, 'ssff');
    scene.guarded.update({ errorBudget: { minCalls: 4 } });
    assert.deepEqual(told(scene), ['error exhausted']);
    assert.ok(of(scene, 'alert').some(({ active }) => active));
  });

  it('is told of by the success that makes the calls enough', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.9, windowMs: DAY, minCalls: 5 } });
    await run(scene, 'fsss');
    assert.deepEqual(told(scene), []);
    await run(scene, 's');
    assert.deepEqual(told(scene), ['error exhausted']);
  });

  it('says nothing of a success that follows where nothing is spent', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.5, windowMs: DAY, minCalls: 1 } });
    await run(scene, 'sssfsss');
    assert.deepEqual(told(scene), []);
  });
});

onBothEngines('a latency budget', (engine) => {
  const latencyBudget = { percentile: 0.9, targetMs: 100, minCalls: 10, windowMs: DAY };

  it('is exhausted by a lower target at once, and by a higher one no longer', async () => {
    const scene = given(engine, { latencyBudget });
    for (let call = 0; call < 20; call++) await lasting(scene, 50);
    assert.deepEqual(told(scene), []);
    scene.guarded.update({ latencyBudget: { targetMs: 20 } });
    assert.deepEqual(told(scene), ['latency exhausted']);
    scene.guarded.update({ latencyBudget: { targetMs: 200 } });
    assert.deepEqual(told(scene), ['latency exhausted', 'latency recovered']);
  });

  it('forgets how many slow calls it had to spare when the target moves', async () => {
    const scene = given(engine, { latencyBudget });
    for (let call = 0; call < 100; call++) await lasting(scene, 50);
    await lasting(scene, 150);
    scene.guarded.update({ latencyBudget: { targetMs: 60 } });
    for (let call = 0; call < 9; call++) await lasting(scene, 70);
    assert.deepEqual(told(scene), []);
    for (let call = 0; call < 3; call++) await lasting(scene, 70);
    assert.deepEqual(told(scene), ['latency exhausted']);
  });

  it('is exhausted by the call that makes them enough, though that one is quick', async () => {
    for (const last of [10, 100]) {
      const scene = given(engine, { latencyBudget });
      for (let call = 0; call < 9; call++) await lasting(scene, 150);
      assert.deepEqual(told(scene), []);
      await lasting(scene, last);
      assert.deepEqual(told(scene), ['latency exhausted'], `the last took ${last} ms`);
    }
  });

  it('is not exhausted by quick calls that make too few slow ones enough', async () => {
    const scene = given(engine, { latencyBudget });
    await lasting(scene, 150);
    for (let call = 0; call < 12; call++) await lasting(scene, 10);
    assert.deepEqual(told(scene), []);
  });
});
