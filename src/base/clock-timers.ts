// Timers on a clock that was handed in.

import type { Clock } from './clock.ts';
import { type GuardedTime, guardClock } from './clock-guard.ts';
import { raiseLater } from './report.ts';
import { append, remove, type TimerNode, timerList } from './timer-node.ts';

/**
 * One timer of the clock per armed node. When the clock is seen to have gone back, each is set anew for what
 * was left of its wait.
 */
export class ClockTimers {
  /** How many nodes are armed. */
  size = 0;
  readonly #clock: Clock;
  readonly #time: GuardedTime;
  readonly #armed: TimerNode = timerList();
  /** How to take back what the clock was asked for. */
  readonly #cancels = new Map<TimerNode, () => void>();
  #order = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#time = guardClock(clock);
    this.#time.onBack(() => this.#setAnew());
  }

  /** Arms a node, or moves one that is armed. */
  arm(node: TimerNode, atMs: number): void {
    this.disarm(node);
    node.timerAtMs = atMs;
    append(this.#armed, node);
    this.size++;
    this.#set(node);
  }

  /** Disarms a node; does nothing to one that is not armed. */
  disarm(node: TimerNode): void {
    if (node.timerNext === null) return;
    remove(node);
    this.size--;
    this.#unset(node);
  }

  #set(node: TimerNode): void {
    this.#order++;
    const order = this.#order;
    node.timerOrder = order;
    const cancel = this.#clock.setTimer(this.#time.toClockMs(node.timerAtMs), () => {
      // A clock that fires what was taken back, or fires twice, is not let through.
      if (node.timerNext === null || node.timerOrder !== order) return;
      this.disarm(node);
      try {
        node.onTimer(Math.max(this.#time.now(), node.timerAtMs));
      } catch (error) {
        raiseLater(error);
      }
    });
    // A clock that fires on the spot has ended it already.
    if (node.timerNext !== null && node.timerOrder === order) this.#cancels.set(node, cancel);
  }

  #unset(node: TimerNode): void {
    const cancel = this.#cancels.get(node);
    this.#cancels.delete(node);
    cancel?.();
  }

  #setAnew(): void {
    const list = this.#armed;
    for (let node = list.timerNext as TimerNode; node !== list; node = node.timerNext as TimerNode) {
      this.#unset(node);
      this.#set(node);
    }
  }
}
