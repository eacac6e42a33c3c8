/**
 * Hedge: sends an attempt again while the first is still under way, and takes whichever succeeds first.
 */

import type { Draft, PolicyReader } from './policy-reader.ts';
import { readCount, SHARE, WINDOW_MS } from './rules.ts';

/** After how long an attempt is late: a time, or a percentile of the attempts of the last `windowMs`. */
export type HedgeOptions = HedgeBounds & (HedgeByTime | HedgeByPercentile);

export interface HedgeBounds {
  /** Attempts that may be sent besides the first; 1 by default. */
  maxHedges?: number;
}

export interface HedgeByTime {
  /** Milliseconds from one attempt to the next, at least 0; a percentile may stand here as well. */
  delayMs: number | HedgeByPercentile;
}

export interface HedgeByPercentile {
  /** Which latency is late, 0 < x ≤ 1. */
  percentile: number;
  /** How far back attempts count, in ms, at least 1. */
  windowMs: number;
}

export const HEDGE = ['delayMs', 'percentile', 'windowMs', 'maxHedges'] as const;

const BY_PERCENTILE = ['percentile', 'windowMs'] as const;

export function readHedge(o: PolicyReader, { shape, numbers }: Draft): void {
  numbers.maxHedges = readCount(o, 'maxHedges', { default: 1 });
  const delayMs = o.get('delayMs');
  const within = typeof delayMs === 'object' ? o.child('delayMs', BY_PERCENTILE) : undefined;
  const byPercentile = within ?? (BY_PERCENTILE.some(o.has) ? o : undefined);
  shape.hedge = {};
  if (delayMs !== undefined)
    for (const name of BY_PERCENTILE) if (o.has(name)) o.refuse(name, 'none beside delayMs');
  if (byPercentile !== undefined) {
    numbers.hedgePercentile = byPercentile.ratio('percentile', SHARE);
    shape.hedge.percentile = { windowMs: byPercentile.durationMs('windowMs', WINDOW_MS) };
  } else if (delayMs === undefined || typeof delayMs !== 'number') {
    o.refuse('delayMs', 'a duration of at least 0 ms, or a percentile and windowMs');
  } else numbers.hedgeDelayMs = o.durationMs('delayMs');
}
