// What protects what. Each task has a policy, and so a compartment of its own on the pool.

import { availableParallelism } from 'node:os';
import { exponential, type Outcome, type PolicyOptions } from 'holdfast';
import type { Answer } from './upstream/call.ts';

const THREADS = Math.max(1, availableParallelism() - 1);

/** A task that takes a thread for its time: a few run or wait at one time, the rest is told to come back. */
function task(timeoutMs: number): PolicyOptions {
  return {
    bulkhead: { maxConcurrent: THREADS * 2, maxQueue: 32, maxWaitMs: 5_000 },
    timeout: { totalMs: timeoutMs },
    errorBudget: { objective: 0.99, windowMs: 3_600_000 },
    latencyBudget: { percentile: 0.95, targetMs: 1_000 },
    // What the client has got wrong is no failure of the service.
    isIgnored: (outcome) => !outcome.ok && (outcome.error as Error).name === 'BadInputError',
  };
}

export const policies = {
  /** Every request, whatever it asks for: so many for each client. */
  clients: { rateLimiter: { permitsPerSecond: 200, burst: 400, perKey: { maxKeys: 10_000 } } },
  /** Bodies on their way in: each takes memory until it is whole, and a slow client must not take it for ever. */
  bodies: { bulkhead: { maxConcurrent: 32, maxQueue: 64, maxWaitMs: 2_000 }, timeout: { totalMs: 15_000 } },
  digest: task(10_000),
  compress: task(10_000),
  parse: task(10_000),
  upstream: {
    circuitBreaker: {
      window: { ms: 10_000 },
      failureRate: 0.5,
      openMs: exponential({ baseMs: 1_000, maxMs: 15_000, jitter: 'equal' }),
      halfOpen: { permits: 5 },
    },
    bulkhead: { maxConcurrent: 100, maxQueue: 100, maxWaitMs: 500 },
    timeout: { attemptMs: 500, totalMs: 2_000 },
    retry: { maxRetries: 2, backoff: exponential({ baseMs: 25, maxMs: 250 }), budget: { ratio: 0.2 } },
    errorBudget: { objective: 0.99, windowMs: 3_600_000 },
    latencyBudget: { percentile: 0.95, targetMs: 100 },
    chaos: { latency: { rate: 0.2, minMs: 50, maxMs: 250 }, error: { rate: 0.1 } },
    isFailure: (outcome: Outcome<unknown>) => !outcome.ok || (outcome.value as Answer).status >= 500,
  },
} satisfies Record<string, PolicyOptions>;
