// What a made backoff is made of: numbers and words, which cross threads where a function cannot.

import type { Backoff } from './types.ts';

/**
 * How a pause varies, so that callers that failed together do not come back together. With a draw from 0 to 1:
 * `'none'` leaves it as it is; `'full'` draws from 0 to the pause; `'equal'` from half of it to all of it; a
 * number draws up to that share of it to both sides, 0.2 from 80 % to 120 %.
 */
export type Jitter = 'none' | 'full' | 'equal' | number;

interface Bounds {
  maxMs: number;
  jitter: Jitter;
}

/** A made backoff as data: cloneable, and JSON. `kind` is the name of the function that made it. */
export type BackoffData =
  | ({ kind: 'constant'; baseMs: number } & Bounds)
  | ({ kind: 'linear'; baseMs: number; stepMs: number } & Bounds)
  | ({ kind: 'exponential'; baseMs: number; factor: number } & Bounds)
  | ({ kind: 'fibonacci'; baseMs: number } & Bounds)
  | ({ kind: 'decorrelated'; baseMs: number } & Bounds)
  | ({ kind: 'fromList'; delaysMs: readonly number[] } & Bounds);

export type BackoffKind = BackoffData['kind'];

// The registry of symbols is common to all copies of the package in a thread.
const DATA = Symbol.for('holdfast.backoff');

/** The data of a made backoff; `undefined` for any other function, and for what is none. Never throws. */
export function backoffData(backoff: unknown): BackoffData | undefined {
  if (typeof backoff !== 'function') return undefined;
  try {
    return Object.getOwnPropertyDescriptor(backoff, DATA)?.value as BackoffData | undefined;
  } catch {
    // A proxy that cannot be asked is a function of the user's, and fails when it is called.
    return undefined;
  }
}

/** Makes a function one whose data is known. */
export function carryData(backoff: Backoff, data: BackoffData): Backoff {
  Object.defineProperty(backoff, 'name', { value: data.kind });
  return Object.defineProperty(backoff, DATA, { value: data });
}
