// Timers for whatever clock there is.

import { type Clock, systemClock } from './clock.ts';
import { ClockTimers } from './clock-timers.ts';
import type { TimerNode } from './timer-node.ts';
import { backgroundWheel, systemWheel } from './timer-wheel.ts';

export type { TimerNode } from './timer-node.ts';
export { callbackTimer } from './timer-node.ts';

/**
 * Calls nodes when their time has come: never early, in the order of their times and, among equal times, in the
 * order in which they were armed. What a node throws stops no other; it is raised as an uncaught exception,
 * since nodes are this library's own. Belongs to one thread.
 */
export interface Timers {
  /** Arms a node for a guarded time (`guardClock`) in ms; moves it when it is armed already. */
  arm(node: TimerNode, atMs: number): void;
  /** Disarms a node; does nothing to one that is not armed. */
  disarm(node: TimerNode): void;
  /** How many nodes are armed. */
  readonly size: number;
}

const others = new WeakMap<Clock, Timers>();

/**
 * The timers of a clock, the same each time. On the system clock they are a wheel on one real timer, a
 * millisecond or two late at most, and keep the process alive while a node is armed. On any other clock each
 * node is a timer of that clock, so that its `pending` and `nextWakeMs` are exact.
 */
export function timersOf(clock: Clock): Timers {
  return clock === systemClock ? systemWheel() : timersOn(clock);
}

/** The same for what must not keep the process alive: intervals, refreshes. */
export function backgroundTimersOf(clock: Clock): Timers {
  return clock === systemClock ? backgroundWheel() : timersOn(clock);
}

function timersOn(clock: Clock): Timers {
  let timers = others.get(clock);
  if (timers === undefined) {
    timers = new ClockTimers(clock);
    others.set(clock, timers);
  }
  return timers;
}
