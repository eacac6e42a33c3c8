// What a runtime's counters say of one call, each way that a call can go.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, type Holdfast, type PolicyOptions } from '../../src/index.ts';
import { type ManualClock, manualClock, upstream } from '../../src/testing/index.ts';
import { scrape } from '../control/metrics/scrape.ts';
import { boom, type Engine, failing, fine, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const COUNTED =
  /^(calls_total|retry_|timeouts_total|hedges|chaos_injections|abandoned|shed_total|queue_timeouts)/;

interface Scene {
  clock: ManualClock;
  holdfast: Holdfast;
  send: ReturnType<Holdfast['policy']>;
}

/** The counters that are not 0 after a scene, without the policy's label. */
async function countsOf(engine: Engine, options: PolicyOptions, play: (scene: Scene) => Promise<unknown>) {
  const clock = manualClock({ startMs: 36_000_000 });
  const holdfast: Holdfast = createHoldfast({
    clock,
    engine,
    random: () => 0,
    memory: { policies: 2, threads: 2, keys: 0 },
    policies: { send: options },
  });
  await play({ clock, holdfast, send: holdfast.policy('send') });
  const series = await scrape(holdfast);
  const counted: Record<string, number> = {};
  for (const [name, count] of series) {
    if (count === 0 || !COUNTED.test(name)) continue;
    counted[name.replace(/,?policy="send"/, '').replace('{}', '')] = count;
  }
  return counted;
}

onBothEngines('the counters of retries', (engine) => {
  const LIMIT = { permitsPerSecond: 0.001, burst: 1 };

  it('say how many there were, by their number, and how long the pauses took', async () => {
    const retry = { maxRetries: 7, backoff: (retry: number) => retry * 0.5 };
    const counted = await countsOf(engine, { retry }, async ({ clock, send }) => {
      const result = send.execute(failing(7));
      await clock.advance(14);
      assert.equal(await result, 'done');
      assert.equal(await send.execute(fine), 'fine');
    });
    assert.deepEqual(counted, {
      'calls_total{outcome="success"}': 2,
      'retry_attempts_total{attempt="1"}': 1,
      'retry_attempts_total{attempt="2"}': 1,
      'retry_attempts_total{attempt="3"}': 1,
      'retry_attempts_total{attempt="4"}': 1,
      'retry_attempts_total{attempt="5+"}': 3,
      retry_success_total: 1,
      retry_backoff_delay_seconds_sum: 0.014,
      retry_backoff_delay_seconds_count: 7,
    });
  });

  it('say that they ran out, but not where none were to be made', async () => {
    for (const [maxRetries, exhausted] of [
      [0, undefined],
      [1, 1],
    ]) {
      const retry = { maxRetries, backoff: () => 0 };
      const counted = await countsOf(engine, { retry }, ({ send }) => errorOf(send.execute(boom)));
      assert.equal(counted['retry_failures_total{reason="exhausted"}'], exhausted);
      assert.equal(counted['calls_total{outcome="failure"}'], 1);
    }
  });

  it('say that a retry was refused, but not that a first attempt was', async () => {
    const options = { rateLimiter: LIMIT, retry: { maxRetries: 1, backoff: () => 0 } };
    const refused = 'retry_failures_total{reason="rejected"}';
    const first = await countsOf(engine, options, async ({ send }) => {
      send.tryAcquire();
      await errorOf(send.acquire());
    });
    assert.deepEqual(first, { 'calls_total{outcome="rejected"}': 1 });
    const later = await countsOf(engine, options, ({ send }) => errorOf(send.execute(boom)));
    assert.equal(later[refused], 1);
    assert.equal(later['calls_total{outcome="failure"}'], 1);
    assert.equal(later['calls_total{outcome="rejected"}'], undefined);
  });

  it('say that the budget was spent', async () => {
    const retry = { maxRetries: 1, backoff: () => 0, budget: { ratio: 0, minPerSecond: 0 } };
    const counted = await countsOf(engine, { retry }, ({ send }) => errorOf(send.execute(boom)));
    assert.deepEqual(counted, {
      'calls_total{outcome="failure"}': 1,
      'retry_failures_total{reason="budget"}': 1,
    });
  });
});

onBothEngines('the counters of calls', (engine) => {
  it('say what was refused, whoever asked for it', async () => {
    const rateLimiter = { permitsPerSecond: 0.001, burst: 1 };
    for (const options of [{ rateLimiter }, { rateLimiter, fallback: () => 'instead' }]) {
      const counted = await countsOf(engine, options, async ({ send }) => {
        await send.execute(fine);
        await send.executeOutcome(fine);
      });
      assert.deepEqual(counted, {
        'calls_total{outcome="success"}': 1,
        'calls_total{outcome="rejected"}': 1,
      });
    }
  });

  it('say what took too long, an attempt or the whole, and what runs on behind it', async () => {
    const timeout = { attemptMs: 10, totalMs: 15 };
    const retry = { maxRetries: 3, backoff: () => 0 };
    const counted = await countsOf(engine, { timeout, retry }, async ({ clock, send }) => {
      const result = errorOf(send.execute(pending().operation));
      await clock.advance(15);
      await result;
    });
    assert.deepEqual(counted, {
      'calls_total{outcome="failure"}': 1,
      'retry_attempts_total{attempt="1"}': 1,
      retry_backoff_delay_seconds_count: 1,
      'timeouts_total{scope="attempt"}': 1,
      'timeouts_total{scope="total"}': 1,
      abandoned_operations: 2,
    });
  });

  it('say what nobody wanted any more', async () => {
    const counted = await countsOf(engine, { timeout: { totalMs: 500 } }, async ({ send }) => {
      const up = upstream<string>();
      const caller = new AbortController();
      const result = errorOf(send.execute(up.operation, { signal: caller.signal }));
      caller.abort('enough');
      up.succeed('late');
      await result;
    });
    assert.deepEqual(counted, { 'calls_total{outcome="ignored"}': 1 });
  });
});
