// What changes each metric of a policy.

import { constant } from '../../../src/policy/backoff.ts';
import type { PolicyOptions } from '../../../src/policy/options/policy-options.ts';
import type { CallContext } from '../../../src/policy/types.ts';
import type { given } from '../given.ts';

type Scene = ReturnType<typeof given>;
type Operation = (context: CallContext) => unknown;

const boom = () => Promise.reject(new Error('boom'));
const never = () => new Promise(() => {});

/** One policy called `send`, and the series that changes. `labels`: those besides the policy's name. */
function change(
  policy: PolicyOptions,
  series: string,
  [from, to]: [number | undefined, number],
  act: (send: ReturnType<Scene['holdfast']['policy']>, scene: Scene) => unknown,
) {
  return {
    options: { policies: { send: policy } },
    series,
    from,
    to,
    act: (scene: Scene) => act(scene.holdfast.policy('send'), scene),
  };
}

/** Runs an operation that takes so long, whatever comes of it. */
async function taking(scene: Scene, ms: number, operation: Operation = () => 'done') {
  const { holdfast, clock } = scene;
  const atMs = clock.now() + ms;
  const call = holdfast.policy('send').execute(async (context) => {
    await new Promise<void>((resolve) => clock.setTimer(atMs, resolve));
    return operation(context);
  });
  call.catch(() => {});
  await clock.advance(ms);
  await call.catch(() => {});
}

const breaker = { circuitBreaker: { consecutiveFailures: 5 } };
const retry = { retry: { maxRetries: 2, backoff: constant({ baseMs: 100, jitter: 'none' as const }) } };
const budget = { errorBudget: { objective: 0.9, windowMs: 3_600_000, minCalls: 1 } };
const latency = { latencyBudget: { percentile: 0.5, targetMs: 100, minCalls: 1 } };
const full = { bulkhead: { maxConcurrent: 1, maxQueue: 5 } };
const percentile = (name: string) =>
  change(latency, `latency_budget_${name}_seconds{budget="send"}`, [undefined, 0.25], (_, scene) =>
    taking(scene, 250),
  );

export const policyChanges = {
  calls_total: change({}, 'calls_total{outcome="failure",policy="send"}', [0, 1], (send) =>
    send.execute(boom).catch(() => {}),
  ),
  call_duration_seconds: change(
    {},
    'call_duration_seconds_bucket{le="0.512",policy="send"}',
    [0, 1],
    (_, scene) => taking(scene, 300),
  ),
  retry_attempts_total: change(
    retry,
    'retry_attempts_total{attempt="2",policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(boom).catch(() => {});
      await clock.advance(200);
      await call;
    },
  ),
  retry_success_total: change(
    retry,
    'retry_success_total{policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(({ attempt }) => (attempt === 1 ? boom() : 'done'));
      await clock.advance(100);
      await call;
    },
  ),
  retry_failures_total: change(
    retry,
    'retry_failures_total{reason="exhausted",policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(boom).catch(() => {});
      await clock.advance(200);
      await call;
    },
  ),
  retry_backoff_delay_seconds: change(
    retry,
    'retry_backoff_delay_seconds_sum{policy="send"}',
    [0, 0.2],
    async (send, { clock }) => {
      const call = send.execute(boom).catch(() => {});
      await clock.advance(200);
      await call;
    },
  ),
  timeouts_total: change(
    { timeout: { attemptMs: 50 } },
    'timeouts_total{scope="attempt",policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(never).catch(() => {});
      await clock.advance(50);
      await call;
    },
  ),
  abandoned_operations: change(
    { timeout: { attemptMs: 50 } },
    'abandoned_operations{policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(never).catch(() => {});
      await clock.advance(50);
      await call;
    },
  ),
  hedges_total: change(
    { hedge: { delayMs: 10 } },
    'hedges_total{policy="send"}',
    [0, 1],
    async (send, { clock }) => {
      const call = send.execute(({ attempt }) => (attempt === 1 ? never() : 'done'));
      await clock.advance(10);
      await call;
    },
  ),
  chaos_injections_total: change(
    { chaos: { error: { rate: 1 } } },
    'chaos_injections_total{kind="error",policy="send"}',
    [0, 1],
    async (send, { holdfast }) => {
      holdfast.chaos.enable();
      await send.execute(() => 'fine').catch(() => {});
    },
  ),
  circuit_breaker_state: change(breaker, 'circuit_breaker_state{name="send"}', [0, 3], (send) =>
    send.circuitBreaker?.isolate(),
  ),
  circuit_breaker_requests_total: change(
    breaker,
    'circuit_breaker_requests_total{result="rejected",name="send"}',
    [0, 1],
    (send) => {
      send.circuitBreaker?.open();
      send.tryAcquire();
    },
  ),
  circuit_breaker_failures_total: change(
    breaker,
    'circuit_breaker_failures_total{name="send"}',
    [0, 1],
    (send) => send.execute(boom).catch(() => {}),
  ),
  circuit_breaker_state_changes_total: change(
    breaker,
    'circuit_breaker_state_changes_total{from_state="closed",to_state="open",name="send"}',
    [0, 2],
    async (send) => {
      for (let call = 0; call < 5; call++) await send.execute(boom).catch(() => {});
      send.circuitBreaker?.close();
      send.circuitBreaker?.open();
    },
  ),
  circuit_breaker_request_duration_seconds: change(
    { ...breaker, ...retry },
    'circuit_breaker_request_duration_seconds_sum{name="send"}',
    [0, 0.5],
    // Two attempts of 250 ms with a pause of 100 ms between them, which is no request's.
    async (send, { clock }) => {
      const call = send.execute(async ({ attempt }) => {
        await new Promise<void>((resolve) => clock.setTimer(clock.now() + 250, resolve));
        return attempt === 1 ? boom() : 'done';
      });
      await clock.advance(600);
      await call;
    },
  ),
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
