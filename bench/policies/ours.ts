// Holdfast's policies in the policies bench.

import { exponential, type Policy, policy, rateLimiter } from '../../src/index.ts';

const BREAKER = { circuitBreaker: { consecutiveFailures: 5 } };
/** The same, and never reached: for calls that fail on purpose. */
const PATIENT = { circuitBreaker: { consecutiveFailures: 1e9 } };
const LIMITER = { rateLimiter: { permitsPerSecond: 1e7, burst: 1e7 } };
const BULKHEAD = { bulkhead: { maxConcurrent: 100 } };
const TIMEOUT = { timeout: { attemptMs: 30_000 } };
const RETRY = { retry: { maxRetries: 3, backoff: exponential({ baseMs: 100 }) } };
const BUDGETS = {
  errorBudget: { objective: 0.999, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
};
const FIVE = { ...BREAKER, ...LIMITER, ...BULKHEAD, ...TIMEOUT, ...RETRY };
/** Without retry: a call that fails is tried once. */
const FOUR = { ...PATIENT, ...LIMITER, ...BULKHEAD, ...TIMEOUT };

export const breaker = policy(BREAKER);
export const limiter = policy(LIMITER);
export const bulkhead = policy(BULKHEAD);
export const timeout = policy(TIMEOUT);
export const retry = policy(RETRY);
export const five = policy(FIVE);
export const fiveWithBudgets = policy({ ...FIVE, ...BUDGETS });

export const patient = policy(PATIENT);
export const four = policy(FOUR);
export const fourWithBudgets = policy({ ...FOUR, ...BUDGETS });

export const bucket = rateLimiter(LIMITER.rateLimiter);

/** A limiter that has spent its only permit of the day. */
export const emptyBucket = rateLimiter({ permitsPerSecond: 1 / 86_400, burst: 1 });
emptyBucket.tryAcquire();

export const open: Policy = policy({ circuitBreaker: { consecutiveFailures: 5, openMs: 86_400_000 } });
open.circuitBreaker?.open();

/** A bulkhead whose only slot is held for good, and that has no line. */
export const full = policy({ bulkhead: { maxConcurrent: 1 } });
full.tryAcquire();

export const empty = policy({ rateLimiter: { permitsPerSecond: 1 / 86_400, burst: 1 } });
empty.tryAcquire();
