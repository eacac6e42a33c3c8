// A window of latencies that is read while it moves on.
//
// What a window holds is a histogram less the one that was kept when its oldest slice began. A thread that begins a
// slice writes over the oldest one that is kept; whoever adds up at that moment may see half of each, and come to a
// percentile that nobody's call took, or to none. The epoch of the window is changed before anything is written over,
// so what was read between two equal epochs is whole, but for a reader whose time is still that of the slice before and
// that begins between the change of the epoch and the first word written: what it finds may be torn, and is forgotten
// with the next reading. Whoever acts on it must bear that there is none.

import { LATENCY_VIEWS_AT, VIEW_BYTES, VIEW_EPOCH } from '../../assembly/layout.ts';
import type { Slot } from '../state/slot.ts';

/** A slice lasts an eighth of a window: to meet a second turn is rare already. */
const TRIES = 3;

/** What `read` finds while no slice of the view begins; undefined where one began each time. */
export function whileSteady<T>(slot: Slot, view: number, read: () => T): T | undefined {
  const epochAt = LATENCY_VIEWS_AT + view * VIEW_BYTES + VIEW_EPOCH;
  for (let tried = 0; tried < TRIES; tried++) {
    const before = slot.readI(epochAt);
    const found = read();
    if (slot.readI(epochAt) === before) return found;
  }
  return undefined;
}
