// Threads beyond those that are always there end when they have had nothing to do for a while.

import { systemClock } from '../base/clock.ts';
import { threadNow } from '../base/thread-time.ts';
import { backgroundTimersOf, callbackTimer } from '../base/timers.ts';
import type { Lane } from './lane.ts';

/** How often idle threads are looked at, within the time that they may be idle. */
const LOOKS = 4;

interface Idle {
  answers: number;
  sinceMs: number;
}

export class Retirement {
  readonly #lanes: readonly Lane[];
  readonly #keeps: number;
  readonly #idleTimeoutMs: number;
  readonly #idle = new WeakMap<Lane, Idle>();
  readonly #look = callbackTimer((nowMs) => this.#lookAround(nowMs));

  /** Keeps so many threads whatever they do. Infinity keeps all. */
  constructor(lanes: readonly Lane[], keeps: number, idleTimeoutMs: number) {
    this.#lanes = lanes;
    this.#keeps = keeps;
    this.#idleTimeoutMs = idleTimeoutMs;
  }

  /** A thread has joined. */
  joined(): void {
    this.#lookLater(threadNow());
  }

  #lookLater(nowMs: number): void {
    if (this.#lanes.length <= this.#keeps || this.#idleTimeoutMs === Number.POSITIVE_INFINITY) return;
    backgroundTimersOf(systemClock).arm(this.#look, nowMs + this.#idleTimeoutMs / LOOKS);
  }

  // The newest first: it is dealt to last, so it has most likely been idle for longest.
  #lookAround(nowMs: number): void {
    for (const lane of [...this.#lanes].reverse()) {
      if (this.#lanes.length > this.#keeps && this.#hasRested(lane, nowMs)) lane.retire();
    }
    this.#lookLater(nowMs);
  }

  #hasRested(lane: Lane, nowMs: number): boolean {
    const { answers, inFlight } = lane;
    const idle = this.#idle.get(lane);
    if (inFlight === 0 && idle?.answers === answers) return nowMs - idle.sinceMs >= this.#idleTimeoutMs;
    this.#idle.set(lane, { answers: inFlight === 0 ? answers : -1, sinceMs: nowMs });
    return false;
  }
}
