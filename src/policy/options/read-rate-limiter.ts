/**
 * Rate limiter: a token bucket that admits at most burst + rate · t permits in any time t, exactly.
 *
 * The bucket starts full. A call that finds too little in it is refused, or waits its turn where `maxWaitMs`
 * says so. With `perKey` there is a bucket for each key.
 */

import { rateScale, unitsPerMs } from '../../state/rate-scale.ts';
import type { Draft, PolicyReader } from './policy-reader.ts';
import { type AdaptiveRateOptions, RATE, readAdaptiveRate } from './read-adaptive-rate.ts';
import { type PerKeyOptions, readPerKey } from './read-per-key.ts';
import { ENDLESS_MS } from './rules.ts';

export interface RateLimiterOptions {
  /** The rate, from one permit in 30 days to 10 million a second; the error is under 0.01 %. */
  permitsPerSecond: number;
  /** What a full bucket holds, a whole number of at least 1; `permitsPerSecond`, rounded up, by default. */
  burst?: number;
  /**
   * The longest a call waits for its permits, in ms; Infinity is allowed. 0, the default, refuses at once; more:
   * first come, first served, and refused at once when the wait would be longer.
   */
  maxWaitMs?: number;
  /** Finds the rate by latency. Not with `perKey`. */
  adaptive?: AdaptiveRateOptions;
  /** A bucket for each key. Not with `maxWaitMs` or `adaptive`. */
  perKey?: PerKeyOptions;
}

export const RATE_LIMITER = ['permitsPerSecond', 'burst', 'maxWaitMs', 'adaptive', 'perKey'] as const;

/** Three years: with more debt than that a bucket's word would not hold its time. */
const MOST_DEBT_MS = 1e11;

export function readRateLimiter(o: PolicyReader, { shape, numbers }: Draft): void {
  const rate = o.number('permitsPerSecond', RATE);
  const burst = o.number('burst', { whole: true, atLeast: 1, default: Math.max(1, Math.ceil(rate)) });
  const maxWaitMs = o.durationMs('maxWaitMs', { ...ENDLESS_MS, default: 0 });
  const adaptive = readAdaptiveRate(o, rate, numbers);
  const perKey = readPerKey(o);
  if (perKey !== undefined) {
    if (maxWaitMs > 0) o.refuse('maxWaitMs', '0 ms, or none, beside perKey');
    if (adaptive !== undefined) o.refuse('adaptive', 'none beside perKey');
  }
  const highest = adaptive === undefined ? rate : numbers.maxRate;
  const units = rateScale(`${o.path}.burst`, highest, burst, perKey !== undefined);
  numbers.ratePerSecond = rate;
  numbers.burst = burst;
  numbers.units = units;
  numbers.burstUnits = burst * units;
  numbers.unitsPerMs = unitsPerMs(rate, units);
  numbers.rateMaxWaitMs = maxWaitMs;
  // A reservation that nothing limits is limited by what the bucket's word can hold.
  numbers.maxDebtMs = maxWaitMs > 0 ? Math.min(maxWaitMs, MOST_DEBT_MS) : MOST_DEBT_MS;
  shape.rateLimiter = { waits: maxWaitMs > 0, adaptive, perKey };
}
