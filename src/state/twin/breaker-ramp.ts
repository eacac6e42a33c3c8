// After a close the share that is let through grows, from a tenth to all.

import * as layout from '../../../assembly/layout.ts';
import { type BreakerMoves, generationOf } from './breaker-state.ts';
import type { Words } from './words.ts';

const { O_RAMP } = layout;

export type BreakerRamp = ReturnType<typeof twinBreakerRamp>;

export function twinBreakerRamp({ optF }: Words, { markOf }: BreakerMoves) {
  /** Share of calls let through `ms` after a close: from 10 % to all, in a straight line. */
  function refusedByRamp(slot: number, options: number, high: number, now: number, draw: number): boolean {
    // The first generation never was open.
    const ramp = optF(options, O_RAMP);
    if (generationOf(high) === 0 || ramp <= 0) return false;
    const since = now - markOf(slot, high, now);
    return since < ramp && draw >= 0.1 + (0.9 * since) / ramp;
  }

  return { refusedByRamp };
}
