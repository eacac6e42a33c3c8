// When budgets and limits are told to have changed: once, by whoever changed them, and not by who only came by.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  boom,
  fine,
  type Given,
  givenLater as given,
  names,
  of,
  onBothEngines,
  pending,
} from '../support/given.ts';
import { run } from './snapshot-scene.ts';

const HOUR = 3_600_000;

onBothEngines('an error budget', (engine) => {
  const heard = (scene: Given) => names(scene).filter((name) => name !== 'success' && name !== 'failure');

  it('raises an alert with the next bucket of its window, not in the middle of one', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.99, windowMs: 24 * HOUR, minCalls: 10 } });
    await run(scene.guarded, 's'.repeat(100));
    await run(scene.guarded, 'f'.repeat(30));
    assert.deepEqual(heard(scene), ['exhausted']);
    await scene.clock.advance(10_000);
    await run(scene.guarded, 's');
    assert.deepEqual(heard(scene), ['exhausted', 'alert', 'alert']);
    assert.deepEqual(
      of(scene, 'alert').map(({ severity, active }) => [severity, active]),
      [
        ['fast', true],
        ['slow', true],
      ],
    );
  });

  it('raises it so too where it is far from spent', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.99, windowMs: 24 * HOUR, minCalls: 10 } });
    await run(scene.guarded, 's'.repeat(2_000));
    await scene.clock.advance(7 * HOUR);
    await run(scene.guarded, 's'.repeat(10));
    await run(scene.guarded, 'f'.repeat(10));
    assert.deepEqual(heard(scene), []);
    await scene.clock.advance(10_000);
    await run(scene.guarded, 's');
    assert.deepEqual(heard(scene), ['alert', 'alert']);
  });

  it('is told to be whole again with the next bucket, not by a failure among many successes', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.5, windowMs: HOUR, minCalls: 1 } });
    await run(scene.guarded, 'f');
    await run(scene.guarded, `${'s'.repeat(50)}f`);
    assert.deepEqual(heard(scene), ['exhausted']);
    await scene.clock.advance(60_000);
    await run(scene.guarded, 's');
    assert.deepEqual(heard(scene), ['exhausted', 'recovered']);
  });

  it('hears nothing of a call that counts for nothing', async () => {
    const scene = given(engine, {
      errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 1 },
      isIgnored: (outcome) => outcome.ok && outcome.value === 'nothing',
    });
    await run(scene.guarded, 's'.repeat(10));
    await scene.clock.advance(30_000);
    await run(scene.guarded, 'ff');
    await scene.clock.advance(35_000);
    await scene.guarded.execute(() => 'nothing');
    assert.equal(scene.guarded.errorBudget?.exhausted, true);
    assert.deepEqual(heard(scene), []);
    await run(scene.guarded, 'f');
    assert.deepEqual(heard(scene), ['exhausted']);
  });
});

onBothEngines('a latency budget', (engine) => {
  it('is told to be whole again with the next bucket, not by a call in the middle of one', async () => {
    for (const last of ['failure', 'slow'] as const) {
      const scene = given(engine, {
        latencyBudget: { percentile: 0.5, targetMs: 10, windowMs: HOUR, minCalls: 1 },
      });
      const slow = async () => {
        const late = pending();
        const result = scene.guarded.execute(late.operation);
        await scene.clock.advance(20);
        late.resolve('late');
        await result;
      };
      const heard = () => names(scene).filter((name) => name !== 'success' && name !== 'failure');
      await slow();
      assert.deepEqual(heard(), ['exhausted']);
      await run(scene.guarded, 's'.repeat(9));
      if (last === 'slow') await slow();
      else await scene.guarded.executeOutcome(boom);
      assert.equal(scene.guarded.latencyBudget?.exhausted, false);
      assert.deepEqual(heard(), ['exhausted'], last);
      await scene.clock.advance(HOUR / 4);
      await scene.guarded.execute(fine);
      assert.deepEqual(heard(), ['exhausted', 'recovered'], last);
    }
  });
});

onBothEngines('a limit', (engine) => {
  it('that is one number is not told to have changed, whatever is put back', () => {
    const scene = given(engine, {
      bulkhead: { maxConcurrent: 5 },
      rateLimiter: { permitsPerSecond: 10 },
    });
    const snapshot = scene.guarded.snapshot();
    scene.guarded.restore(snapshot);
    scene.guarded.update({ bulkhead: { maxConcurrent: 7 }, rateLimiter: { permitsPerSecond: 20 } });
    scene.guarded.restore(snapshot);
    assert.deepEqual(scene.told, []);
  });

  it('that adapts is told of where it is another one, and only there', () => {
    const scene = given(engine, {
      bulkhead: { maxConcurrent: 10, adaptive: { algorithm: 'aimd', minLimit: 1, maxLimit: 20 } },
      rateLimiter: {
        permitsPerSecond: 10,
        adaptive: { minPerSecond: 1, maxPerSecond: 100, targetMs: 50 },
      },
    });
    const snapshot = scene.guarded.snapshot();
    const other = { ...snapshot, bulkhead: { limit: 7 }, rateLimiter: { available: 5, ratePerSecond: 40 } };
    scene.guarded.restore(other);
    scene.guarded.restore(other);
    assert.deepEqual(
      of(scene, 'limitChange').map(({ limit, from, to }) => [limit, from, to]),
      [
        ['bulkhead', 10, 7],
        ['rateLimiter', 10, 40],
      ],
    );
  });
});
