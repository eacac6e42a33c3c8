// What is worth a retry, how long the pause is, and what is never retried. SCENARIOS 12–17 stand apart.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { constant, createHoldfast } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { Boom, boom, failing, fine, given, of, onBothEngines, pending, settled } from '../support/given.ts';
import { assertNothingLeft, errorOf } from './bad-days.ts';

const AT_ONCE = constant({ baseMs: 0 });

onBothEngines('a retry', (engine) => {
  it('is made where shouldRetry says so, of results too; the last one is the answer', async () => {
    let calls = 0;
    const small = (outcome: { ok: boolean; value?: unknown }) => outcome.ok && (outcome.value as number) < 3;
    const scene = given(engine, {
      retry: { maxRetries: 5, backoff: AT_ONCE, shouldRetry: small },
      circuitBreaker: { consecutiveFailures: 1 },
      errorBudget: { objective: 0.5, windowMs: 60_000 },
    });
    assert.equal(await scene.guarded.execute(() => ++calls), 3);
    calls = -10;
    assert.equal(await scene.guarded.execute(() => ++calls), -4);
    await assert.rejects(scene.guarded.execute(boom), Boom);
    assert.equal(of(scene, 'retry').length, 7);
    // What is retried is no failure for that.
    assert.equal(scene.guarded.errorBudget?.allowedFailures, 1.5);
    assert.equal(of(scene, 'success').length, 2);
    await assertNothingLeft(scene);
  });

  it('is made of results that isFailure calls failures', async () => {
    let calls = 0;
    const scene = given(engine, {
      isFailure: (outcome) => outcome.ok && (outcome.value as number) < 3,
      retry: { maxRetries: 1, backoff: AT_ONCE },
    });
    assert.equal(await scene.guarded.execute(() => ++calls), 2);
    assert.equal(of(scene, 'failure').length, 1);
    assert.equal(await scene.guarded.execute(() => ++calls), 3);
  });

  it('is not made of an ignored outcome', async () => {
    const scene = given(engine, { isIgnored: ({ ok }) => !ok, retry: { backoff: AT_ONCE } });
    const operation = failing(9);
    await errorOf(scene.guarded.execute(operation));
    assert.equal(operation.calls, 1);
    assert.deepEqual(scene.told, []);
  });

  it('pauses as long as retryAfter says, the caps of backoffs notwithstanding', async () => {
    const scene = given(engine, {
      retry: {
        maxRetries: 2,
        backoff: constant({ baseMs: 10, maxMs: 20 }),
        retryAfter: ({ ok, ...outcome }) => (outcome as { error: { after?: number } }).error.after,
      },
    });
    let calls = 0;
    const seen = errorOf(
      scene.guarded.execute(() => {
        throw Object.assign(new Boom(), calls++ === 0 ? { after: 5000 } : {});
      }),
    );
    await scene.clock.advance(6000);
    await seen;
    assert.deepEqual(
      of(scene, 'retry').map(({ attempt, pauseMs }) => [attempt, pauseMs]),
      [
        [1, 5000],
        [2, 10],
      ],
    );
  });

  it('follows a refusal where onRejection says so, but a permit that is refused is refused', async () => {
    const scene = given(engine, {
      rateLimiter: { permitsPerSecond: 1, burst: 1 },
      retry: { onRejection: true, backoff: constant({ baseMs: 1000 }) },
    });
    scene.guarded.tryAcquire();
    await assert.rejects(scene.guarded.acquire(), { code: 'HF_RATE_LIMITED' });
    const result = scene.guarded.execute(fine);
    await scene.clock.advance(1000);
    assert.equal(await result, 'fine');
    const never = given(engine, {
      rateLimiter: { permitsPerSecond: 1, burst: 1 },
      retry: { onRejection: true, backoff: AT_ONCE, shouldRetry: ({ ok }) => ok },
    });
    never.guarded.tryAcquire();
    await assert.rejects(never.guarded.execute(fine), { code: 'HF_RATE_LIMITED' });
    assert.deepEqual(of(never, 'retry'), []);
  });

  it('follows no refusal by draining or shedding, which stand before it', async () => {
    const clock = manualClock();
    const holdfast = createHoldfast({
      clock,
      engine,
      policies: { send: { shed: {}, retry: { onRejection: true, backoff: AT_ONCE } } },
    });
    const send = holdfast.policy('send');
    let calls = 0;
    holdfast.degradation.set('all', 'emergency');
    await assert.rejects(
      send.execute(async () => calls++),
      { code: 'HF_SHED' },
    );
    holdfast.degradation.set('all', 'normal');
    await holdfast.start();
    await holdfast.stop();
    await assert.rejects(
      send.execute(async () => calls++),
      { code: 'HF_DRAINING' },
    );
    assert.equal(calls, 0);
  });

  it('is drawn on a budget together with hedges', async () => {
    const scene = given(engine, {
      hedge: { delayMs: 10, maxHedges: 2 },
      retry: { maxRetries: 0, budget: { ratio: 1, minPerSecond: 0 } },
    });
    const slow = [pending(), pending(), pending()];
    let calls = 0;
    const result = scene.guarded.execute(() => slow[calls++].operation());
    await scene.clock.advance(100);
    assert.equal(calls, 2);
    slow[0].reject(new Boom('first'));
    assert.equal(await settled(result), 'pending');
    slow[1].reject(new Boom('second'));
    assert.equal(((await errorOf(result)) as Error).message, 'second');
  });
});
