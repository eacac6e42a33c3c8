// Answering without the operation: a timeout, an abort, another attempt came first.

import { S_RELEASE, S_VERDICT, V_DROPPED, V_FAILURE, V_IGNORED } from '../../assembly/layout.ts';
import { TimeoutError } from '../base/errors.ts';
import { ABANDONED, type Attempt, ENDED, INJECTED } from './attempt.ts';
import type { Call } from './call.ts';

/** Gives every running attempt its verdict and leaves its operation to itself. */
export function abandonAll(call: Call, verdict: number, reason: unknown, nowMs: number): void {
  for (let attempt = call.current; attempt !== undefined; attempt = call.current) {
    call.drop(attempt);
    const what = leave(call, attempt);
    call.core.settle(attempt.ticket, attempt.startMs, nowMs, verdict, what, -1);
    attempt.abort(reason);
  }
}

/** Leaves one attempt: its operation keeps the slot, unless none runs (any more). What is to be settled now. */
export function leave(call: Call, attempt: Attempt): number {
  if (attempt.state === INJECTED || attempt.state === ENDED) {
    attempt.state = ENDED;
    call.compiled.chaos?.forget(attempt);
    return S_VERDICT | S_RELEASE;
  }
  attempt.state = ABANDONED;
  call.core.abandon(1);
  return S_VERDICT;
}

const timedOut = new WeakSet<object>();

/** Notes that whoever aborts with this error does so because time was over: a failure, not a caller's wish. */
export function markTimedOut(error: object): void {
  timedOut.add(error);
}

/** The caller, or the runtime, wants no answer any more. */
export function aborted(call: Call, reason: unknown): void {
  if (call.answered) return;
  const { core, compiled, more } = call;
  const nowMs = core.now();
  if (more !== undefined && more.pauseAtMs < Number.POSITIVE_INFINITY) compiled.retry?.aborted();
  const late = core.shape.coalesce === true && reason instanceof TimeoutError && timedOut.has(reason);
  abandonAll(call, late ? V_DROPPED : V_IGNORED, reason, nowMs);
  call.finish(false, reason, late ? V_FAILURE : V_IGNORED, nowMs);
}

/** Why the losers of a hedge are aborted. */
export function superseded(): DOMException {
  return new DOMException('another attempt of this call has answered', 'AbortError');
}
