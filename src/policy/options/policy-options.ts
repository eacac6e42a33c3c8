// What a policy can be given. Each strategy's own options stand beside what reads them.

import type { CallContext, ExecuteOptions, Outcome } from '../types.ts';
import type { ErrorBudgetOptions, LatencyBudgetOptions } from './read-budgets.ts';
import type { BulkheadOptions } from './read-bulkhead.ts';
import type { ChaosOptions } from './read-chaos.ts';
import type { CircuitBreakerOptions } from './read-circuit-breaker.ts';
import type { HedgeOptions } from './read-hedge.ts';
import type { RateLimiterOptions } from './read-rate-limiter.ts';
import type { RetryOptions } from './read-retry.ts';
import type { ShedOptions } from './read-shed.ts';
import type { ThrottleOptions } from './read-throttle.ts';
import type { TimeoutOptions } from './read-timeout.ts';

export type { AdaptiveRateOptions } from './read-adaptive-rate.ts';
export type { ErrorBudgetOptions, LatencyBudgetOptions } from './read-budgets.ts';
export type { AdaptiveAlgorithm, AdaptiveLimitOptions, BulkheadOptions } from './read-bulkhead.ts';
export type { ChaosOptions } from './read-chaos.ts';
export type { CircuitBreakerOptions } from './read-circuit-breaker.ts';
export type { HalfOpenOptions } from './read-half-open.ts';
export type { HedgeByPercentile, HedgeByTime, HedgeOptions } from './read-hedge.ts';
export type { PerKeyOptions } from './read-per-key.ts';
export type { RateLimiterOptions } from './read-rate-limiter.ts';
export type { RetryBudgetOptions, RetryOptions } from './read-retry.ts';
export type { ShedOptions } from './read-shed.ts';
export type { ThrottleOptions } from './read-throttle.ts';
export type { AdaptiveTimeoutOptions, TimeoutOptions } from './read-timeout.ts';

/**
 * The protections of a policy. What is not given is not there and costs nothing; `{}` lets every call through.
 *
 * A call goes through them from the outside in: coalesce, fallback, shed, budgets, total timeout, retry, hedge;
 * then each attempt through circuit breaker, throttle, rate limiter, bulkhead, attempt timeout, chaos.
 *
 * Everything is checked when it is given: whatever is missing, misspelt, out of range or at odds with another
 * option throws an OptionsError that names it. Durations are milliseconds, rates permits a second, ratios 0…1.
 * Functions stay in their thread; all other options, made backoffs too, can be sent to another one.
 */
export interface PolicyOptions {
  /** Whether an outcome is a failure; any thrown error by default. When it throws, the outcome is ignored. */
  isFailure?: (outcome: Outcome<unknown>) => boolean;
  /** Whether an outcome is neither success nor failure; none is by default. It is asked before `isFailure`. */
  isIgnored?: (outcome: Outcome<unknown>) => boolean;
  circuitBreaker?: CircuitBreakerOptions;
  throttle?: ThrottleOptions;
  rateLimiter?: RateLimiterOptions;
  bulkhead?: BulkheadOptions;
  timeout?: TimeoutOptions;
  retry?: RetryOptions;
  hedge?: HedgeOptions;
  /** What a call that failed, or was refused, answers instead: a value, or a promise of one. */
  fallback?: (error: unknown, context: CallContext) => unknown;
  coalesce?: CoalesceOptions;
  errorBudget?: ErrorBudgetOptions;
  latencyBudget?: LatencyBudgetOptions;
  chaos?: ChaosOptions;
  shed?: ShedOptions;
}

/** Concurrent calls of one thread that have the same key share one operation. */
export interface CoalesceOptions {
  /** The key of a call, by the options it was given. */
  key: (options: ExecuteOptions) => unknown;
}

type NumbersOf<T> = T extends number
  ? number
  : T extends (...args: never[]) => unknown
    ? never
    : T extends object
      ? { [Name in keyof T]?: NumbersOf<NonNullable<T[Name]>> }
      : never;

/**
 * What `update` takes: the options of a policy that are numbers (limits, thresholds, durations), each as it is
 * given to a new policy. What is left out stays as it is.
 */
export type PolicyUpdate = NumbersOf<PolicyOptions>;
