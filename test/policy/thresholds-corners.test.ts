// Where a number decides: just under it, on it, just over it.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { constant } from '../../src/index.ts';
import { upstream } from '../../src/testing/index.ts';
import {
  boom,
  type Engine,
  failing,
  fine,
  type Given,
  givenLater as given,
  names,
  of,
  onBothEngines,
  pending,
} from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A call that takes so long. */
async function taking({ clock, guarded }: Given, ms: number): Promise<void> {
  const up = upstream<string>();
  const result = guarded.execute(up.operation);
  await clock.advance(ms);
  for (let call = 0; call < up.calls; call++) up.succeed('done');
  await result;
}

onBothEngines('an error budget', (engine) => {
  it('may call itself exhausted from its least number of calls on', () => {
    const { guarded } = given(engine, { errorBudget: { objective: 0.5, windowMs: HOUR, minCalls: 4 } });
    const { errorBudget } = guarded;
    const seen = [1, 2, 3, 4].map(() => {
      errorBudget?.record(false);
      return errorBudget?.exhausted;
    });
    assert.deepEqual(seen, [false, false, false, true]);
    assert.deepEqual([errorBudget?.consumed, errorBudget?.remaining], [2, 0]);
    for (let call = 0; call < 5; call++) errorBudget?.record(true);
    assert.equal(errorBudget?.exhausted, false);
    assert.deepEqual([errorBudget?.allowedFailures, errorBudget?.consumed], [4.5, 4 / 4.5]);
  });

  it('burns as fast as failures come, over what it allows', () => {
    const { clock, guarded } = given(engine, { errorBudget: { objective: 0.9, windowMs: HOUR } });
    const { errorBudget } = guarded;
    assert.equal(errorBudget?.burnRate(HOUR), 0);
    for (let call = 0; call < 10; call++) errorBudget?.record(call >= 2);
    assert.ok(Math.abs((errorBudget?.burnRate(HOUR) as number) - 2) < 1e-9);
    clock.set(clock.now() + 2 * HOUR);
    assert.equal(errorBudget?.burnRate(HOUR), 0);
    assert.ok(Math.abs((errorBudget?.burnRate(6 * HOUR) as number) - 2) < 1e-9);
  });

  it('is overspent by the failures over what it allows, however little that is', () => {
    for (const [objective, over] of [
      [1 - 1e-9, 1e9],
      [1, Number.POSITIVE_INFINITY],
    ] as const) {
      const { guarded } = given(engine, { errorBudget: { objective, windowMs: HOUR } });
      guarded.errorBudget?.record(false);
      const { consumed, remaining } = guarded.errorBudget as { consumed: number; remaining: number };
      assert.equal(remaining, 0);
      for (const found of [consumed, guarded.errorBudget?.burnRate(HOUR) as number]) {
        assert.ok(found === over || Math.abs(found / over - 1) < 1e-6, String(found));
      }
    }
  });

  it('burns nothing where there were no calls, even if a snapshot has failures without them', () => {
    const { guarded } = given(engine, { errorBudget: { objective: 0.9, windowMs: HOUR } });
    guarded.restore({ ...guarded.snapshot(), errorBudget: { recent: [[0, 0, 5]] } });
    assert.equal(guarded.errorBudget?.burnRate(HOUR), 0);
  });

  it('alerts when both of an alert’s windows burn at its rate, and there were calls enough to say so', () => {
    const scene = given(engine, { errorBudget: { objective: 0.99, windowMs: 24 * HOUR, minCalls: 100 } });
    const { errorBudget } = scene.guarded;
    const active = () => errorBudget?.alerts.map((alert) => alert.active);
    // Fast from 14.4 % of failures, slow from 6 %.
    for (let call = 0; call < 99; call++) errorBudget?.record(call >= 20);
    assert.deepEqual(active(), [false, false], 'not enough calls');
    errorBudget?.record(true);
    assert.deepEqual(active(), [true, true]);
    for (let call = 0; call < 100; call++) errorBudget?.record(true);
    assert.deepEqual(active(), [false, true], '10 %');
    for (let call = 0; call < 200; call++) errorBudget?.record(true);
    assert.deepEqual(active(), [false, false], '5 %');
    for (let call = 0; call < 100; call++) errorBudget?.record(false);
    assert.deepEqual(active(), [true, true], '24 %');
    scene.clock.set(scene.clock.now() + 2 * MINUTE);
    assert.deepEqual(active(), [true, true], 'still within five minutes');
    // The short windows have gone by; the long ones have not.
    scene.clock.set(scene.clock.now() + 20 * MINUTE);
    assert.deepEqual(active(), [false, true]);
    scene.clock.set(scene.clock.now() + 30 * MINUTE);
    assert.deepEqual(active(), [false, false]);
    assert.deepEqual(
      errorBudget?.alerts.map(({ severity }) => severity),
      ['fast', 'slow'],
    );
  });
});

onBothEngines('a latency budget', (engine) => {
  it('is exceeded by what is over the target, from its least number of calls on', async () => {
    const scene = given(engine, { latencyBudget: { percentile: 0.5, targetMs: 100, minCalls: 3 } });
    const seen: unknown[] = [];
    for (let call = 0; call < 4; call++) {
      await taking(scene, 200);
      seen.push(scene.guarded.latencyBudget?.exhausted);
    }
    assert.deepEqual(seen, [false, false, true, true]);
    await scene.clock.advance(10_000);
    await taking(scene, 200);
    for (let call = 0; call < 10; call++) await taking(scene, 50);
    assert.equal(scene.guarded.latencyBudget?.exhausted, false);
    await scene.clock.advance(10_000);
    await taking(scene, 50);
    assert.deepEqual(
      names(scene).filter((name) => name === 'exhausted' || name === 'recovered'),
      ['exhausted', 'recovered'],
    );
    assert.deepEqual(
      of(scene, 'exhausted').map(({ policy, budget, atMs }) => [policy, budget, atMs > 0]),
      [['', 'latency', true]],
    );
  });
});

onBothEngines('an adaptive timeout', (engine) => {
  const adaptive = { percentile: 0.5, multiplier: 2, minMs: 50, maxMs: 1_000 };
  const left = async ({ guarded }: Given) => {
    let ms = 0;
    await guarded.execute((context) => {
      ms = context.remainingMs;
    });
    return ms;
  };

  it('trusts what it has seen from twenty attempts on, and stays between its bounds', async () => {
    const scene = given(engine, { timeout: { adaptive } });
    for (let call = 0; call < 18; call++) await taking(scene, 100);
    assert.equal(await left(scene), 1_000);
    await taking(scene, 100);
    await scene.clock.advance(1_000);
    const ms = await left(scene);
    assert.ok(ms > 190 && ms < 210, `${ms}`);
    const quick = given(engine, { timeout: { adaptive } });
    for (let call = 0; call < 30; call++) await taking(quick, 1);
    await quick.clock.advance(1_000);
    assert.equal(await left(quick), 50);
  });

  it('is the shorter of itself and the one that is configured beside it', async () => {
    for (const [attemptMs, expected] of [
      [300, 300],
      [5_000, 1_000],
      [() => 200, 200],
      [0, 1_000],
    ] as const) {
      assert.equal(await left(given(engine, { timeout: { attemptMs, adaptive } })), expected);
    }
  });
});

onBothEngines('a hedge that goes by a percentile', (engine) => {
  it('is not sent before there were twenty attempts to go by', async () => {
    const scene = given(engine, { hedge: { percentile: 0.9, windowMs: MINUTE } });
    for (let call = 0; call < 19; call++) await taking(scene, 10);
    await taking(scene, 500);
    assert.equal(of(scene, 'hedge').length, 0);
    await taking(scene, 500);
    assert.equal(of(scene, 'hedge').length, 1);
  });
});

onBothEngines('a retry', (engine) => {
  it('is made as long as time is left for it, the last pause clipped to what is', async () => {
    const scene = given(engine, {
      retry: { maxRetries: 9, maxElapsedMs: 100, backoff: constant({ baseMs: 60, jitter: 'none' }) },
    });
    const operation = failing(99);
    const result = errorOf(scene.guarded.execute(operation));
    await scene.clock.advance(1_000);
    await result;
    assert.deepEqual(
      of(scene, 'retry').map(({ pauseMs }) => pauseMs),
      [60, 40],
    );
    assert.equal(operation.calls, 3);
    assert.equal(scene.clock.pending, 0);
  });

  it('is made at once where its pause is none, however often, and does not hold others up', async () => {
    const scene = given(engine, { retry: { maxRetries: 2_000, backoff: () => 0 } });
    const operation = failing(1_500);
    assert.equal(await scene.guarded.execute(operation), 'done');
    assert.equal(operation.calls, 1_501);
  });

  it('is told of the pause before it', async () => {
    const told: unknown[] = [];
    const backoff = (retry: number, _outcome: unknown, previousMs?: number) => {
      told.push([retry, previousMs]);
      return retry * 10;
    };
    const scene = given(engine, { retry: { maxRetries: 3, backoff } });
    const result = errorOf(scene.guarded.execute(boom));
    await scene.clock.advance(1_000);
    await result;
    assert.deepEqual(told, [
      [1, undefined],
      [2, 10],
      [3, 20],
    ]);
  });

  it('refuses pauses that are none, and ends the call with that', async () => {
    for (const [option, ms] of [
      ['backoff', -1],
      ['backoff', Number.NaN],
      ['backoff', Number.POSITIVE_INFINITY],
      ['backoff', '5'],
      ['retryAfter', -1],
    ] as const) {
      const scene = given(engine, { retry: { maxRetries: 3, [option]: () => ms as number } });
      const error = (await errorOf(scene.guarded.execute(boom))) as Error;
      assert.ok(error instanceof RangeError);
      assert.ok(
        error.message.startsWith(`retry.${option}: expected a finite number of ms of at least 0, got `),
      );
    }
  });

  it('asked for by retryAfter alone is as long as that says, else as its backoff says', async () => {
    const asked = [25, undefined];
    const scene = given(engine, {
      retry: { maxRetries: 2, backoff: () => 70, retryAfter: () => asked.shift() },
    });
    const result = errorOf(scene.guarded.execute(boom));
    await scene.clock.advance(1_000);
    await result;
    assert.deepEqual(
      of(scene, 'retry').map(({ pauseMs }) => pauseMs),
      [25, 70],
    );
  });
});

onBothEngines('a timeout that is none', (engine) => {
  it('is 0 or Infinity, of an attempt and of a whole call; anything else is refused', async () => {
    const left = async (attemptMs: unknown, totalMs: unknown) => {
      const { guarded } = given(engine, {
        timeout: { attemptMs: () => attemptMs as number, totalMs: () => totalMs as number },
      });
      return guarded.executeOutcome(({ remainingMs }) => remainingMs);
    };
    for (const none of [0, Number.POSITIVE_INFINITY]) {
      assert.deepEqual(await left(none, none), {
        ok: true,
        value: Number.POSITIVE_INFINITY,
        rejected: false,
      });
    }
    assert.deepEqual(await left(20, 30), { ok: true, value: 20, rejected: false });
    assert.deepEqual(await left(40, 30), { ok: true, value: 30, rejected: false });
    for (const wrong of [-1, Number.NaN, '5']) {
      for (const [attempt, total, where] of [
        [wrong, 0, 'timeout.attemptMs'],
        [0, wrong, 'timeout.totalMs'],
      ] as const) {
        const outcome = (await left(attempt, total)) as { ok: boolean; error: Error };
        assert.equal(outcome.ok, false);
        assert.ok(outcome.error.message.startsWith(`${where}: expected milliseconds of at least 0, got `));
      }
    }
  });
});

onBothEngines('a breaker in somebody’s hand', (engine) => {
  const opened = (openMs: number, engineName: Engine = engine) =>
    given(engineName, { circuitBreaker: { consecutiveFailures: 2, openMs } });

  it('opens for as long as it is told, or as it is configured to', async () => {
    const scene = opened(500);
    const breaker = scene.guarded.circuitBreaker;
    breaker?.open();
    assert.equal(breaker?.retryAfterMs, 500);
    breaker?.open(2_000);
    assert.equal(breaker?.retryAfterMs, 2_000);
    breaker?.open(0);
    assert.deepEqual([breaker?.state, breaker?.retryAfterMs], ['half-open', 0]);
    breaker?.close();
    assert.deepEqual([breaker?.state, breaker?.retryAfterMs], ['closed', 0]);
    for (const ms of [-1, Number.NaN, '5'] as number[])
      assert.throws(() => breaker?.open(ms), { code: 'HF_BAD_OPTION' });
  });

  it('is isolated until every isolation is released, each of them once', () => {
    const scene = opened(500);
    const breaker = scene.guarded.circuitBreaker;
    const [one, two] = [breaker?.isolate(), breaker?.isolate()];
    assert.deepEqual([breaker?.state, breaker?.retryAfterMs], ['isolated', Number.POSITIVE_INFINITY]);
    one?.();
    one?.();
    assert.equal(breaker?.state, 'isolated');
    two?.[Symbol.dispose]();
    assert.equal(breaker?.state, 'closed');
    assert.deepEqual(
      of(scene, 'stateChange').map(({ from, to }) => `${from} ${to}`),
      ['closed isolated', 'isolated closed'],
    );
  });

  it('is told of no move that is none', async () => {
    const scene = opened(500);
    scene.guarded.circuitBreaker?.close();
    scene.guarded.circuitBreaker?.open();
    scene.guarded.circuitBreaker?.open(700);
    scene.guarded.circuitBreaker?.disable();
    scene.guarded.circuitBreaker?.metricsOnly();
    scene.guarded.circuitBreaker?.close();
    assert.deepEqual(
      of(scene, 'stateChange').map(({ from, to }) => `${from} ${to}`),
      ['closed open', 'open disabled', 'disabled metrics-only', 'metrics-only closed'],
    );
    const held = scene.guarded.execute(pending().operation).catch(() => {});
    assert.equal(await scene.guarded.execute(fine), 'fine');
    void held;
  });
});
