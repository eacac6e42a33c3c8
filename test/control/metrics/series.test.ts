import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PolicyOptions } from '../../../src/policy/options/policy-options.ts';
import { given } from '../given.ts';
import { scrape } from './scrape.ts';

const everything: PolicyOptions = {
  rateLimiter: { permitsPerSecond: 1_000, maxWaitMs: 10 },
  bulkhead: { maxConcurrent: 10, maxQueue: 10 },
  circuitBreaker: { consecutiveFailures: 5 },
  throttle: {},
  shed: {},
  timeout: { attemptMs: 1_000 },
  retry: {},
  hedge: { delayMs: 5 },
  errorBudget: { objective: 0.999, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
  chaos: { error: { rate: 1 }, latency: { rate: 1, minMs: 1, maxMs: 1 }, block: { rate: 1, ms: 1 } },
};

const BOUNDS = [...Array.from({ length: 15 }, (_, power) => `${2 ** power / 1_000}`), '+Inf'];
const by = (name: string, label: string, values: string[], policy: string) =>
  values.map((value) => `${name}{${label}="${value}",${policy}="send"}`);
const histogram = (name: string, policy: string) => [
  ...by(`${name}_bucket`, 'le', BOUNDS, policy),
  `${name}_sum{${policy}="send"}`,
  `${name}_count{${policy}="send"}`,
];
const moves = ['closed>open', 'half-open>open', 'open>half-open', 'half-open>closed'].map((move) => {
  const [from, to] = move.split('>');
  return `circuit_breaker_state_changes_total{from_state="${from}",to_state="${to}",name="send"}`;
});

const ALWAYS = [
  ...by('calls_total', 'outcome', ['success', 'failure', 'ignored', 'rejected'], 'policy'),
  ...histogram('call_duration_seconds', 'policy'),
  ...by('timeouts_total', 'scope', ['attempt', 'total'], 'policy'),
  'abandoned_operations{policy="send"}',
];
const EVERYTHING = [
  ...ALWAYS,
  ...by('retry_attempts_total', 'attempt', ['1', '2', '3', '4', '5+'], 'policy'),
  'retry_success_total{policy="send"}',
  ...by('retry_failures_total', 'reason', ['exhausted', 'rejected', 'budget', 'aborted'], 'policy'),
  'retry_backoff_delay_seconds_sum{policy="send"}',
  'retry_backoff_delay_seconds_count{policy="send"}',
  'hedges_total{policy="send"}',
  ...by('chaos_injections_total', 'kind', ['latency', 'error', 'block'], 'policy'),
  'circuit_breaker_state{name="send"}',
  ...by('circuit_breaker_requests_total', 'result', ['success', 'failure', 'ignored', 'rejected'], 'name'),
  'circuit_breaker_failures_total{name="send"}',
  ...moves,
  ...histogram('circuit_breaker_request_duration_seconds', 'name'),
  'rate_limiter_allowed_total{limiter="send"}',
  'rate_limiter_rejected_total{limiter="send"}',
  'rate_limiter_current_rate{limiter="send"}',
  'bulkhead_concurrent{bulkhead="send"}',
  'bulkhead_queued{bulkhead="send"}',
  'bulkhead_rejected_total{bulkhead="send"}',
  'bulkhead_wait_duration_seconds_sum{bulkhead="send"}',
  'bulkhead_wait_duration_seconds_count{bulkhead="send"}',
  'throttle_rejected_total{policy="send"}',
  'shed_total{policy="send"}',
  'error_budget_remaining{budget="send"}',
  'error_budget_consumed{budget="send"}',
  'error_budget_exhausted_total{budget="send"}',
  ...by('error_budget_burn_rate', 'window', ['5m', '30m', '1h', '6h'], 'budget'),
  'latency_budget_violations_total{budget="send"}',
];
const QUIET_RUNTIME = [
  'lifecycle_state',
  ...['0.5', '0.9', '0.99', '1'].map((quantile) => `event_loop_delay_seconds{quantile="${quantile}"}`),
];

/** A runtime with one policy and no checks. */
function one(policy: PolicyOptions) {
  const scene = given({ health: { builtIn: false }, policies: { send: policy } });
  return { ...scene, series: () => scrape(scene.holdfast) };
}

describe('the series of a policy', () => {
  it('are those of its calls where it has nothing else', async () => {
    const { series } = one({});
    const read = await series();
    assert.deepEqual([...read.keys()].sort(), [...ALWAYS, ...QUIET_RUNTIME].sort());
    assert.ok([...read.values()].every((value) => value === 0));
  });

  it('are those of all that it has, from the start', async () => {
    const { series } = one(everything);
    const read = await series();
    assert.deepEqual([...read.keys()].sort(), [...EVERYTHING, ...QUIET_RUNTIME].sort());
    const others = [...read].filter(([, value]) => value !== 0);
    assert.deepEqual(others, [
      ['rate_limiter_current_rate{limiter="send"}', 1_000],
      ['error_budget_remaining{budget="send"}', 1],
    ]);
  });

  it('are no more than what each of its parts has', async () => {
    const parts = Object.keys(everything) as (keyof PolicyOptions)[];
    const counts = new Map<string, number>();
    for (const part of parts) {
      const { series } = one({ [part]: everything[part] });
      counts.set(part, (await series()).size - ALWAYS.length - QUIET_RUNTIME.length);
    }
    assert.deepEqual(Object.fromEntries(counts), {
      rateLimiter: 5,
      bulkhead: 5,
      circuitBreaker: 28,
      throttle: 1,
      shed: 1,
      timeout: 0,
      retry: 12,
      hedge: 1,
      errorBudget: 7,
      latencyBudget: 1,
      chaos: 3,
    });
  });
});
