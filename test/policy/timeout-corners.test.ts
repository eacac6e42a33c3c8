// Attempts that run out of time beside others, or where that is no failure.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { upstream } from '../../src/testing/index.ts';
import { givenLater as given, of, onBothEngines, pending, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const isTimeout = (outcome: { ok: boolean; error?: unknown }) =>
  !outcome.ok && (outcome.error as { code?: string }).code === 'HF_TIMEOUT';

onBothEngines('a hedge', (engine) => {
  it('runs out of time by itself, and the attempt before it goes on', async () => {
    const scene = given(engine, {
      hedge: { delayMs: 10, maxHedges: 1 },
      timeout: { attemptMs: ({ attempt }) => (attempt === 1 ? 1_000 : 20) },
    });
    const up = upstream<string>();
    const result = scene.guarded.execute(up.operation);
    await scene.clock.advance(10);
    const [first, second] = [await up.next(), await up.next()];
    await scene.clock.advance(19);
    assert.equal(second.aborted, false);
    await scene.clock.advance(1);
    assert.equal(second.aborted, true);
    assert.deepEqual(of(scene, 'timeout'), [{ policy: '', scope: 'attempt', timeoutMs: 20 }]);
    assert.equal(await settled(result), 'pending');
    first.succeed('done');
    assert.equal(await result, 'done');
  });

  it('that runs out of time with another one is not told of where the first has ended the call', async () => {
    const broken = new Error('no judge');
    const scene = given(engine, {
      bulkhead: { maxConcurrent: 5 },
      hedge: { delayMs: 10, maxHedges: 2 },
      timeout: { attemptMs: ({ attempt }) => [1_000, 90, 80][attempt - 1] },
      isFailure: (outcome) => {
        if (isTimeout(outcome)) throw broken;
        return !outcome.ok;
      },
    });
    const result = errorOf(scene.guarded.execute(pending().operation));
    await scene.clock.advance(100);
    assert.equal(await result, broken);
    assert.equal(of(scene, 'timeout').length, 1);
    assert.equal(scene.guarded.bulkhead?.abandoned, 3);
  });
});

onBothEngines('an attempt that runs out of time', (engine) => {
  it('counts for nothing where that is to be ignored', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1 },
      timeout: { attemptMs: 10 },
      isIgnored: isTimeout,
    });
    const result = errorOf(guarded.execute(pending().operation));
    await clock.advance(10);
    assert.ok(isTimeout({ ok: false, error: await result }));
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });
});
