// What only some calls have: pauses, hedges, a place in line, a total timeout.

import type { Attempt } from './attempt.ts';
import type { Call } from './call.ts';
import type { Waiter } from './line.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Made when it is first needed, so that a call that simply succeeds does not pay for it. */
export class CallMore implements Waiter {
  readonly call: Call;
  totalAtMs = NEVER;
  totalMs = NEVER;
  /** The end of a pause, of the wait in line, and of the delay of a hedge. */
  pauseAtMs = NEVER;
  waitAtMs = NEVER;
  hedgeAtMs = NEVER;
  retries = 0;
  hedges = 0;
  lastPauseMs: number | undefined;
  lastOk = false;
  lastResult: unknown;
  /** Attempts that run beside the current one: hedges. */
  others: Attempt[] = [];
  waitingSinceMs = -1;
  lineNext: Waiter | null = null;
  linePrev: Waiter | null = null;
  lineOrder = 0;
  rateDeadlineMs = NEVER;

  constructor(call: Call) {
    this.call = call;
  }

  get permits(): number {
    return this.call.permits;
  }

  get priority(): number {
    return this.call.priority;
  }

  get key(): string | undefined {
    return this.call.key;
  }

  granted(ticket: number, nowMs: number): void {
    this.call.granted(ticket, nowMs);
  }

  turnedAway(code: number, nowMs: number): void {
    this.call.turnedAway(code, nowMs);
  }

  /** Whatever of these comes first. */
  nextMs(): number {
    let atMs = Math.min(this.totalAtMs, this.pauseAtMs, this.waitAtMs, this.hedgeAtMs);
    for (const { deadlineMs } of this.others) atMs = Math.min(atMs, deadlineMs);
    return atMs;
  }
}
