// Time that never goes back, whatever the clock does.
//
//   reading   100  150  200 │ 20   30   50        a clock set back from 200 to 20
//   guarded   100  150  200 │200  210  230        stands still at the jump, then goes on
//   offset      0    0    0 │180  180  180        guarded = reading + offset
//
// A kernel may therefore rely on `now` not falling, and the length of a wait is what passes on the clock.

import { type Clock, systemClock } from './clock.ts';

/** A clock's time without its steps back. One per clock: everyone who guards a clock sees the same time. */
export interface GuardedTime {
  /** Milliseconds that never fall. A reading that is no number counts as none: the time stands still. */
  now(): number;
  /** By how much this time is ahead of the clock's, in ms; 0 until the clock first goes back. */
  readonly offsetMs: number;
  /** The clock's own time at which this time will be `atMs`, as long as the clock does not go back again. */
  toClockMs(atMs: number): number;
  /** Calls the listener after each step back has been seen, with the new offset in place. */
  onBack(listener: () => void): void;
}

/** A clock that tells of its jumps: it calls the listener right before and right after each. */
export const JUMPS = Symbol('jumps');
interface Jumping extends Clock {
  [JUMPS]?(listener: () => void): void;
}

const guards = new WeakMap<Clock, GuardedTime>();

/** The guarded time of a clock. The system clock cannot go back: its guard is its own `now`, and costs nothing. */
export function guardClock(clock: Clock): GuardedTime {
  let guard = guards.get(clock);
  if (guard === undefined) {
    guard = clock === systemClock ? unguarded(clock) : guarded(clock);
    guards.set(clock, guard);
  }
  return guard;
}

function unguarded(clock: Clock): GuardedTime {
  return Object.freeze({
    now: clock.now,
    offsetMs: 0,
    toClockMs: (atMs: number) => atMs,
    onBack: () => {},
  });
}

function guarded(clock: Clock): GuardedTime {
  const listeners: (() => void)[] = [];
  const first = clock.now();
  let last = Number.isFinite(first) ? first : 0;
  let offsetMs = 0;

  function now(): number {
    const reading = clock.now();
    if (reading >= last && reading !== Number.POSITIVE_INFINITY) {
      last = reading;
    } else if (Number.isFinite(reading)) {
      offsetMs += last - reading;
      last = reading;
      for (const listener of listeners) listener();
    }
    return last + offsetMs;
  }

  // One that does not tell is found out at the next reading: what passed between that and the last is lost.
  (clock as Jumping)[JUMPS]?.(now);
  return {
    now,
    get offsetMs() {
      return offsetMs;
    },
    toClockMs: (atMs) => atMs - offsetMs,
    onBack: (listener) => void listeners.push(listener),
  };
}
