// Retries at their edges: what is asked before one, and what comes between two tries.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { boom, failing, fine, givenLater as given, of, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a retry budget', (engine) => {
  it('is filled by the very call that draws on it', async () => {
    const { guarded } = given(engine, {
      retry: { maxRetries: 1, backoff: () => 0, budget: { ratio: 1, minPerSecond: 0 } },
    });
    assert.equal(await guarded.execute(failing(1)), 'done');
  });
});

onBothEngines('a refusal that may be tried again', (engine) => {
  it('is not where the policy is gone', async () => {
    const scene = given(engine, { retry: { onRejection: true, backoff: () => 100 } });
    scene.guarded.dispose();
    const error = (await errorOf(scene.guarded.execute(fine))) as Error;
    assert.equal(error.name, 'TypeError');
    assert.deepEqual(of(scene, 'retry'), []);
  });

  it('is asked about as an outcome, and told with its error', async () => {
    const scene = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 1 },
      retry: {
        onRejection: true,
        backoff: () => 100,
        shouldRetry: (outcome) =>
          !outcome.ok && (outcome.error as { code?: string }).code === 'HF_RATE_LIMITED',
      },
    });
    scene.guarded.tryAcquire();
    const result = scene.guarded.execute(fine);
    await scene.clock.advance(100);
    assert.equal(await result, 'fine');
    const [{ error }] = of(scene, 'retry');
    assert.equal((error as { code: string }).code, 'HF_RATE_LIMITED');
  });
});

onBothEngines('a caller that leaves between a pause of nothing and the next try', (engine) => {
  it('has paid for the first alone', async () => {
    const { guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 0.001, burst: 2 },
      retry: { maxRetries: 1, backoff: () => 0 },
    });
    const caller = new AbortController();
    guarded.on('retry', () => queueMicrotask(() => caller.abort('enough')));
    assert.equal(await errorOf(guarded.execute(boom, { signal: caller.signal })), 'enough');
    assert.deepEqual(
      [1, 2].map(() => guarded.tryAcquire().ok),
      [true, false],
    );
  });
});
