/**
 * Retry: runs an operation again while its outcome is a failure, with pauses between.
 *
 * The last error is the caller's own, never wrapped.
 */

import { type BackoffData, backoffData, exponential } from '../backoff.ts';
import type { Backoff, Outcome } from '../types.ts';
import type { Draft, PolicyReader } from './policy-reader.ts';
import { ENDLESS_MS, readBackoff } from './rules.ts';

export interface RetryOptions {
  /** Retries after the first attempt, a whole number of at least 0; 3 by default, so 4 attempts. */
  maxRetries?: number;
  /** No retry begins later than so many ms after the call did, and the last pause is cut to fit; Infinity by default. */
  maxElapsedMs?: number;
  /** The pause before each retry: a made backoff, or a function; `exponential({ baseMs: 100 })` by default. */
  backoff?: Backoff;
  /** Asked with each failure: milliseconds replace the backoff's pause, `undefined` leaves it. */
  retryAfter?: (outcome: Outcome<unknown>) => number | undefined;
  /** Whether an outcome is worth a retry; what `isFailure` says by default. */
  shouldRetry?: (outcome: Outcome<unknown>) => boolean;
  /** Bounds the retries of all calls together; without it each call has its own number only. */
  budget?: RetryBudgetOptions;
  /** Whether a refusal by this policy, or by one within the operation, is retried; false by default. */
  onRejection?: boolean;
}

/** Retries and hedges of the last ten seconds: at most `ratio` · calls + `minPerSecond` · 10. */
export interface RetryBudgetOptions {
  /** Retries for each call, 0…1; 0.2 by default. */
  ratio?: number;
  /** Retries a second that are always there, at least 0; 10 by default. */
  minPerSecond?: number;
}

export const RETRY = [
  'maxRetries',
  'maxElapsedMs',
  'backoff',
  'retryAfter',
  'shouldRetry',
  'budget',
  'onRejection',
] as const;

export function readRetry(o: PolicyReader, { shape, numbers, functions }: Draft): void {
  numbers.maxRetries = o.number('maxRetries', { whole: true, atLeast: 0, infinite: true, default: 3 });
  numbers.maxElapsedMs = o.durationMs('maxElapsedMs', { ...ENDLESS_MS, default: Number.POSITIVE_INFINITY });
  const backoff = readBackoff(o, 'backoff') ?? exponential({ baseMs: 100 });
  functions.backoff = backoff;
  const made = backoffData(backoff);
  if (made !== undefined) {
    numbers.backoffBaseMs = made.kind === 'fromList' ? made.delaysMs[0] : made.baseMs;
    numbers.backoffStep = stepOf(made);
    numbers.backoffMaxMs = made.maxMs;
  }
  functions.retryAfter = o.fn('retryAfter', { optional: true });
  functions.shouldRetry = o.fn('shouldRetry', { optional: true });
  const budget = o.child('budget', ['ratio', 'minPerSecond']);
  if (budget !== undefined) {
    numbers.retryRatio = budget.ratio('ratio', { default: 0.2 });
    numbers.retryFloor = budget.number('minPerSecond', { atLeast: 0, default: 10 });
  }
  shape.retry = { budget: budget !== undefined, onRejection: o.boolean('onRejection', { default: false }) };
}

function stepOf(made: BackoffData): number {
  return made.kind === 'linear' ? made.stepMs : made.kind === 'exponential' ? made.factor : 0;
}
