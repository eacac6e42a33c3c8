// What a circuit lets through when it has been open long enough.

import type { PolicyNumbers } from '../../state/options-block.ts';
import { OPEN_TIME } from './neutral-numbers.ts';
import type { PolicyReader } from './policy-reader.ts';
import { SHARE } from './rules.ts';

export interface HalfOpenOptions {
  /** Trials that may be undecided at one time, across all threads; 1 to 4 095, 3 by default. */
  permits?: number;
  /**
   * Opens again as soon as the share of failed trials can no longer stay under this, 0 < x ≤ 1, and closes when
   * all have reported. Without it any failure opens again, and `permits` successes close.
   */
  failureRate?: number;
  /**
   * How long trials may stay undecided, in ms: so long after the oldest was admitted they are void, and others are
   * let through. By default as long as the circuit was open; Infinity waits for ever.
   */
  maxWaitMs?: number;
}

const PERMITS = 3;
/** Trials are counted in twelve bits. */
const MOST_PERMITS = 4095;

export function readHalfOpen(o: PolicyReader, numbers: PolicyNumbers): void {
  numbers.trials = PERMITS;
  const halfOpen = o.child('halfOpen', ['permits', 'failureRate', 'maxWaitMs']);
  if (halfOpen === undefined) return;
  const permits = { whole: true, atLeast: 1, atMost: MOST_PERMITS, default: PERMITS };
  numbers.trials = halfOpen.number('permits', permits);
  numbers.trialRate = halfOpen.ratio('failureRate', { ...SHARE, default: numbers.trialRate });
  const waitMs = halfOpen.durationMs('maxWaitMs', { above: 0, infinite: true, optional: true });
  numbers.trialWaitMs = waitMs ?? OPEN_TIME;
}
