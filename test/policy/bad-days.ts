// A policy with everything in the path of a call, and the look that nothing of a call is left.

import assert from 'node:assert/strict';
import { constant } from '../../src/index.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { type Engine, type Given, given } from '../support/given.ts';

/** Breaker, limiter, bulkhead with a line, timeouts, retries without pauses, both budgets. */
export const EVERYTHING = {
  circuitBreaker: { window: { calls: 100 }, minCalls: 100 },
  throttle: { maxRejection: 0 },
  rateLimiter: { permitsPerSecond: 1000, burst: 1000, maxWaitMs: 1000 },
  bulkhead: { maxConcurrent: 2, maxQueue: 2, maxWaitMs: 5000 },
  timeout: { attemptMs: 1000, totalMs: 10_000 },
  retry: { maxRetries: 1, backoff: constant({ baseMs: 0 }), budget: {} },
  errorBudget: { objective: 0.9, windowMs: 60_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
} satisfies PolicyOptions;

export function withEverything(engine: Engine, options: PolicyOptions = {}): Given {
  return given(engine, { ...EVERYTHING, ...options });
}

/** No slot, no place in line, no operation left to itself, no timer. */
export async function assertNothingLeft({ guarded, clock }: Given): Promise<void> {
  await clock.advance(0);
  const { bulkhead } = guarded;
  assert.deepEqual(
    [bulkhead?.active, bulkhead?.queued, bulkhead?.abandoned, clock.pending],
    [bulkhead && 0, bulkhead && 0, bulkhead && 0, 0],
    'slots, places in line, abandoned operations, timers',
  );
}

/** What a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was fulfilled');
}
