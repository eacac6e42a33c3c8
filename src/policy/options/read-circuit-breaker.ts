/**
 * Circuit breaker: stops calling what keeps failing, and tries now and then whether it is back.
 *
 * Trips on so many failures in a row, or on the share of failures or slow calls in a window; stays open for
 * `openMs`; then lets a few trials through, and closes or opens again by how they end. Exactly one of
 * `consecutiveFailures` and `window` is given.
 */

import type { Backoff, Outcome } from '../types.ts';
import { NO_RATE } from './neutral-numbers.ts';
import type { Draft, PolicyReader } from './policy-reader.ts';
import { type HalfOpenOptions, readHalfOpen } from './read-half-open.ts';
import { readTripping, type TrippingOptions } from './read-tripping.ts';
import { readBackoff } from './rules.ts';

export interface CircuitBreakerOptions extends TrippingOptions {
  /**
   * How long the circuit stays open, in ms; 30 000 by default. A backoff makes it grow with each reopening: it is
   * asked with 1 for the first opening, and starts over when the circuit closes.
   */
  openMs?: number | Backoff;
  /** Asked with every outcome: milliseconds open the circuit at once for so long, `undefined` does not. */
  openFor?: (outcome: Outcome<unknown>) => number | undefined;
  /** What is let through once `openMs` is over. */
  halfOpen?: HalfOpenOptions;
  /** After a close, lets a share of the calls through that grows from 10 % to all in `ms`; without it all at once. */
  ramp?: { ms: number };
}

export const CIRCUIT_BREAKER = [
  'consecutiveFailures',
  'window',
  'failureRate',
  'minCalls',
  'slowCall',
  'openMs',
  'openFor',
  'halfOpen',
  'ramp',
] as const;

export function readCircuitBreaker(o: PolicyReader, { shape, numbers, functions }: Draft): void {
  const tripping = readTripping(o, numbers);
  readHalfOpen(o, numbers);
  const ramp = o.child('ramp', ['ms']);
  if (ramp !== undefined) numbers.rampMs = ramp.durationMs('ms');
  const openMs = o.get('openMs');
  if (openMs === undefined || typeof openMs === 'number') {
    numbers.openMs = o.durationMs('openMs', { default: numbers.openMs });
  } else if (typeof openMs === 'function' || (typeof openMs === 'object' && openMs !== null)) {
    functions.openMs = readBackoff(o, 'openMs');
  } else o.refuse('openMs', 'a duration of at least 0 ms, or a backoff');
  functions.openFor = o.fn('openFor', { optional: true });
  shape.circuitBreaker = {
    ...tripping,
    ramp: ramp !== undefined,
    trialRate: numbers.trialRate !== NO_RATE,
  };
}
