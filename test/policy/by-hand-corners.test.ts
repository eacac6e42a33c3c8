// What an owner reads and does beside the calls: alerts, targets, open times that grow.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { upstream } from '../../src/testing/index.ts';
import { boom, fine, type Given, givenLater as given, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

onBothEngines('an alert', (engine) => {
  it('begins on its rate, not only above it', () => {
    const { guarded } = given(engine, { errorBudget: { objective: 0.875, windowMs: 24 * HOUR } });
    for (let call = 0; call < 100; call++) guarded.errorBudget?.record(call >= 75);
    assert.deepEqual(
      guarded.errorBudget?.alerts.map(({ burnRate, active }) => [burnRate, active]),
      [
        [6, false],
        [6, true],
      ],
    );
  });

  it('is not for a short spell in a long window that is well', () => {
    const { clock, guarded } = given(engine, { errorBudget: { objective: 0.99, windowMs: 24 * HOUR } });
    const { errorBudget } = guarded;
    for (let call = 0; call < 1_000; call++) errorBudget?.record(true);
    clock.set(clock.now() + 50 * MINUTE);
    for (let call = 0; call < 20; call++) errorBudget?.record(false);
    assert.ok((errorBudget?.burnRate(5 * MINUTE) as number) > 99);
    assert.ok((errorBudget?.burnRate(HOUR) as number) < 3);
    assert.deepEqual(
      errorBudget?.alerts.map(({ active }) => active),
      [false, false],
    );
  });
});

onBothEngines('a latency target', (engine) => {
  const took = async ({ clock, guarded }: Given, ms: number) => {
    const up = upstream<string>();
    const result = guarded.execute(up.operation);
    await clock.advance(ms);
    up.succeed('done');
    await result;
  };

  it('is kept by what takes just as long', async () => {
    const first = given(engine, { latencyBudget: { percentile: 0.5, targetMs: 1, minCalls: 1 } });
    await took(first, 100);
    const { p50Ms, exhausted } = first.guarded.latencyBudget as NonNullable<
      typeof first.guarded.latencyBudget
    >;
    assert.equal(exhausted, true);
    for (const [targetMs, over] of [
      [p50Ms, false],
      [p50Ms - 0.001, true],
    ] as const) {
      const second = given(engine, { latencyBudget: { percentile: 0.5, targetMs, minCalls: 1 } });
      await took(second, 100);
      assert.equal(second.guarded.latencyBudget?.exhausted, over);
    }
  });
});

onBothEngines('an open time that grows', (engine) => {
  const growing = () =>
    given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: (n: number) => n * 100, halfOpen: { permits: 1 } },
    });

  it('goes on from an opening by hand, and starts over with a close', async () => {
    const { clock, guarded } = growing();
    const breaker = guarded.circuitBreaker;
    const openings: (number | undefined)[] = [];
    const fail = async () => {
      await errorOf(guarded.execute(boom));
      openings.push(breaker?.retryAfterMs);
    };
    breaker?.open();
    openings.push(breaker?.retryAfterMs);
    for (const ms of [100, 200]) {
      await clock.advance(ms);
      await fail();
    }
    assert.deepEqual(openings.splice(0), [100, 200, 300]);
    breaker?.close();
    await fail();
    await clock.advance(100);
    await fail();
    assert.deepEqual(openings.splice(0), [100, 200]);
    await clock.advance(200);
    assert.equal(await guarded.execute(fine), 'fine');
    await fail();
    assert.deepEqual(openings, [100]);
  });

  it('is not that of an opening for a time of its own, and the next one grows all the same', async () => {
    for (const ms of [50, 0]) {
      const { clock, guarded } = growing();
      const breaker = guarded.circuitBreaker;
      breaker?.open(ms);
      assert.equal(breaker?.retryAfterMs, ms);
      await clock.advance(ms);
      await errorOf(guarded.execute(boom));
      assert.equal(breaker?.retryAfterMs, 200);
    }
  });

  it('is refused when it is none, as a duration in ms', () => {
    const { guarded } = growing();
    for (const none of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const message = `open: expected a duration of at least 0 ms, got ${none}`;
      assert.throws(() => guarded.circuitBreaker?.open(none), { name: 'OptionsError', message });
    }
  });

  it('is, where it is one number, that of the last update', () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1, openMs: 500 } });
    guarded.update({ circuitBreaker: { openMs: 900 } });
    guarded.circuitBreaker?.open();
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 900);
  });
});

onBothEngines('the counts of a breaker', (engine) => {
  it('say of the window what was counted, by how it ended and how long it took', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: {
        window: { ms: 60_000 },
        failureRate: 1,
        minCalls: 20,
        slowCall: { ms: 100, rate: 1 },
      },
      isIgnored: ({ ok, ...outcome }) => !ok && (outcome as { error: Error }).error.message === 'skip',
    });
    for (const [ms, end] of [
      [10, 'ok'],
      [150, 'ok'],
      [20, 'fail'],
      [5, 'skip'],
    ] as const) {
      const up = upstream<string>();
      const result = errorOf(guarded.execute(up.operation)).catch(() => {});
      await clock.advance(ms);
      if (end === 'ok') up.succeed('done');
      else up.fail(new Error(end));
      await result;
    }
    assert.deepEqual(guarded.circuitBreaker?.counts, {
      total: 3,
      failures: 1,
      slow: 1,
      ignored: 1,
      rejected: 0,
      durationMs: 180,
    });
    const isolation = guarded.circuitBreaker?.isolate();
    await errorOf(guarded.execute(fine));
    isolation?.();
    assert.equal(guarded.circuitBreaker?.counts.rejected, 1);
  });
});
