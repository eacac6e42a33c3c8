// A try, and what follows from the kernels' answer to it: an attempt, or a refusal.

import { S_RELEASE, S_VERDICT, T_HALF_OPENED, V_FAILURE, V_IGNORED } from '../../assembly/layout.ts';
import { type Attempt, LaterAttempt } from './attempt.ts';
import type { Call } from './call.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Another try: a retry after its pause. */
export function tryAgain(call: Call): void {
  const { core, key } = call;
  call.needMore().pauseAtMs = NEVER;
  const nowMs = core.now();
  if (key !== undefined) core.keys?.use(key);
  call.admitted(core.admit(nowMs, call.permits), nowMs);
}

/** Begins an attempt that was let through. */
export function granted(call: Call, ticket: number, nowMs: number): void {
  const { core } = call;
  leftLine(call, nowMs, true);
  if (ticket & T_HALF_OPENED) core.changes.halfOpened(nowMs);
  // Whoever was told may have aborted this call: nothing runs any more, and what was taken goes back.
  if (call.answered) return core.settle(ticket, nowMs, nowMs, V_IGNORED, S_VERDICT | S_RELEASE, -1);
  let attempt: Attempt = call;
  if (++call.attempts === 1) {
    call.ticket = ticket;
    // A call that waited began before its first attempt did: that one is recorded apart.
    if (nowMs !== call.startMs) attempt = new LaterAttempt(call, 1, ticket, nowMs);
  } else attempt = new LaterAttempt(call, call.attempts, ticket, nowMs);
  if (call.current === undefined) call.current = attempt;
  else call.needMore().others.push(attempt);
  call.compiled.run(call, attempt, nowMs);
}

/** Refuses a try: the end of the call, unless it tries again. */
export function turnedAway(call: Call, code: number, nowMs: number): void {
  const waitedMs = leftLine(call, nowMs, false);
  const refused = call.core.refused(code, nowMs, call.permits, waitedMs, call.priority);
  if (call.compiled.retry?.afterRefusal(call, refused, nowMs)) return;
  if (call.attempts === 0) return call.answer(false, refused, refused);
  // A retry that is itself refused: the caller gets the operation's own error.
  call.finish(call.more?.lastOk === true, call.more?.lastResult, V_FAILURE, nowMs);
}

/** The ms that the call stood in line. */
function leftLine({ more, compiled }: Call, nowMs: number, granted: boolean): number {
  if (more === undefined || more.waitingSinceMs < 0) return 0;
  const waitedMs = nowMs - more.waitingSinceMs;
  more.waitingSinceMs = -1;
  more.waitAtMs = NEVER;
  if (granted) compiled.waited(waitedMs);
  return waitedMs;
}
