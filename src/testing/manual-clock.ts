// A clock that moves when it is told to.

import { setImmediate } from 'node:timers';
import type { Clock } from '../base/clock.ts';
import { JUMPS } from '../base/clock-guard.ts';
import { readOptions } from '../base/options.ts';
import { show } from '../base/show.ts';
import { extract, insert, type ManualTimer } from './timer-heap.ts';

/** A clock for tests: time stands still until it is advanced. Belongs to one thread. */
export interface ManualClock extends Clock {
  /**
   * Lets `ms` pass: fires each timer that falls due, in the order of their times and then of their setting, with
   * `now()` at its time, and lets promises settle before the first, after each, and at the end. All that
   * microtasks and a turn of the event loop bring about has happened by then, timers newly set for this span
   * included. `advance(0)` only lets promises settle and fires what is due already.
   *
   * Two advances at once follow one another. What a timer throws rejects the advance; the clock then stands at
   * that timer's time. Throws a RangeError for what is not a finite number of at least 0.
   */
  advance(ms: number): Promise<void>;
  /**
   * Puts the clock to a time, back or forth, the wall clock by as much. Nothing fires: what has become due by
   * that does so with the next advance. Throws a RangeError for what is not a finite number of at least 0.
   */
  set(ms: number): void;
  /** How many timers are set. */
  readonly pending: number;
  /** The time of the earliest timer, as a time of this clock; `undefined` when none is set. */
  readonly nextWakeMs: number | undefined;
}

/** Where a manual clock starts. */
export interface ManualClockOptions {
  /** What `now()` reads first, in ms; 0 by default. */
  startMs?: number;
  /** What `wallMs()` reads then; the first moment of 2030, UTC, by default. */
  wallMs?: number;
}

const nextTurn = setImmediate;

/** Makes a clock that stands still until it is advanced. Throws an OptionsError. */
export function manualClock(options: ManualClockOptions = {}): ManualClock {
  const o = readOptions('manualClock', options, ['startMs', 'wallMs']);
  const startMs = o.durationMs('startMs', { default: 0 });
  const aheadMs = o.number('wallMs', { ms: true, default: Date.UTC(2030, 0, 1) }) - startMs;
  const timers: ManualTimer[] = [];
  let nowMs = startMs;
  let order = 0;
  const watchers: (() => void)[] = [];
  let lastAdvance: Promise<void> = Promise.resolve();

  function setTimer(atMs: number, fire: () => void): () => void {
    if (typeof atMs !== 'number' || Number.isNaN(atMs)) {
      throw new RangeError(`clock: a timer was set for what is no time, ${show(atMs)}`);
    }
    const timer: ManualTimer = { atMs, order: order++, fire, index: -1 };
    insert(timers, timer);
    return () => extract(timers, timer);
  }

  async function advanceBy(ms: number): Promise<void> {
    const untilMs = nowMs + ms;
    await settled();
    for (let next = timers[0]; next !== undefined && next.atMs <= untilMs; next = timers[0]) {
      extract(timers, next);
      nowMs = Math.max(nowMs, next.atMs);
      next.fire();
      await settled();
    }
    nowMs = Math.max(nowMs, untilMs);
  }

  const clock: ManualClock & { [JUMPS](watcher: () => void): void } = {
    now: () => nowMs,
    wallMs: () => nowMs + aheadMs,
    setTimer,
    advance(ms) {
      notNegative('advance', ms);
      const advance = lastAdvance.then(() => advanceBy(ms));
      lastAdvance = advance.catch(() => {});
      return advance;
    },
    set(ms) {
      notNegative('set', ms);
      for (const look of watchers) look();
      nowMs = ms;
      for (const look of watchers) look();
    },
    get pending() {
      return timers.length;
    },
    get nextWakeMs() {
      return timers[0]?.atMs;
    },
    [JUMPS]: (watcher) => void watchers.push(watcher),
  };
  return clock;
}

// The event loop comes round when no microtask is left; the second turn is for what waited for the first.
function settled(): Promise<void> {
  return new Promise((resolve) => nextTurn(() => nextTurn(resolve)));
}

function finite(what: string, ms: number): number {
  if (!Number.isFinite(ms))
    throw new RangeError(`clock: ${what} takes a finite number of ms, got ${show(ms)}`);
  return ms;
}

function notNegative(what: string, ms: number): number {
  if (finite(what, ms) < 0) throw new RangeError(`clock: ${what} takes at least 0 ms, got ${ms}`);
  return ms;
}
