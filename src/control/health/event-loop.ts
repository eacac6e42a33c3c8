// How late the event loop is: what work that does not yield costs everybody else.

import type { Clock } from '../../base/clock.ts';
import { guardClock } from '../../base/clock-guard.ts';
import { backgroundTimersOf, callbackTimer } from '../../base/timers.ts';

const EVERY_MS = 50;
const SAMPLES = 600;

/** Samples the delay twenty times a second and keeps the last half minute. Keeps no process alive. */
export class EventLoopDelay {
  readonly #clock: Clock;
  readonly #samples = new Float64Array(SAMPLES);
  readonly #timer = callbackTimer((nowMs) => this.#sample(nowMs));
  #taken = 0;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    this.#arm(guardClock(this.#clock).now());
  }

  stop(): void {
    backgroundTimersOf(this.#clock).disarm(this.#timer);
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** Delays in ms that these shares of the samples did not exceed; 0 while there are none. */
  quantiles(shares: readonly number[]): number[] {
    const count = Math.min(this.#taken, SAMPLES);
    const sorted = this.#samples.slice(0, count).sort();
    return shares.map((share) => (count === 0 ? 0 : sorted[Math.max(0, Math.ceil(share * count) - 1)]));
  }

  #sample(nowMs: number): void {
    this.#samples[this.#taken++ % SAMPLES] = Math.max(0, nowMs - this.#dueMs);
    this.#arm(nowMs);
  }

  #arm(nowMs: number): void {
    this.#dueMs = nowMs + EVERY_MS;
    backgroundTimersOf(this.#clock).arm(this.#timer, this.#dueMs);
  }
}
