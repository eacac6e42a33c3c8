// Policies of every strategy, and what may be changed of them in use.

import { BUDGET_BUCKETS } from '../../assembly/layout.ts';
import { constant, exponential } from '../../src/index.ts';
import type { PolicyOptions, PolicyUpdate } from '../../src/policy/options/policy-options.ts';
import type { Draw } from './draw.ts';

/** Longer than any soak goes on in its own time: nothing falls out of it. */
const WEEK_MS = 604_800_000;
/** How wide a bucket of such a window is: one that the clock has gone back behind counts as empty. */
export const BUCKET_MS = WEEK_MS / BUDGET_BUCKETS;
export const OBJECTIVE = 0.9;

const errorBudget = { objective: OBJECTIVE, windowMs: WEEK_MS };
const breaker = { consecutiveFailures: 4, openMs: 400, halfOpen: { permits: 2 } };

export const POLICIES = {
  everything: {
    circuitBreaker: {
      window: { ms: 5_000 },
      minCalls: 10,
      openMs: exponential({ baseMs: 100, maxMs: 2_000 }),
    },
    throttle: { windowMs: 10_000 },
    rateLimiter: { permitsPerSecond: 200, burst: 50, maxWaitMs: 300 },
    bulkhead: { maxConcurrent: 4, maxQueue: 8, maxWaitMs: 800 },
    timeout: { attemptMs: 120, totalMs: 900 },
    retry: { maxRetries: 2, backoff: exponential({ baseMs: 20, maxMs: 200 }), budget: {} },
    errorBudget,
    latencyBudget: { percentile: 0.95, targetMs: 100 },
  },
  breaker: { circuitBreaker: breaker, errorBudget },
  sliding: {
    circuitBreaker: {
      window: { calls: 20 },
      failureRate: 0.5,
      minCalls: 10,
      slowCall: { ms: 80, rate: 0.6 },
      openMs: 300,
      halfOpen: { permits: 4, failureRate: 0.5 },
      ramp: { ms: 1_000 },
    },
    errorBudget,
  },
  limited: { rateLimiter: { permitsPerSecond: 50, burst: 20 }, errorBudget },
  keyed: { rateLimiter: { permitsPerSecond: 5, perKey: { maxKeys: 16 } }, errorBudget },
  narrow: {
    bulkhead: { maxConcurrent: 2, maxQueue: 5, maxWaitMs: 1_000 },
    timeout: { attemptMs: 150 },
    errorBudget,
  },
  finding: {
    rateLimiter: { permitsPerSecond: 100, adaptive: { minPerSecond: 50, maxPerSecond: 500, targetMs: 60 } },
    bulkhead: { maxConcurrent: 4, maxQueue: 4, adaptive: { algorithm: 'aimd', minLimit: 2, maxLimit: 8 } },
    timeout: { adaptive: { percentile: 0.99, multiplier: 3, minMs: 50, maxMs: 500 } },
    errorBudget,
  },
  hedged: {
    hedge: { delayMs: 40, maxHedges: 2 },
    retry: { maxRetries: 1, backoff: constant({ baseMs: 5 }), budget: {} },
    errorBudget,
  },
  fallen: {
    fallback: () => 'instead',
    retry: { maxRetries: 1, backoff: constant({ baseMs: 10 }) },
    errorBudget,
  },
  joined: { coalesce: { key: ({ key }) => key }, errorBudget },
  reduced: { shed: {}, throttle: { windowMs: 5_000 }, errorBudget },
  shaken: {
    timeout: { attemptMs: 100 },
    chaos: {
      latency: { rate: 0.2, minMs: 5, maxMs: 60 },
      error: { rate: 0.2 },
      timeout: { rate: 0.1 },
      result: { rate: 0.1, value: 'chaos' },
    },
    errorBudget,
  },
} as const satisfies Record<string, PolicyOptions>;

export type PolicyName = keyof typeof POLICIES;

/** Other numbers for one of them, not far from those it was made with. */
export function anyChange(name: PolicyName, draw: Draw): PolicyUpdate {
  const few = 1 + draw.below(5);
  const changes: Partial<Record<PolicyName, () => PolicyUpdate>> = {
    everything: () =>
      draw.pick<PolicyUpdate>([
        { bulkhead: { maxConcurrent: few, maxQueue: 4 + few } },
        { timeout: { attemptMs: 80 + 20 * few, totalMs: 600 + 100 * few } },
        { retry: { maxRetries: few - 1 } },
        { rateLimiter: { permitsPerSecond: 100 * few } },
      ]),
    breaker: () => ({ circuitBreaker: { consecutiveFailures: few, openMs: 100 * few } }),
    sliding: () => ({ circuitBreaker: { failureRate: 0.2 + few / 10, minCalls: 5 + few } }),
    narrow: () => ({
      bulkhead: { maxConcurrent: few, maxQueue: few },
      timeout: { attemptMs: 100 + 20 * few },
    }),
    finding: () => ({ bulkhead: { adaptive: { maxLimit: 4 + few } } }),
    hedged: () => ({ hedge: { delayMs: 10 * few, maxHedges: few } }),
    reduced: () => ({ shed: { degraded: few } }),
    shaken: () => ({ chaos: { error: { rate: few / 10 } } }),
  };
  return changes[name]?.() ?? {};
}
