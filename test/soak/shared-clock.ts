// A clock that all threads read from one word and that one of them moves. It never goes back: threads that do not
// look at it at the same moments could not agree on what had passed.

import type { Clock } from '../../src/base/clock.ts';
import { extract, insert, type ManualTimer } from '../../src/testing/timer-heap.ts';

export interface SharedClock extends Clock {
  /** Fires this thread's timers that are due. */
  tick(): void;
  /** How many timers this thread has set. */
  readonly pending: number;
}

/** The word that holds the time, in whole ms. */
export function makeTime(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

export function sharedClock(time: Int32Array): SharedClock {
  const timers: ManualTimer[] = [];
  let order = 0;
  const now = () => Atomics.load(time, 0);
  return {
    now,
    wallMs: () => Date.UTC(2030, 0, 1) + now(),
    setTimer(atMs, fire) {
      const timer: ManualTimer = { atMs, order: order++, fire, index: -1 };
      insert(timers, timer);
      return () => extract(timers, timer);
    },
    tick() {
      for (let next = timers[0]; next !== undefined && next.atMs <= now(); next = timers[0]) {
        extract(timers, next);
        next.fire();
      }
    },
    get pending() {
      return timers.length;
    },
  };
}
