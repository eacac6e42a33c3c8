// One run of an operation: what it is told, and what is still owed for it.

import { linkSignal } from '../base/signals.ts';
import type { Call } from './call.ts';
import type { CallContext } from './types.ts';

export const RUNNING = 0;
/** Answered, and its operation has ended or never began. */
export const ENDED = 1;
/** Answered without its operation: a timeout or an abort came first. */
export const ABANDONED = 2;
/** Under way, but chaos took the operation's place: none runs behind it. */
export const INJECTED = 3;

const NEVER = Number.POSITIVE_INFINITY;
const NOT_ABORTED = Symbol('not aborted');

/** Is itself the context that the operation gets. The first attempt of a call is the call's own record. */
export class Attempt implements CallContext {
  readonly attempt: number;
  ticket: number;
  /** Guarded time. */
  startMs: number;
  /** When this attempt times out; Infinity for never. */
  deadlineMs = NEVER;
  state = RUNNING;
  /** The signal's, once it was read; before that, who is to be told in its place. */
  #controller: AbortController | { abort(reason: unknown): void } | undefined;
  #reason: unknown = NOT_ABORTED;

  constructor(attempt: number, ticket: number, startMs: number) {
    this.attempt = attempt;
    this.ticket = ticket;
    this.startMs = startMs;
  }

  /** The call this is an attempt of. */
  get call(): Call {
    throw new TypeError('an attempt belongs to a call');
  }

  get signal(): AbortSignal {
    if (this.#controller instanceof AbortController) return this.#controller.signal;
    const told = this.#controller;
    const controller = new AbortController();
    this.#controller = controller;
    if (this.#reason !== NOT_ABORTED) controller.abort(this.#reason);
    else if (told !== undefined) linkSignal(controller.signal, told.abort);
    return controller.signal;
  }

  /** Calls back at the abort, as the signal would, for a tenth of what a signal costs. For the operation alone. */
  whenAborted(listener: (reason: unknown) => void): void {
    if (this.#reason !== NOT_ABORTED) listener(this.#reason);
    else if (this.#controller === undefined) this.#controller = { abort: listener };
    else linkSignal(this.signal, listener);
  }

  get remainingMs(): number {
    const untilMs = Math.min(this.deadlineMs, this.call.totalAtMs);
    return untilMs === NEVER ? untilMs : Math.max(0, untilMs - this.call.core.now());
  }

  get policy(): string {
    return this.call.core.name;
  }

  /** Aborts the operation's signal, once. */
  abort(reason: unknown): void {
    if (this.#reason !== NOT_ABORTED) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

/** An attempt after the first: a retry, or a hedge. */
export class LaterAttempt extends Attempt {
  readonly #call: Call;

  constructor(call: Call, attempt: number, ticket: number, startMs: number) {
    super(attempt, ticket, startMs);
    this.#call = call;
  }

  override get call(): Call {
    return this.#call;
  }
}
