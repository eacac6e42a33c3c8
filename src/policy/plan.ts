// What a policy is once its options have been read: numbers that shared memory
// holds, a shape that never changes, and functions that stay in their thread.

import type { PolicyNumbers } from '../state/options-block.ts';
import type { Backoff, CallContext, ExecuteOptions, Outcome } from './types.ts';

/** A number of milliseconds, or what says it for each call. */
export type MsOf = (context: CallContext) => number;

/** Functions a policy was given. They do not cross threads. */
export interface PolicyFunctions {
  isFailure?: (outcome: Outcome<unknown>) => boolean;
  isIgnored?: (outcome: Outcome<unknown>) => boolean;
  fallback?: (error: unknown, context: CallContext) => unknown;
  coalesceKey?: (options: ExecuteOptions) => unknown;
  attemptMs?: MsOf;
  totalMs?: MsOf;
  /** The pause before a retry; made ones read their numbers from shared memory through `madeBackoff`. */
  backoff?: Backoff;
  retryAfter?: (outcome: Outcome<unknown>) => number | undefined;
  shouldRetry?: (outcome: Outcome<unknown>) => boolean;
  /** Open times that grow with each reopening. */
  openMs?: Backoff;
  openFor?: (outcome: Outcome<unknown>) => number | undefined;
  chaosWhen?: (context: CallContext) => boolean;
  chaosError?: () => unknown;
  chaosResult?: { value: unknown };
}

/** Which strategies a policy has, and what about them `update` cannot change. */
export interface PolicyShape {
  circuitBreaker?: {
    kind: 'consecutive' | 'calls' | 'time';
    windowCalls: number;
    windowMs: number;
    buckets: number;
    slow: boolean;
    ramp: boolean;
    failureRate: boolean;
    trialRate: boolean;
  };
  throttle?: { windowMs: number };
  rateLimiter?: {
    waits: boolean;
    adaptive?: { intervalMs: number };
    perKey?: { maxKeys: number; onFull: 'shared' | 'refuse' };
  };
  bulkhead?: {
    /** Whether callers may queue for a slot, and whether `maxQueue` was given and so bounds the whole line. */
    queues: boolean;
    bounded: boolean;
    adaptive?: 'aimd' | 'gradient2' | 'vegas';
  };
  timeout?: { attempt: boolean; total: boolean; adaptive?: { windowMs: number } };
  retry?: { budget: boolean; onRejection: boolean };
  hedge?: { percentile?: { windowMs: number } };
  errorBudget?: { windowMs: number };
  latencyBudget?: { windowMs: number };
  chaos?: ChaosShape;
  shed?: boolean;
  fallback?: boolean;
  coalesce?: boolean;
}

/** What chaos a policy allows; off until it is enabled. */
export interface ChaosShape {
  latency: boolean;
  error: boolean;
  timeout: boolean;
  result: boolean;
  killWorker: boolean;
  block: boolean;
  blockMs: number;
  seed: number | string | undefined;
  abortBelow: number | undefined;
}

/** A policy's options, read and checked. */
export interface PolicyPlan {
  shape: PolicyShape;
  numbers: PolicyNumbers;
  functions: PolicyFunctions;
  /** Paths of options that are functions of the user's own, as `retry.backoff`: they stay in their thread. */
  inline: readonly string[];
  /** The options as they can be sent to another thread: without functions, made backoffs as data. */
  data: unknown;
}
