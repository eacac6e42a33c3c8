// What changes each metric of limits and budgets.

import { boom, change, never, type Scene, taking } from './change.ts';

const budget = { errorBudget: { objective: 0.9, windowMs: 3_600_000, minCalls: 1 } };
const latency = { latencyBudget: { percentile: 0.5, targetMs: 100, minCalls: 1 } };
const full = { bulkhead: { maxConcurrent: 1, maxQueue: 5 } };
const percentile = (name: string) =>
  change(latency, `latency_budget_${name}_seconds{budget="send"}`, [undefined, 0.25], (_, scene) =>
    taking(scene, 250),
  );

export const limitChanges = {
  rate_limiter_allowed_total: change(
    { rateLimiter: { permitsPerSecond: 1 } },
    'rate_limiter_allowed_total{limiter="send"}',
    [0, 1],
    (send) => send.execute(() => 'done'),
  ),
  rate_limiter_rejected_total: change(
    { rateLimiter: { permitsPerSecond: 1 } },
    'rate_limiter_rejected_total{limiter="send"}',
    [0, 2],
    (send) => {
      for (let call = 0; call < 3; call++) send.tryAcquire();
    },
  ),
  rate_limiter_current_rate: change(
    { rateLimiter: { permitsPerSecond: 10 } },
    'rate_limiter_current_rate{limiter="send"}',
    [10, 25],
    (send) => send.update({ rateLimiter: { permitsPerSecond: 25 } }),
  ),
  bulkhead_concurrent: change(full, 'bulkhead_concurrent{bulkhead="send"}', [0, 1], (send) =>
    send.tryAcquire(),
  ),
  bulkhead_queued: change(full, 'bulkhead_queued{bulkhead="send"}', [0, 2], (send) => {
    for (let call = 0; call < 3; call++) void send.execute(never);
  }),
  bulkhead_rejected_total: change(
    { bulkhead: { maxConcurrent: 1 } },
    'bulkhead_rejected_total{bulkhead="send"}',
    [0, 1],
    (send) => {
      send.tryAcquire();
      send.tryAcquire();
    },
  ),
  bulkhead_wait_duration_seconds: change(
    full,
    'bulkhead_wait_duration_seconds_sum{bulkhead="send"}',
    [0, 0.4],
    async (send, scene) => {
      const first = taking(scene, 400);
      const second = send.execute(() => 'second');
      await first;
      await second;
    },
  ),
  throttle_rejected_total: change(
    { throttle: {} },
    'throttle_rejected_total{policy="send"}',
    [0, 1],
    async (send, { holdfast }) => {
      for (let call = 0; call < 1_000 && (await count(holdfast)) === 0; call++)
        await send.execute(boom).catch(() => {});
    },
  ),
  shed_total: change({ shed: {} }, 'shed_total{policy="send"}', [0, 1], async (send, { holdfast }) => {
    holdfast.degradation.set('all', 'degraded');
    await send.execute(() => 'low', { priority: 0 }).catch(() => {});
  }),
  error_budget_remaining: change(budget, 'error_budget_remaining{budget="send"}', [1, 0.5], async (send) => {
    for (let call = 0; call < 20; call++) send.errorBudget?.record(call !== 0);
  }),
  error_budget_consumed: change(budget, 'error_budget_consumed{budget="send"}', [0, 5], (send) => {
    for (const ok of [true, false]) send.errorBudget?.record(ok);
  }),
  error_budget_exhausted_total: change(
    budget,
    'error_budget_exhausted_total{budget="send"}',
    [0, 1],
    (send) => send.errorBudget?.record(false),
  ),
  error_budget_burn_rate: change(
    budget,
    'error_budget_burn_rate{window="1h",budget="send"}',
    [0, 10],
    (send) => send.errorBudget?.record(false),
  ),
  latency_budget_p50_seconds: percentile('p50'),
  latency_budget_p95_seconds: percentile('p95'),
  latency_budget_p99_seconds: percentile('p99'),
  latency_budget_violations_total: change(
    latency,
    'latency_budget_violations_total{budget="send"}',
    [0, 1],
    async (_, scene) => {
      // The second call comes in a later slice of the window: only then is the percentile looked at.
      await taking(scene, 250);
      await scene.clock.advance(10_000);
      await taking(scene, 250);
    },
  ),
};

async function count(holdfast: Scene['holdfast']): Promise<number> {
  const text = await holdfast.metrics.getSingleMetricAsString('holdfast_throttle_rejected_total');
  return Number(text.split(' ').at(-1));
}
