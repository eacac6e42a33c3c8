// The waiting line of one policy, this thread's part of it.
//
//    shared memory:  how many wait │ each thread's first, by priority and arrival
//    here:           eight lists, one a priority, of waiting calls
//
// A waiter holds nothing but its place. Whoever is first of all threads tries
// to get in, in one step, whenever something may have changed: a slot came back
// (by this thread: at once; by another: the event word), tokens have grown
// back (a timer), limits were changed. Newcomers see that somebody waits and
// queue up, so nobody overtakes. A thread that is first but busy holds the
// others up for five milliseconds at most, then the next may go.

import { A_HEAD, LINE_EVENT, LINE_GRANTS, R_BULKHEAD, R_RATE } from '../../assembly/layout.ts';
import { systemClock } from '../base/clock.ts';
import type { TimerNode } from '../base/timers.ts';
import type { PolicyCore } from './core.ts';

/** Something that stands in line. Its list fields belong to the line. */
export interface Waiter {
  lineNext: Waiter | null;
  linePrev: Waiter | null;
  /** Place among all threads, smaller first; 0 while not in line. */
  lineOrder: number;
  readonly permits: number;
  readonly priority: number;
  readonly key: string | undefined;
  /** When the limiter's longest wait ends. */
  rateDeadlineMs: number;
  /** Its turn came: the ticket. */
  granted(ticket: number, nowMs: number): void;
  /** Its turn came, and it was refused. */
  turnedAway(code: number, nowMs: number): void;
}

const PRIORITIES = 8;
const PRIORITY_SPAN = 2 ** 44;
const BYPASS_MS = 5;
const LOOK_AGAIN_MS = 500;
const NEVER = Number.POSITIVE_INFINITY;

export class Line implements TimerNode {
  timerAtMs = 0;
  timerOrder = 0;
  timerNext: TimerNode | null = null;
  timerPrev: TimerNode | null = null;
  timerPlace = 0;
  size = 0;
  readonly #core: PolicyCore;
  readonly #first: (Waiter | null)[] = new Array(PRIORITIES).fill(null);
  readonly #last: (Waiter | null)[] = new Array(PRIORITIES).fill(null);
  #costs = 0;
  #pumping = false;
  #again = false;
  #listening = false;
  // The grants seen when something was free and another thread's turn.
  #bypassAtMs = 0;
  #bypassGrants = 0;

  constructor(core: PolicyCore) {
    this.#core = core;
  }

  /** Takes a place; false when the line is full. */
  join(waiter: Waiter): boolean {
    const { kernels, at, cell, fence } = this.#core;
    const seq = kernels.lineJoin(at, cell, fence);
    if (seq < 0) return false;
    waiter.lineOrder = (PRIORITIES - 1 - waiter.priority) * PRIORITY_SPAN + seq;
    const last = this.#last[waiter.priority];
    waiter.linePrev = last;
    if (last === null) this.#first[waiter.priority] = waiter;
    else last.lineNext = waiter;
    this.#last[waiter.priority] = waiter;
    this.size++;
    this.#costs += waiter.permits;
    this.#publish();
    this.#listen();
    return true;
  }

  /** Gives a place up: an abort, a timeout. The next may be first now. */
  leave(waiter: Waiter): void {
    if (waiter.lineOrder === 0) return;
    const wasFirst = this.#head() === waiter;
    this.#remove(waiter, 0);
    if (wasFirst) this.pump();
  }

  /** Lets in whoever is first, as long as somebody gets in. */
  pump(): void {
    if (this.#pumping) {
      this.#again = true;
      return;
    }
    this.#pumping = true;
    let wakeAtMs = NEVER;
    try {
      do {
        this.#again = false;
        wakeAtMs = this.#drain();
      } while (this.#again);
    } finally {
      this.#pumping = false;
      // Whoever waits is looked after even if chance or the clock, which are the user's, threw.
      this.#arm(wakeAtMs);
    }
  }

  onTimer(): void {
    this.pump();
  }

  /** Tries heads until one must go on waiting; when to look again. */
  #drain(): number {
    const core = this.#core;
    for (let head = this.#head(); head !== null; head = this.#head()) {
      const nowMs = core.now();
      // A policy that is gone sends everybody away.
      const byPassAt = core.slot.lives ? this.#othersFirst(head, nowMs) : 0;
      if (byPassAt > 0) return byPassAt;
      if (head.key !== undefined) core.keys?.use(head.key);
      const code = core.admit(nowMs, head.permits, A_HEAD);
      if (code === R_BULKHEAD && core.shape.bulkhead?.queues) return NEVER;
      if (code === R_RATE && core.shape.rateLimiter?.waits) {
        const waitMs = core.kernels.rateWait(core.at, nowMs - core.originMs, head.permits);
        if (nowMs + waitMs <= head.rateDeadlineMs) return nowMs + waitMs;
      }
      this.#remove(head, code >= 0 ? 1 : 0);
      if (code >= 0) head.granted(code, nowMs);
      else head.turnedAway(code, nowMs);
    }
    return NEVER;
  }

  /** 0 when it is our turn; else when to look again. */
  #othersFirst(head: Waiter, nowMs: number): number {
    const { kernels, at, host, slot, originMs } = this.#core;
    if (!host.shared) return 0;
    const rank = kernels.lineRank(at, head.lineOrder);
    const free =
      rank > 0 &&
      (this.#core.shape.bulkhead === undefined ||
        kernels.bulkheadActive(at) < kernels.bulkheadCapacity(at)) &&
      (this.#core.shape.rateLimiter === undefined ||
        kernels.rateWait(at, nowMs - originMs, head.permits) === 0);
    if (!free) {
      this.#bypassAtMs = 0;
      return rank === 0 ? 0 : nowMs + LOOK_AGAIN_MS;
    }
    const grants = slot.readI(LINE_GRANTS);
    if (this.#bypassAtMs > 0 && this.#bypassGrants === grants && nowMs >= this.#bypassAtMs) return 0;
    if (this.#bypassAtMs === 0 || this.#bypassGrants !== grants) {
      this.#bypassGrants = grants;
      this.#bypassAtMs = nowMs + BYPASS_MS * rank;
    }
    return this.#bypassAtMs;
  }

  #head(): Waiter | null {
    for (let priority = PRIORITIES - 1; priority >= 0; priority--) {
      const first = this.#first[priority];
      if (first !== null) return first;
    }
    return null;
  }

  #remove(waiter: Waiter, granted: number): void {
    const { kernels, at, cell, fence } = this.#core;
    const { lineNext: next, linePrev: previous, priority } = waiter;
    if (previous === null) this.#first[priority] = next;
    else previous.lineNext = next;
    if (next === null) this.#last[priority] = previous;
    else next.linePrev = previous;
    waiter.lineNext = null;
    waiter.linePrev = null;
    waiter.lineOrder = 0;
    this.size--;
    this.#costs = this.size === 0 ? 0 : this.#costs - waiter.permits;
    this.#publish();
    if (kernels.lineLeave(at, cell, fence, 1, granted) && this.#core.host.shared) {
      Atomics.notify(this.#core.slot.plane.i32, (at + LINE_EVENT) >> 2);
    }
    if (this.size === 0) this.#core.timers.disarm(this);
  }

  #publish(): void {
    this.#core.kernels.lineHead(this.#core.cell, this.#head()?.lineOrder ?? 0, this.#costs);
  }

  #arm(wakeAtMs: number): void {
    const { clock, timers, now } = this.#core;
    if (this.size === 0) return timers.disarm(this);
    // Who waits keeps the process alive, and looks again even if a notice was lost with a thread that died.
    const atMs = clock === systemClock ? Math.min(wakeAtMs, now() + LOOK_AGAIN_MS) : wakeAtMs;
    if (atMs === NEVER) timers.disarm(this);
    else timers.arm(this, atMs);
  }

  /** Waits for other threads' notices while anybody waits here. */
  #listen(): void {
    if (!this.#core.host.shared || this.#listening) return;
    const { i32 } = this.#core.slot.plane;
    const word = (this.#core.at + LINE_EVENT) >> 2;
    const wait = Atomics.waitAsync(i32, word, Atomics.load(i32, word), LOOK_AGAIN_MS / 2);
    if (!wait.async) return;
    this.#listening = true;
    void wait.value.then(() => {
      this.#listening = false;
      if (this.size === 0) return;
      this.#listen();
      this.pump();
    });
  }
}
