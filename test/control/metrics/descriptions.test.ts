import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BURN_WINDOWS } from '../../../src/control/metrics/budget-metrics.ts';
import { METRICS } from '../../../src/control/metrics/list.ts';
import { Metrics, readMetricsOptions } from '../../../src/control/metrics/metrics.ts';
import type { PolicyOptions } from '../../../src/policy/options/policy-options.ts';
import { given } from '../given.ts';
import { scrape } from './scrape.ts';

const everything: PolicyOptions = {
  rateLimiter: { permitsPerSecond: 1_000 },
  bulkhead: { maxConcurrent: 10, maxQueue: 10 },
  circuitBreaker: { consecutiveFailures: 5 },
  throttle: {},
  shed: {},
  retry: {},
  hedge: { delayMs: 5 },
  errorBudget: { objective: 0.999, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100, minCalls: 1 },
  chaos: {
    latency: { rate: 1, minMs: 1, maxMs: 1 },
    error: { rate: 1 },
    timeout: { rate: 1 },
    result: { rate: 1, value: 'odd' },
    killWorker: { rate: 1 },
    block: { rate: 1, ms: 1 },
  },
};

/** Names of the labels of a series, and the series without them. */
function parts(series: string): [string, string[]] {
  const [name, labels = ''] = series.split(/[{}]/);
  return [name, [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label)];
}

const pool = {
  threads: { busy: 1 },
  waiting: new Map([['', 0]]),
  tasks: new Map([['echo', { success: 1, failure: 0, aborted: 0, lost: 0, durationMs: 1 }]]),
  lost: 0,
};

/** All series of a runtime that has one of everything. */
async function all(): Promise<string[]> {
  const { holdfast, clock } = given({ policies: { send: everything } });
  const send = holdfast.policy('send');
  const call = send.execute(() => new Promise<void>((resolve) => clock.setTimer(clock.now() + 1, resolve)));
  await clock.advance(1);
  await call;
  holdfast.degradation.set('search', 'degraded');
  const runtime = {
    lifecycle: () => 0,
    checks: () => [],
    levels: () => [],
    delays: () => [0, 0, 0, 0],
    pool: () => pool,
  };
  const pooled = new Metrics(readMetricsOptions({}), { policies: () => [], runtime });
  const series = [...(await scrape(holdfast)).keys(), ...(await scrape({ metrics: pooled.registry })).keys()];
  return [...new Set(series)];
}

describe('the list of metrics', () => {
  it('says which labels the series of each one have', async () => {
    const series = (await all()).map(parts);
    for (const { name, type, labels } of METRICS) {
      const own = series.filter(([each]) =>
        type === 'histogram' || type === 'summary'
          ? /_(sum|count)$/.test(each) && each.startsWith(name)
          : each === name,
      );
      assert.ok(own.length > 0, name);
      for (const [, found] of own) assert.deepEqual(found.sort(), [...labels].sort(), name);
    }
  });

  it('says that a runtime has each metric but once, and what type and help it has', () => {
    const { holdfast } = given();
    for (const { name, help, type } of METRICS) {
      const metric = holdfast.metrics.getSingleMetric(`holdfast_${name}`) as unknown as Record<
        string,
        unknown
      >;
      assert.deepEqual([metric.help, metric.type, metric.aggregator], [help, type, 'sum']);
    }
  });

  it('says over which windows a budget burns', async () => {
    const windows = (await all()).flatMap(
      (each) => /^error_budget_burn_rate\{window="(\w+)"/.exec(each)?.[1] ?? [],
    );
    assert.deepEqual(windows, [...BURN_WINDOWS]);
  });

  it('has each kind of chaos that a policy allows, and no other', async () => {
    const kinds = (series: Iterable<string>) =>
      [...series].flatMap((each) => /^chaos_injections_total\{kind="(\w+)"/.exec(each)?.[1] ?? []);
    assert.deepEqual(kinds(await all()), ['latency', 'error', 'timeout', 'result', 'killWorker', 'block']);
    const { holdfast } = given({ policies: { send: { chaos: { result: { rate: 1, value: 'odd' } } } } });
    assert.deepEqual(kinds((await scrape(holdfast)).keys()), ['result']);
  });

  it('has the percentiles of a latency budget under their names', () => {
    const helps = METRICS.filter(({ name }) => name.startsWith('latency_budget_p')).map(({ name, help }) => [
      name,
      Number.parseFloat(/that (.*) %/.exec(help)?.[1] ?? ''),
    ]);
    assert.deepEqual(helps, [
      ['latency_budget_p50_seconds', 50],
      ['latency_budget_p95_seconds', 95],
      ['latency_budget_p99_seconds', 99],
    ]);
  });

  it('counts in chaos what was injected of each kind', async () => {
    const { holdfast, clock } = given({
      policies: {
        send: { chaos: { latency: { rate: 1, minMs: 5, maxMs: 5 }, result: { rate: 1, value: 'odd' } } },
      },
    });
    holdfast.chaos.enable();
    const call = holdfast.policy('send').execute(() => 'fine');
    await clock.advance(5);
    assert.equal(await call, 'odd');
    const read = await scrape(holdfast);
    for (const kind of ['latency', 'result']) {
      assert.equal(read.get(`chaos_injections_total{kind="${kind}",policy="send"}`), 1);
    }
  });

  it('counts timeouts of whole calls apart from those of attempts', async () => {
    const { holdfast, clock } = given({ policies: { send: { timeout: { totalMs: 50 } } } });
    const call = holdfast
      .policy('send')
      .execute(() => new Promise(() => {}))
      .catch(() => {});
    await clock.advance(50);
    await call;
    const read = await scrape(holdfast);
    assert.deepEqual(
      ['attempt', 'total'].map((scope) => read.get(`timeouts_total{scope="${scope}",policy="send"}`)),
      [0, 1],
    );
  });
});
