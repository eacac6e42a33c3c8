/**
 * Backoffs: how long to pause before each retry, and how long a circuit stays open with each reopening.
 *
 * A backoff is a function `(retry, outcome?, previousMs?) => ms`, `retry` counted from 1; any function of that
 * kind will do. The made ones below give a finite pause from 0 to `maxMs` for any retry number, cross threads as
 * data, draw from the policy's own source of chance when a policy asks and from the system's otherwise, and may
 * be used by any number of policies at once. Each throws an OptionsError for options that are not as they should
 * be, and, when asked for a retry that is no whole number of at least 1, a RangeError.
 *
 * Source of the jitters: M. Brooker, "Exponential Backoff and Jitter", 2015.
 */

import { readOptions } from '../base/options.ts';
import type { BackoffKind, Jitter } from './backoff-data.ts';
import { madeBackoff } from './backoff-made.ts';
import { readBackoffOptions } from './backoff-read.ts';
import type { Backoff } from './types.ts';

export { type BackoffData, backoffData, type Jitter } from './backoff-data.ts';
export { type BackoffMath, backoffFrom, drawBackoff } from './backoff-made.ts';

/** What every made backoff takes. */
export interface BackoffBounds {
  /** No pause is longer, whatever base, growth and jitter say; 30 000 ms by default. */
  maxMs?: number;
  /** How the pause varies, inside the cap; 'full' for exponential and fibonacci, else 'none' by default. */
  jitter?: Jitter;
}

export interface ConstantOptions extends BackoffBounds {
  /** Every pause, in ms; at least 0. */
  baseMs: number;
}

export interface LinearOptions extends BackoffBounds {
  /** The first pause, in ms; at least 0. */
  baseMs: number;
  /** What each further pause is longer by, in ms; at least 0. */
  stepMs: number;
}

export interface ExponentialOptions extends BackoffBounds {
  /** The first pause, in ms; at least 0. */
  baseMs: number;
  /** What each further pause is multiplied by; above 0, 2 by default. */
  factor?: number;
}

export interface FibonacciOptions extends BackoffBounds {
  /** The first pause, and the second, in ms; at least 0. */
  baseMs: number;
}

export interface DecorrelatedOptions extends BackoffBounds {
  /** The shortest pause, in ms; at least 0. */
  baseMs: number;
}

/** The same pause each time. */
export function constant(options: ConstantOptions): Backoff {
  return made('constant', options);
}

/** baseMs + stepMs · (retry − 1). */
export function linear(options: LinearOptions): Backoff {
  return made('linear', options);
}

/** baseMs · factor^(retry − 1), with full jitter unless another is asked for. */
export function exponential(options: ExponentialOptions): Backoff {
  return made('exponential', options);
}

/** baseMs · 1, 1, 2, 3, 5, 8, …, with full jitter unless another is asked for. */
export function fibonacci(options: FibonacciOptions): Backoff {
  return made('fibonacci', options);
}

/**
 * Each pause drawn from baseMs to three times the one before, at first from baseMs to three times baseMs. It is
 * a jitter by itself; one that is asked for besides is applied to what it drew.
 */
export function decorrelated(options: DecorrelatedOptions): Backoff {
  return made('decorrelated', options);
}

/** The pauses of a list, one after the other, then the last again and again. `maxMs` holds for these too. */
export function fromList(delaysMs: readonly number[], bounds: BackoffBounds = {}): Backoff {
  const o = readOptions('fromList', bounds, ['maxMs', 'jitter']);
  return made('fromList', { delaysMs, maxMs: o.get('maxMs'), jitter: o.get('jitter') });
}

function made(kind: BackoffKind, options: unknown): Backoff {
  return madeBackoff(readBackoffOptions(kind, kind, options));
}
