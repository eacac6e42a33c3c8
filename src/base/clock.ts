// What a clock is, and the one that production runs on.

import { threadNow } from './thread-time.ts';
import { callbackTimer } from './timer-node.ts';
import { systemWheel } from './timer-wheel.ts';

/**
 * Where Holdfast has its time from. Everything above this floor is handed one and reads no other.
 *
 * All times are milliseconds and may have fractions. The moment of zero means nothing; only differences do.
 */
export interface Clock {
  /** The time that durations are measured with. Should not go back; Holdfast bears it if it does. */
  now(): number;
  /** Milliseconds since 1970: for what is shown to people and what outlives the process. May jump. */
  wallMs(): number;
  /**
   * Calls `fire` once, as soon as `now()` has reached `atMs` and never before; at the next opportunity when
   * that is over already, but not during the call. Returns a function that prevents it, and may be called
   * at any time, any number of times.
   */
  setTimer(atMs: number, fire: () => void): () => void;
}

/**
 * The clock of the machine: monotonic, and the same in every thread of the process. A reading costs what
 * `performance.now()` does. Its timers keep the process alive, come at most a millisecond or two late, and may
 * lie years ahead.
 */
export const systemClock: Clock = Object.freeze({
  now: threadNow,
  wallMs: () => Date.now(),
  setTimer(atMs: number, fire: () => void) {
    const wheel = systemWheel();
    const node = callbackTimer(fire);
    wheel.arm(node, atMs);
    return () => wheel.disarm(node);
  },
});
