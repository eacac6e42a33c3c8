// Waiting for permits, first come first served, without a policy around it.
//
// A waiter holds its place and nothing else; whoever is first is let in as soon
// as the bucket holds all that it asks for, so a large request is not starved by
// small ones behind it. What a newcomer would wait is known on arrival: the
// bucket's debt, what those ahead ask for, and its own permits.

import { R_RATE } from '../../assembly/layout.ts';
import { joinSignal, leaveSignal, type SignalNode, type SignalWatch } from '../base/signals.ts';
import { DEFAULT_PRIORITY } from './call-options.ts';
import type { PolicyCore } from './core.ts';
import type { Line, Waiter } from './line.ts';
import { R_FULL, Refused } from './refusal.ts';

class Waiting implements Waiter, SignalNode {
  signalNext: SignalNode | null = null;
  signalPrev: SignalNode | null = null;
  signalWatch: SignalWatch | null = null;
  lineNext: Waiter | null = null;
  linePrev: Waiter | null = null;
  lineOrder = 0;
  readonly priority = DEFAULT_PRIORITY;
  readonly key = undefined;
  readonly permits: number;
  readonly rateDeadlineMs: number;
  readonly #owner: LimiterLine;
  readonly #resolve: () => void;
  readonly #reject: (reason: unknown) => void;

  constructor(
    owner: LimiterLine,
    permits: number,
    rateDeadlineMs: number,
    resolve: () => void,
    reject: (reason: unknown) => void,
  ) {
    this.#owner = owner;
    this.permits = permits;
    this.rateDeadlineMs = rateDeadlineMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  granted(): void {
    this.#owner.gone(this);
    this.#resolve();
  }

  /** Only a change of the rate can do this: the wait was known to be short enough. */
  turnedAway(code: number, nowMs: number): void {
    this.#owner.gone(this);
    this.#reject(this.#owner.refusal(code, nowMs, this.permits));
  }

  onAbort(reason: unknown): void {
    this.#owner.gone(this);
    this.#reject(reason);
    this.#owner.line.leave(this);
  }
}

/** Those who wait for one limiter in one thread. */
export class LimiterLine {
  readonly line: Line;
  readonly #core: PolicyCore;
  readonly #waiting = new Set<Waiting>();

  constructor(core: PolicyCore, line: Line) {
    this.#core = core;
    this.line = line;
  }

  /** Waits for permits that are not there now. Rejects at once when that would take longer than allowed. */
  wait(permits: number, nowMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { kernels, at, originMs, slot } = this.#core;
    const { rateMaxWaitMs } = slot.numbers;
    const ahead = kernels.lineCosts(at);
    const waitMs = kernels.rateWait(at, nowMs - originMs, permits + ahead);
    if (waitMs > rateMaxWaitMs) return Promise.reject(this.refusal(R_RATE, nowMs, permits));
    return new Promise((resolve, reject) => {
      const waiting = new Waiting(this, permits, nowMs + rateMaxWaitMs, resolve, reject);
      if (!this.line.join(waiting)) return reject(this.refusal(R_FULL, nowMs, permits));
      this.#waiting.add(waiting);
      if (signal !== undefined) joinSignal(signal, waiting);
      this.line.pump();
    });
  }

  /** What a caller is refused with who asks for so many permits now, behind all who wait. */
  refusal(code: number, nowMs: number, permits: number): Error {
    const { kernels, at, originMs, name } = this.#core;
    const waitMs = kernels.rateWait(at, nowMs - originMs, permits + kernels.lineCosts(at));
    return new Refused(name, code, waitMs > 0 ? waitMs : undefined).error;
  }

  /** Sends everybody away: the limiter is no more. */
  close(nowMs: number): void {
    for (const waiting of [...this.#waiting].reverse()) {
      this.line.leave(waiting);
      waiting.turnedAway(R_RATE, nowMs);
    }
  }

  gone(waiting: Waiting): void {
    if (waiting.signalWatch !== null) leaveSignal(waiting);
    this.#waiting.delete(waiting);
  }
}
