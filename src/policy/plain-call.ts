// The call that nearly every call is: let through at once, one attempt, a success. What follows here step by step
// is what `admitted`, `run`, `ended` and `finish` do for it, without the questions that are answered beforehand.

import { V_SUCCESS } from '../../assembly/layout.ts';
import { CALL_CHANNEL } from '../base/diagnostics.ts';
import { leaveSignal } from '../base/signals.ts';
import { ENDED } from './attempt.ts';
import type { Call } from './call.ts';
import type { PolicyCore } from './core.ts';
import { NO_OPEN_MS, WHOLE_CALL } from './direct-outcome.ts';

/** Whether nothing a policy has looks at each attempt or at each success. */
export function runsPlainly({ shape, functions }: PolicyCore): boolean {
  const { isFailure, isIgnored, openFor, shouldRetry, attemptMs } = functions;
  const asks = isFailure ?? isIgnored ?? openFor ?? shouldRetry ?? attemptMs;
  const acts = shape.hedge ?? shape.chaos ?? shape.timeout?.adaptive;
  return asks === undefined && acts === undefined;
}

/** Runs the operation of a call that was let through at its start. */
export function startPlainly(call: Call, ticket: number, nowMs: number): void {
  const { compiled, core } = call;
  call.ticket = ticket;
  call.attempts = 1;
  call.current = call;
  if (compiled.timeout !== undefined) {
    const { attemptMs } = core.slot.numbers;
    if (attemptMs > 0) {
      call.deadlineMs = nowMs + attemptMs;
      if (call.deadlineMs < Number.POSITIVE_INFINITY) core.timers.arm(call, call.deadlineMs);
    }
  }
  compiled.retry?.deposit(nowMs);
  compiled.invoke(call, call);
}

/** The only attempt of a call has ended well. */
export function succeedPlainly(call: Call, value: unknown): void {
  const { compiled, core } = call;
  call.state = ENDED;
  call.current = undefined;
  const nowMs = core.now();
  core.settle(call.ticket, call.startMs, nowMs, V_SUCCESS, WHOLE_CALL, NO_OPEN_MS);
  // Whoever listens may have aborted the call.
  if (call.answered) return;
  if (compiled.heard.success || CALL_CHANNEL.hasSubscribers) compiled.tellSuccess(call, nowMs);
  if (call.answered) return;
  call.answered = true;
  if (call.timerNext !== null) core.timers.disarm(call);
  if (call.signalWatch !== null) leaveSignal(call);
  compiled.live?.delete(call);
  call.resolve(call.mode === 'outcome' ? { ok: true, value, rejected: false } : value);
}
