// What happens to a call when its time has come: a timeout, the end of a pause,
// of a wait, of the delay of a hedge.

import {
  COUNT_TIMEOUT_ATTEMPT,
  COUNT_TIMEOUT_TOTAL,
  V_DROPPED,
  V_FAILURE,
  V_IGNORED,
} from '../../assembly/layout.ts';
import { TimeoutError } from '../base/errors.ts';
import { type Attempt, INJECTED, RUNNING } from './attempt.ts';
import type { Call } from './call.ts';
import { abandonAll, leave } from './call-leave.ts';
import { decided, spoiled } from './call-verdict.ts';
import { judge, outcomeOf } from './judge.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** The call's one timer has fired: does whatever is due. */
export function fire(call: Call, nowMs: number): void {
  const { more, compiled } = call;
  if (more !== undefined) {
    if (more.totalAtMs <= nowMs) return timedOut(call, more.totalMs, nowMs);
    // Its turn may come at this very moment: what was promised to fit is not refused after waiting.
    if (more.waitAtMs <= nowMs) call.core.line?.pump();
    if (more.waitAtMs <= nowMs) {
      call.core.line?.leave(more);
      return call.turnedAway(compiled.tooLong, nowMs);
    }
    if (more.pauseAtMs <= nowMs) call.tryAgain();
    else if (more.hedgeAtMs <= nowMs) compiled.hedge?.begin(call, nowMs);
    for (const other of [...more.others]) if (other.deadlineMs <= nowMs) attemptTimedOut(call, other, nowMs);
  }
  const { current } = call;
  if (current !== undefined && current.deadlineMs <= nowMs) attemptTimedOut(call, current, nowMs);
  if (!call.answered) call.rearm();
}

/** Sets the call's one timer to whatever comes first. */
export function rearm(call: Call): void {
  const { timers } = call.core;
  const atMs = Math.min(call.more?.nextMs() ?? NEVER, call.current?.deadlineMs ?? NEVER);
  if (atMs < NEVER) timers.arm(call, atMs);
  else timers.disarm(call);
}

function attemptTimedOut(call: Call, attempt: Attempt, nowMs: number): void {
  if (call.answered || (attempt.state !== RUNNING && attempt.state !== INJECTED)) return;
  const { core } = call;
  // Both are sums with a clock's fraction: the difference is a hair off what was asked for.
  const error = timeout(call, 'attempt', Math.round((attempt.deadlineMs - attempt.startMs) * 1e6) / 1e6);
  core.count(COUNT_TIMEOUT_ATTEMPT);
  // A listener may have aborted the call, and with it this attempt.
  if (call.answered) return;
  let verdict = V_IGNORED;
  let openMs = -1;
  call.drop(attempt);
  const what = leave(call, attempt);
  attempt.abort(error);
  try {
    verdict = judge(core.functions, false, error);
    if (core.functions.openFor !== undefined) openMs = call.compiled.openFor(outcomeOf(false, error));
  } catch (thrown) {
    return spoiled(call, attempt, thrown, what, nowMs);
  }
  const dropped = verdict === V_FAILURE ? V_DROPPED : verdict;
  decided(call, attempt, false, error, dropped, openMs, what, nowMs);
}

function timedOut(call: Call, totalMs: number, nowMs: number): void {
  const error = timeout(call, 'total', totalMs);
  call.core.count(COUNT_TIMEOUT_TOTAL);
  abandonAll(call, V_DROPPED, error, nowMs);
  call.finish(false, error, V_FAILURE, nowMs);
}

function timeout({ core }: Call, scope: 'attempt' | 'total', timeoutMs: number): TimeoutError {
  if (core.events.heard.timeout) core.events.emit('timeout', { policy: core.name, scope, timeoutMs });
  return new TimeoutError({ policy: core.name || undefined, scope, timeoutMs });
}
