/**
 * Timeout: answers on time, whatever the operation does, and aborts its signal with the same error.
 *
 * At least one of `attemptMs`, `totalMs` and `adaptive` is given.
 */

import type { MsOf } from '../plan.ts';
import type { Draft, PolicyReader } from './policy-reader.ts';
import { ENDLESS_MS, SHARE, WINDOW_MS } from './rules.ts';

export interface TimeoutOptions {
  /** How long one attempt may take, in ms, or what says so for each; 0 and Infinity are no timeout. */
  attemptMs?: number | MsOf;
  /** How long the whole call may take, pauses and waits and all, in ms, or what says so; 0 and Infinity: no timeout. */
  totalMs?: number | MsOf;
  /** Finds the attempt timeout by latency; `attemptMs`, where it is given too, is its upper bound. */
  adaptive?: AdaptiveTimeoutOptions;
}

/**
 * An attempt may take `multiplier` times the percentile of the attempts of the last `windowMs`, within bounds.
 * Timed-out attempts count as having taken their timeout, so it does not spiral down.
 */
export interface AdaptiveTimeoutOptions {
  /** Which latency is gone by, 0 < x ≤ 1. */
  percentile: number;
  /** What it is multiplied by, above 0. */
  multiplier: number;
  /** Bounds of the timeout, in ms, above 0. */
  minMs: number;
  maxMs: number;
  /** How far back attempts count, in ms, at least 1; 60 000 by default. */
  windowMs?: number;
}

export const TIMEOUT = ['attemptMs', 'totalMs', 'adaptive'] as const;

const NONE = Number.POSITIVE_INFINITY;

export function readTimeout(o: PolicyReader, { shape, numbers, functions }: Draft): void {
  const attempt = readMs(o, 'attemptMs');
  if (typeof attempt === 'function') functions.attemptMs = attempt;
  else numbers.attemptMs = attempt || NONE;
  const total = readMs(o, 'totalMs');
  if (typeof total === 'function') functions.totalMs = total;
  else numbers.totalMs = total || NONE;
  const adaptive = o.child('adaptive', ['percentile', 'multiplier', 'minMs', 'maxMs', 'windowMs']);
  if (attempt === undefined && total === undefined && adaptive === undefined) {
    o.refuse('attemptMs', 'a timeout here, in totalMs or in adaptive');
  }
  shape.timeout = { attempt: attempt !== undefined, total: total !== undefined };
  if (adaptive === undefined) return;
  numbers.timeoutPercentile = adaptive.ratio('percentile', SHARE);
  numbers.timeoutMultiplier = adaptive.number('multiplier', { above: 0 });
  numbers.timeoutMinMs = adaptive.durationMs('minMs', { above: 0 });
  numbers.timeoutMaxMs = adaptive.durationMs('maxMs', { above: 0 });
  if (numbers.timeoutMaxMs < numbers.timeoutMinMs) {
    adaptive.refuse('maxMs', `at least ${numbers.timeoutMinMs} ms, the minMs`);
  }
  shape.timeout.adaptive = { windowMs: adaptive.durationMs('windowMs', { ...WINDOW_MS, default: 60_000 }) };
}

function readMs(o: PolicyReader, name: string): number | MsOf | undefined {
  const given = o.get(name);
  if (typeof given === 'function') return o.fn<MsOf>(name);
  if (given === undefined || typeof given === 'number')
    return o.durationMs(name, { ...ENDLESS_MS, optional: true });
  return o.refuse(name, 'a duration of at least 0 ms, Infinity, or a function');
}
