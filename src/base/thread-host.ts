// What a wheel needs of the thread it turns in.

import { clearTimeout, setImmediate, setTimeout } from 'node:timers';
import { threadNow } from './thread-time.ts';

/** A real timer that has been set. */
export interface Alarm {
  /** Keeps the process alive until it goes off. */
  ref(): unknown;
  /** Lets the process end before it goes off. */
  unref(): unknown;
}

/** Time, one timer at a time, and the next turn of the event loop. */
export interface Host {
  now(): number;
  /** Calls `run` after about `delayMs`, a whole number from 1 to 2³¹ − 1; by a millisecond early or late. */
  setAlarm(run: () => void, delayMs: number): Alarm;
  clearAlarm(alarm: Alarm): void;
  /** Calls `run` when the event loop comes round, after all promises that can settle have settled. */
  nextTurn(run: () => void): void;
}

/** The thread's own. Bound when this loads: a test that replaces global timers does not stop the wheels. */
export const threadHost: Host = Object.freeze({
  now: threadNow,
  setAlarm: setTimeout,
  clearAlarm: clearTimeout as (alarm: Alarm) => void,
  nextTurn: setImmediate as (run: () => void) => void,
});
