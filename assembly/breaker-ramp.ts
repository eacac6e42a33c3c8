// After a close the share that is let through grows, from a tenth to all.

import { generationOf, markOf } from './breaker-state';
import { O_RAMP } from './layout';

/** Share of calls let through `ms` after a close: from 10 % to all, in a straight line. */
export function refusedByRamp(slot: usize, options: usize, word: i64, now: f64, draw: f64): bool {
  // The first generation never was open.
  const ramp = load<f64>(options, O_RAMP);
  if (generationOf(word) == 0 || ramp <= 0) return false;
  const since = now - markOf(slot, word, now);
  return since < ramp && draw >= 0.1 + (0.9 * since) / ramp;
}
