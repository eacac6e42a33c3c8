// The end of an attempt: its verdict, and what follows for its call.

import {
  COUNT_RETRY_SUCCESS,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { CALL_CHANNEL } from '../base/diagnostics.ts';
import { ABANDONED, type Attempt, ENDED, INJECTED, RUNNING } from './attempt.ts';
import type { Call } from './call.ts';
import { judge, outcomeOf } from './judge.ts';

/** An operation has answered; late, perhaps, behind a timeout or an abort. */
export function ended(call: Call, attempt: Attempt, ok: boolean, result: unknown): void {
  if (attempt.state !== RUNNING && attempt.state !== INJECTED) return endedLate(call, attempt);
  const { core } = call;
  attempt.state = ENDED;
  const nowMs = core.now();
  let verdict = V_SUCCESS;
  let openMs = -1;
  try {
    verdict = judge(core.functions, ok, result);
    if (core.functions.openFor !== undefined) openMs = call.compiled.openFor(outcomeOf(ok, result));
  } catch (error) {
    if (!call.answered) spoiled(call, attempt, error, S_VERDICT | S_RELEASE, nowMs);
    return;
  }
  // Whoever was asked may have aborted the call, and with it this attempt.
  if (!call.answered) decided(call, attempt, ok, result, verdict, openMs, S_VERDICT | S_RELEASE, nowMs);
}

/** A function of the user's has thrown where the policy asked it: the attempt counts for nothing, the caller gets that. */
export function spoiled(call: Call, attempt: Attempt, error: unknown, what: number, nowMs: number): void {
  attempt.state = attempt.state === ABANDONED ? ABANDONED : ENDED;
  call.core.settle(attempt.ticket, attempt.startMs, nowMs, V_IGNORED, what, -1);
  call.drop(attempt);
  call.finish(false, error, V_IGNORED, nowMs);
}

/** Settles an attempt that has its verdict, and goes on: an answer, a retry, or the wait for another attempt. */
export function decided(
  call: Call,
  attempt: Attempt,
  ok: boolean,
  result: unknown,
  verdict: number,
  openMs: number,
  what: number,
  nowMs: number,
): void {
  const { core, compiled } = call;
  call.drop(attempt);
  // Only who says what is worth a retry may find that a success is.
  const final =
    verdict === V_SUCCESS && (core.functions.shouldRetry === undefined || call.current !== undefined);
  const last = final || (compiled.retry === undefined && call.current === undefined);
  if (last && attempt === call && !call.answered) {
    // The attempt is the whole call: one kernel call says all.
    core.settle(attempt.ticket, attempt.startMs, nowMs, verdict, what | S_CALL, openMs);
    return call.finished(ok, result, verdict, nowMs);
  }
  core.settle(attempt.ticket, attempt.startMs, nowMs, verdict, what, openMs);
  if (call.answered) return;
  if (!final) {
    // Another attempt still runs: it may succeed yet.
    if (call.current !== undefined) return call.keep(ok, result);
    try {
      if (compiled.retry?.after(call, ok, result, verdict, nowMs)) return;
    } catch (error) {
      return call.finish(false, error, V_IGNORED, nowMs);
    }
  }
  call.finish(ok, result, verdict, nowMs);
}

/** Tells whoever listens, and answers. */
export function finished(call: Call, ok: boolean, result: unknown, verdict: number, nowMs: number): void {
  if (call.answered) return;
  const { core, compiled } = call;
  const heard = compiled.heard[verdict === V_SUCCESS ? 'success' : 'failure'] || CALL_CHANNEL.hasSubscribers;
  if (verdict === V_SUCCESS) {
    if (call.retries > 0) core.count(COUNT_RETRY_SUCCESS);
    if (heard) compiled.tellSuccess(call, nowMs);
  } else if (heard && verdict !== V_IGNORED) compiled.tellFailure(call, result, nowMs);
  call.answer(ok, result, undefined);
}

function endedLate({ core }: Call, attempt: Attempt): void {
  if (attempt.state !== ABANDONED) return;
  attempt.state = ENDED;
  core.abandon(-1);
  core.settle(attempt.ticket, attempt.startMs, core.now(), V_SUCCESS, S_RELEASE, -1);
}
