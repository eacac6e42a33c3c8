// A rate that follows latency.

import type { PolicyNumbers } from '../../state/options-block.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readCount, SHARE, WINDOW_MS } from './rules.ts';

/**
 * Once an interval the rate is looked at: a tenth less when the percentile of the interval's latencies is over
 * 1.2 · `targetMs`, a twentieth more when it is under 0.8 · `targetMs` and the limiter held traffic back.
 */
export interface AdaptiveRateOptions {
  /** Bounds of the rate, permits a second; `permitsPerSecond`, where it starts, lies between them. */
  minPerSecond: number;
  maxPerSecond: number;
  /** The latency to aim at, in ms, above 0. */
  targetMs: number;
  /** Which latency that is, 0 < x ≤ 1; 0.95 by default. */
  percentile?: number;
  /** How often the rate is looked at, in ms, at least 1; 1 000 by default. */
  intervalMs?: number;
  /** Latencies that an interval must have to be judged; 20 by default. */
  minSamples?: number;
}

/** From one permit in 30 days to 10 million a second. */
export const RATE = { atLeast: 3.858e-7, atMost: 10_000_000 } as const;

const ADAPTIVE_RATE = ['minPerSecond', 'maxPerSecond', 'targetMs', 'percentile', 'intervalMs', 'minSamples'];

export function readAdaptiveRate(
  o: PolicyReader,
  rate: number,
  numbers: PolicyNumbers,
): { intervalMs: number } | undefined {
  const adaptive = o.child('adaptive', ADAPTIVE_RATE);
  if (adaptive === undefined) return undefined;
  const min = adaptive.number('minPerSecond', RATE);
  const max = adaptive.number('maxPerSecond', RATE);
  if (min > max) adaptive.refuse('maxPerSecond', `at least ${min}, the minPerSecond`);
  if (rate < min || rate > max)
    o.refuse('permitsPerSecond', `a rate from ${min} to ${max}, its adaptive bounds`);
  const intervalMs = adaptive.durationMs('intervalMs', { ...WINDOW_MS, default: 1_000 });
  numbers.minRate = min;
  numbers.maxRate = max;
  numbers.rateTargetMs = adaptive.durationMs('targetMs', { above: 0 });
  numbers.ratePercentile = adaptive.ratio('percentile', { ...SHARE, default: 0.95 });
  numbers.rateIntervalMs = intervalMs;
  numbers.rateSamples = readCount(adaptive, 'minSamples', { default: 20 });
  return { intervalMs };
}
