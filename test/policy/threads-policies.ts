// Policies that every thread of the test loads.

import type { PolicyOptions } from '../../src/index.ts';

export const limited: PolicyOptions = { rateLimiter: { permitsPerSecond: 0.001, burst: 300 } };
export const narrow: PolicyOptions = { bulkhead: { maxConcurrent: 3, maxQueue: 1000 } };
export const send: PolicyOptions = { circuitBreaker: { consecutiveFailures: 5, openMs: 60_000 } };
export const judged: PolicyOptions = { errorBudget: { objective: 0.5, windowMs: 3_600_000 } };
export const forgiving: PolicyOptions = {
  circuitBreaker: { consecutiveFailures: 1 },
  isFailure: () => false,
};
export const held: PolicyOptions = { bulkhead: { maxConcurrent: 1 } };
