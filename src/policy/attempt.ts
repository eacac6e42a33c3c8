// One run of an operation: what it is told, and what is still owed for it.

import { raiseLater } from '../base/report.ts';
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
/** One run of an operation; is itself the context that the operation gets. */
export interface Attempt extends CallContext {
  /** The call this is an attempt of. */
  readonly call: Call;
  ticket: number;
  /** Guarded time. */
  startMs: number;
  /** When this attempt times out; Infinity for never. */
  deadlineMs: number;
  state: number;
  /** The signal's, once it was read; before that, who is to be told in its place. */
  controller: AbortController | { abort(reason: unknown): void } | undefined;
  /** Why it was aborted, or NOT_ABORTED. */
  reason: unknown;
  /** Calls back at the abort, as the signal would, for a tenth of what a signal costs. For the operation alone. */
  whenAborted(listener: (reason: unknown) => void): void;
  /** Aborts the operation's signal, once. */
  abort(reason: unknown): void;
}

export const NOT_ABORTED = Symbol('not aborted');

export function signalOf(attempt: Attempt): AbortSignal {
  const told = attempt.controller;
  if (told instanceof AbortController) return told.signal;
  const controller = new AbortController();
  attempt.controller = controller;
  if (attempt.reason !== NOT_ABORTED) controller.abort(attempt.reason);
  else if (told !== undefined) linkSignal(controller.signal, told.abort);
  return controller.signal;
}

export function whenAborted(attempt: Attempt, listener: (reason: unknown) => void): void {
  if (attempt.reason !== NOT_ABORTED) listener(attempt.reason);
  else if (attempt.controller === undefined) attempt.controller = { abort: listener };
  else linkSignal(attempt.signal, listener);
}

export function remainingMsOf(attempt: Attempt): number {
  const { call, deadlineMs } = attempt;
  const untilMs = Math.min(deadlineMs, call.totalAtMs);
  return untilMs === NEVER ? untilMs : Math.max(0, untilMs - call.core.now());
}

/** What a context says of itself where it is written down: what it gives to read, and nothing of what it is made of. */
export function written({ policy, attempt, remainingMs }: CallContext): object {
  return { policy, attempt, remainingMs };
}

export function abort(attempt: Attempt, reason: unknown): void {
  if (attempt.reason !== NOT_ABORTED) return;
  attempt.reason = reason;
  try {
    attempt.controller?.abort(reason);
  } catch (error) {
    // As a listener of the signal would: whoever wants to know of the abort does not prevent it.
    raiseLater(error);
  }
}

/** An attempt after the first: a retry, or a hedge. The first attempt of a call is the call's own record. */
export class LaterAttempt implements Attempt {
  readonly call: Call;
  readonly attempt: number;
  ticket: number;
  startMs: number;
  deadlineMs = NEVER;
  state = RUNNING;
  controller: Attempt['controller'] = undefined;
  reason: unknown = NOT_ABORTED;

  constructor(call: Call, attempt: number, ticket: number, startMs: number) {
    this.call = call;
    this.attempt = attempt;
    this.ticket = ticket;
    this.startMs = startMs;
  }

  get signal(): AbortSignal {
    return signalOf(this);
  }

  get remainingMs(): number {
    return remainingMsOf(this);
  }

  get policy(): string {
    return this.call.core.name;
  }

  whenAborted(listener: (reason: unknown) => void): void {
    whenAborted(this, listener);
  }

  abort(reason: unknown): void {
    abort(this, reason);
  }

  toJSON(): object {
    return written(this);
  }
}
