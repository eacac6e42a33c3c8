// One run of an operation: what it is told, and what is still owed for it.

import type { Call } from './call.ts';
import type { CallContext } from './types.ts';

export const RUNNING = 0;
/** Answered, and its operation has ended. */
export const ENDED = 1;
/** Answered without its operation: a timeout or an abort came first. */
export const ABANDONED = 2;

/** Is itself the context that the operation gets. */
export class Attempt implements CallContext {
  readonly call: Call;
  readonly attempt: number;
  readonly ticket: number;
  /** Guarded time. */
  readonly startMs: number;
  /** When this attempt times out; Infinity for never. */
  deadlineMs = Number.POSITIVE_INFINITY;
  timeoutMs = 0;
  state = RUNNING;
  /** Chaos made it hang: no operation runs behind it. */
  injected = false;
  #controller: AbortController | undefined;
  #reason: unknown;
  #aborted = false;

  constructor(call: Call, attempt: number, ticket: number, startMs: number) {
    this.call = call;
    this.attempt = attempt;
    this.ticket = ticket;
    this.startMs = startMs;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get remainingMs(): number {
    const untilMs = Math.min(this.deadlineMs, this.call.totalAtMs);
    return untilMs === Number.POSITIVE_INFINITY ? untilMs : Math.max(0, untilMs - this.call.core.now());
  }

  get policy(): string {
    return this.call.core.name;
  }

  /** Aborts the operation's signal, once. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
