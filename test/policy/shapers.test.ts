// Hedges, fallbacks, budgets, throttle, adaptive timeouts and limits, as a caller sees them.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CircuitOpenError, constant } from '../../src/index.ts';
import { upstream } from '../../src/testing/index.ts';
import { boom, fine, given, of, onBothEngines, pending } from '../support/given.ts';
import { assertNothingLeft, errorOf } from './bad-days.ts';

onBothEngines('a hedge', (engine) => {
  it('that is refused is dropped, and the first goes on alone', async () => {
    const scene = given(engine, { hedge: { delayMs: 10 }, bulkhead: { maxConcurrent: 1 } });
    const up = upstream<string>();
    const result = scene.guarded.execute(up.operation);
    await scene.clock.advance(50);
    assert.equal(up.calls, 1);
    assert.deepEqual(of(scene, 'hedge'), []);
    up.succeed('first');
    assert.equal(await result, 'first');
    await assertNothingLeft(scene);
  });

  it('is not sent while the breaker tries whether the upstream is back', async () => {
    const scene = given(engine, {
      hedge: { delayMs: 10 },
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 3 } },
    });
    scene.guarded.circuitBreaker?.open();
    await scene.clock.advance(100);
    const up = upstream<string>();
    const result = scene.guarded.execute(up.operation);
    await scene.clock.advance(50);
    assert.equal(up.calls, 1);
    up.succeed('trial');
    assert.equal(await result, 'trial');
  });

  it('has a timeout of its own', async () => {
    const scene = given(engine, { hedge: { delayMs: 10 }, timeout: { attemptMs: 30 } });
    const up = upstream<string>();
    const result = errorOf(scene.guarded.execute(up.operation));
    await scene.clock.advance(10);
    const [first, second] = [await up.next(), await up.next()];
    await scene.clock.advance(20);
    assert.deepEqual([first.aborted, second.aborted], [true, false]);
    await scene.clock.advance(10);
    assert.equal(((await result) as { code: string }).code, 'HF_TIMEOUT');
    assert.equal(of(scene, 'timeout').length, 2);
    first.succeed('late');
    second.fail();
    await assertNothingLeft(scene);
  });

  it('is late by a percentile of what came before, once there is enough of it', async () => {
    const scene = given(engine, { hedge: { percentile: 0.9, windowMs: 60_000 } });
    const run = async (ms: number) => {
      const up = upstream<string>();
      const result = scene.guarded.execute(up.operation);
      await scene.clock.advance(ms);
      for (let i = 0; i < up.calls; i++) up.succeed('done');
      await result;
      return up.calls;
    };
    for (let i = 0; i < 20; i++) assert.equal(await run(20), 1);
    assert.equal(await run(19), 1);
    assert.equal(await run(25), 2);
  });
});

onBothEngines('a fallback', (engine) => {
  it('answers for failures, timeouts and refusals, and knows which', async () => {
    const scene = given(
      engine,
      {
        fallback: (error, { policy, attempt }) => [(error as Error).name, policy, attempt],
        circuitBreaker: { consecutiveFailures: 2 },
        timeout: { totalMs: 50 },
      },
      { name: 'send' },
    );
    assert.deepEqual(await scene.guarded.execute(boom), ['Boom', 'send', 1]);
    const late = scene.guarded.execute(pending().operation);
    await scene.clock.advance(50);
    assert.deepEqual(await late, ['TimeoutError', 'send', 1]);
    assert.deepEqual(await scene.guarded.executeOutcome(fine), {
      ok: true,
      value: [CircuitOpenError.name, 'send', 1],
      rejected: false,
    });
    assert.equal(of(scene, 'fallback').length, 3);
  });

  it('does not answer for a caller that has left, nor for a permit', async () => {
    const scene = given(engine, { fallback: () => 'instead', bulkhead: { maxConcurrent: 1 } });
    const controller = new AbortController();
    const call = errorOf(scene.guarded.execute(pending().operation, { signal: controller.signal }));
    controller.abort(new Error('left'));
    assert.equal(((await call) as Error).message, 'left');
    await assert.rejects(scene.guarded.acquire(), { code: 'HF_BULKHEAD_FULL' });
    assert.deepEqual(of(scene, 'fallback'), []);
  });
});

onBothEngines('a budget', (engine) => {
  it('records a call once, whatever its attempts', async () => {
    const scene = given(engine, {
      retry: { maxRetries: 3, backoff: constant({ baseMs: 0 }) },
      errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 1 },
      latencyBudget: { percentile: 0.5, targetMs: 10, minCalls: 1 },
    });
    const { errorBudget } = scene.guarded;
    await errorOf(scene.guarded.execute(boom));
    assert.deepEqual([errorBudget?.allowedFailures, errorBudget?.consumed], [0.5, 2]);
    let calls = 0;
    await scene.guarded.execute(() => (calls++ < 2 ? Promise.reject(new Error('twice')) : 'done'));
    assert.deepEqual([errorBudget?.allowedFailures, errorBudget?.consumed], [1, 1]);
    assert.deepEqual([errorBudget?.remaining, errorBudget?.exhausted], [0, true]);
    assert.equal(scene.guarded.latencyBudget?.compliance, 1);
  });

  it('is exact where a rounding would tip it: of a thousand calls at 0.999 one may fail', () => {
    const { guarded } = given(engine, { errorBudget: { objective: 0.999, windowMs: 60_000 } });
    for (let i = 0; i < 1000; i++) guarded.errorBudget?.record(i > 0);
    const { errorBudget } = guarded;
    assert.deepEqual(
      [errorBudget?.allowedFailures, errorBudget?.consumed, errorBudget?.remaining, errorBudget?.exhausted],
      [1, 1, 0, true],
    );
  });

  it('of 1 is spent by any failure', async () => {
    const { guarded } = given(engine, { errorBudget: { objective: 1, windowMs: 60_000, minCalls: 1 } });
    await guarded.execute(fine);
    const { errorBudget } = guarded;
    assert.deepEqual([errorBudget?.remaining, errorBudget?.burnRate(60_000)], [1, 0]);
    await errorOf(guarded.execute(boom));
    assert.deepEqual(
      [errorBudget?.remaining, errorBudget?.burnRate(60_000), errorBudget?.exhausted],
      [0, Number.POSITIVE_INFINITY, true],
    );
    for (const ms of [0, Number.NaN, 7 * 3_600_000]) {
      assert.throws(() => errorBudget?.burnRate(ms), { code: 'HF_BAD_OPTION' });
    }
  });

  it('tells once that it is exhausted, that it burns, and that it has recovered', async () => {
    const scene = given(engine, { errorBudget: { objective: 0.9, windowMs: 3_600_000, minCalls: 10 } });
    for (let i = 0; i < 20; i++) scene.guarded.errorBudget?.record(false);
    await scene.clock.advance(10_000);
    scene.guarded.errorBudget?.record(false);
    assert.deepEqual(
      of(scene, 'exhausted').map(({ budget }) => budget),
      ['error'],
    );
    assert.deepEqual(
      of(scene, 'alert').map(({ severity, active }) => [severity, active]),
      [['slow', true]],
    );
    assert.deepEqual(
      scene.guarded.errorBudget?.alerts.map(({ severity, active }) => [severity, active]),
      [
        ['fast', false],
        ['slow', true],
      ],
    );
    await scene.clock.advance(8 * 3_600_000);
    scene.guarded.errorBudget?.record(true);
    assert.equal(of(scene, 'recovered').length, 1);
    assert.equal(of(scene, 'alert').at(-1)?.active, false);
  });

  it('of latencies knows percentiles to 3.2 %, and when they are over the target', async () => {
    const scene = given(engine, { latencyBudget: { percentile: 0.95, targetMs: 100 } });
    const { latencyBudget } = scene.guarded;
    assert.ok(Number.isNaN(latencyBudget?.p50Ms));
    assert.equal(latencyBudget?.compliance, 1);
    for (let i = 0; i < 30; i++) {
      const up = upstream();
      const result = scene.guarded.execute(up.operation);
      await scene.clock.advance(i < 20 ? 50 : 200);
      up.succeed();
      await result;
    }
    const near = (ms: number | undefined, exact: number) =>
      assert.ok(Math.abs((ms as number) - exact) <= exact * 0.032);
    near(latencyBudget?.p50Ms, 50);
    near(latencyBudget?.p95Ms, 200);
    near(latencyBudget?.p99Ms, 200);
    assert.equal(latencyBudget?.exhausted, true);
    assert.equal(latencyBudget?.compliance, 2 / 3);
  });
});

onBothEngines('what adapts', (engine) => {
  it('a timeout follows latency, and does not spiral down when everything times out', async () => {
    const scene = given(engine, {
      timeout: { adaptive: { percentile: 0.5, multiplier: 2, minMs: 10, maxMs: 1000 } },
    });
    let remainingMs = 0;
    const look = async () => {
      await scene.guarded.execute((context) => {
        remainingMs = context.remainingMs;
      });
      return remainingMs;
    };
    assert.equal(await look(), 1000);
    for (let i = 0; i < 40; i++) {
      const up = upstream();
      const result = scene.guarded.execute(up.operation);
      await scene.clock.advance(20);
      up.succeed();
      await result;
    }
    const settledMs = await look();
    assert.ok(settledMs > 38 && settledMs < 42, String(settledMs));
    for (let i = 0; i < 100; i++) {
      const result = errorOf(scene.guarded.execute(pending().operation));
      await scene.clock.advance(1000);
      await result;
    }
    assert.ok((await look()) > 40);
  });

  it('a throttle lets fewer and fewer through to who accepts none, and never nobody', async () => {
    let draw = 0;
    const draws = Array.from({ length: 10 }, (_, index) => (index + 0.5) / 10);
    const { guarded } = given(engine, { throttle: {} }, { random: () => draws[draw++ % 10] });
    let ran = 0;
    for (let i = 0; i < 500; i++) {
      await guarded.executeOutcome(() => {
        ran++;
        throw new Error('no');
      });
    }
    // One in ten is drawn above 0.9, the most that is refused.
    assert.ok(ran >= 50 && ran <= 60, String(ran));
    draw = 0;
    await assert.rejects(guarded.execute(fine), { code: 'HF_THROTTLED', strategy: 'throttle' });
  });

  it('a rate falls when latency is over its target, and says so', async () => {
    const scene = given(engine, {
      rateLimiter: {
        permitsPerSecond: 1000,
        burst: 100,
        adaptive: { minPerSecond: 500, maxPerSecond: 2000, targetMs: 100 },
      },
    });
    for (let second = 0; second < 10; second++) {
      const permits = Array.from({ length: 25 }, () => scene.guarded.tryAcquire());
      await scene.clock.advance(1000);
      for (const permit of permits) if (permit.ok) permit.settle('success');
    }
    const rate = scene.guarded.rateLimiter?.ratePerSecond as number;
    assert.ok(rate < 1000 && rate >= 500, String(rate));
    const changes = of(scene, 'limitChange');
    assert.deepEqual(
      [changes[0].limit, changes[0].from, changes[0].to, changes.at(-1)?.to],
      ['rateLimiter', 1000, 900, rate],
    );
  });
});
