// One protected call, from its start to its one answer.
//
//   begin ─▶ admit ─▶ run ─▶ verdict ─▶ answer
//              │        │        └─▶ pause ─▶ admit …        (retry)
//              └▶ line ─┘
//
// The record is itself the node in the timers and in the caller's signal, so a
// call costs one object, its attempt and one promise. Every way out goes
// through `#answer`, which runs once.

import {
  COUNT_RETRY_SUCCESS,
  COUNT_TIMEOUT_ATTEMPT,
  COUNT_TIMEOUT_TOTAL,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  T_HALF_OPENED,
  V_DROPPED,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { TimeoutError } from '../base/errors.ts';
import { joinSignal, leaveSignal, type SignalNode, type SignalWatch } from '../base/signals.ts';
import type { TimerNode } from '../base/timers.ts';
import { ABANDONED, Attempt, ENDED, RUNNING } from './attempt.ts';
import type { Compiled } from './compiled.ts';
import type { PolicyCore } from './core.ts';
import { judge, outcomeOf } from './judge.ts';
import type { Waiter } from './line.ts';
import { mayWait, type Refused } from './refusal.ts';
import type { Operation } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** What a call is told at its start. */
export interface CallSettings {
  operation: Operation<unknown> | undefined;
  permits: number;
  priority: number;
  key: string | undefined;
  signal: AbortSignal | undefined;
  totalMs: number;
}

/** Hears the answer: `refused` when the call was refused and never ran. */
export type Answer = (ok: boolean, result: unknown, refused: Refused | undefined) => void;

export class Call implements TimerNode, SignalNode, Waiter {
  timerAtMs = 0;
  timerOrder = 0;
  timerNext: TimerNode | null = null;
  timerPrev: TimerNode | null = null;
  timerCancel: (() => void) | null = null;
  signalNext: SignalNode | null = null;
  signalPrev: SignalNode | null = null;
  signalWatch: SignalWatch | null = null;
  lineNext: Waiter | null = null;
  linePrev: Waiter | null = null;
  lineOrder = 0;
  rateDeadlineMs = NEVER;
  liveNext: Call | null = null;
  livePrev: Call | null = null;

  readonly compiled: Compiled;
  readonly core: PolicyCore;
  readonly operation: Operation<unknown> | undefined;
  readonly permits: number;
  readonly priority: number;
  readonly key: string | undefined;
  readonly startMs: number;
  totalAtMs = NEVER;
  totalMs: number;
  /** Attempts begun, hedges included; retries made. */
  attempts = 0;
  retries = 0;
  answered = false;
  /** The end of a pause, of the wait in line, and of the delay of a hedge. */
  pauseAtMs = NEVER;
  waitAtMs = NEVER;
  hedgeAtMs = NEVER;
  hedges = 0;
  lastPauseMs: number | undefined;
  lastOk = false;
  lastResult: unknown;
  /** The attempts that run; more than one only with hedges. */
  current: Attempt | undefined;
  others: Attempt[] | undefined;
  readonly #answerTo: Answer;
  #waitingSinceMs = -1;

  constructor(compiled: Compiled, settings: CallSettings, startMs: number, answer: Answer) {
    this.compiled = compiled;
    this.core = compiled.core;
    this.operation = settings.operation;
    this.permits = settings.permits;
    this.priority = settings.priority;
    this.key = settings.key;
    this.startMs = startMs;
    this.totalMs = settings.totalMs;
    this.#answerTo = answer;
    if (settings.totalMs < NEVER) this.totalAtMs = startMs + settings.totalMs;
    if (settings.signal !== undefined) joinSignal(settings.signal, this);
    compiled.live?.add(this);
  }

  /** Goes on from what the kernels said to the first try. */
  begin(code: number, nowMs: number): void {
    if (this.totalAtMs < NEVER && code < 0) this.rearm();
    this.#admitted(code, nowMs);
  }

  /** Another try: a retry after its pause. */
  tryAgain(): void {
    this.pauseAtMs = NEVER;
    const nowMs = this.core.now();
    if (this.key !== undefined) this.core.keys?.use(this.key);
    this.#admitted(this.core.admit(nowMs, this.permits), nowMs);
  }

  #admitted(code: number, nowMs: number): void {
    if (code >= 0) return this.granted(code, nowMs);
    const waits = this.core.waits && mayWait(code);
    const refusal = waits ? this.compiled.queue(this, code, nowMs) : code;
    if (refusal === 0) {
      this.#waitingSinceMs = nowMs;
      this.rearm();
      // What came back between the refusal and the place in line would wake nobody.
      this.core.line?.pump();
    } else this.turnedAway(refusal, nowMs);
  }

  granted(ticket: number, nowMs: number): void {
    if (this.#waitingSinceMs >= 0) {
      this.compiled.waited(nowMs - this.#waitingSinceMs);
      this.#waitingSinceMs = -1;
      this.waitAtMs = NEVER;
    }
    if (ticket & T_HALF_OPENED) this.core.changes.halfOpened(nowMs);
    const attempt = new Attempt(this, ++this.attempts, ticket, nowMs);
    if (this.current === undefined) this.current = attempt;
    else this.others = [...(this.others ?? []), attempt];
    this.compiled.run(this, attempt, nowMs);
  }

  turnedAway(code: number, nowMs: number): void {
    const waitedMs = this.#waitingSinceMs >= 0 ? nowMs - this.#waitingSinceMs : 0;
    this.#waitingSinceMs = -1;
    this.waitAtMs = NEVER;
    const refused = this.core.refused(code, nowMs, this.permits, waitedMs, this.priority);
    const { retry } = this.compiled;
    if (retry?.afterRefusal(this, refused, nowMs)) return;
    if (this.attempts === 0) this.#answer(false, refused, refused);
    // A retry that is itself refused: the caller gets the operation's own error.
    else this.finish(this.lastOk, this.lastResult, V_FAILURE, nowMs);
  }

  /** Answers with a permit instead of running anything. */
  take(permit: unknown, attempt: Attempt): void {
    attempt.state = ENDED;
    this.#drop(attempt);
    this.#answer(true, permit, undefined);
  }

  /** The operation has answered. */
  ended(attempt: Attempt, ok: boolean, result: unknown): void {
    const { core, compiled } = this;
    if (attempt.state !== RUNNING) return this.#endedLate(attempt);
    attempt.state = ENDED;
    const nowMs = core.now();
    let verdict = V_SUCCESS;
    let openMs = -1;
    try {
      verdict = judge(core.functions, ok, result);
      if (core.functions.openFor !== undefined) openMs = compiled.openFor(outcomeOf(ok, result));
    } catch (error) {
      core.settle(attempt.ticket, attempt.startMs, nowMs, V_IGNORED, S_VERDICT | S_RELEASE, -1);
      return this.finish(false, error, V_IGNORED, nowMs);
    }
    this.#decided(attempt, ok, result, verdict, openMs, S_VERDICT | S_RELEASE, nowMs);
  }

  #decided(
    attempt: Attempt,
    ok: boolean,
    result: unknown,
    verdict: number,
    openMs: number,
    what: number,
    nowMs: number,
  ): void {
    const { core } = this;
    this.#drop(attempt);
    const last = verdict === V_SUCCESS || (this.compiled.retry === undefined && this.current === undefined);
    if (last && attempt.startMs === this.startMs) {
      // The attempt is the whole call: one kernel call says all.
      core.settle(attempt.ticket, attempt.startMs, nowMs, verdict, what | S_CALL, openMs);
      return this.#finished(ok, result, verdict, nowMs);
    }
    core.settle(attempt.ticket, attempt.startMs, nowMs, verdict, what, openMs);
    if (this.answered) return;
    // Another attempt still runs: it may succeed yet.
    if (verdict !== V_SUCCESS && this.current !== undefined) return this.keep(ok, result);
    if (verdict !== V_SUCCESS) {
      try {
        if (this.compiled.retry?.after(this, ok, result, verdict, nowMs)) return;
      } catch (error) {
        return this.finish(false, error, V_IGNORED, nowMs);
      }
    }
    this.finish(ok, result, verdict, nowMs);
  }

  /** Remembers an outcome in case it is the last there will be. */
  keep(ok: boolean, result: unknown): void {
    this.lastOk = ok;
    this.lastResult = result;
  }

  /** Records the call and answers. */
  finish(ok: boolean, result: unknown, verdict: number, nowMs: number): void {
    if (this.answered) return;
    this.core.record(this.startMs, nowMs, verdict);
    this.#finished(ok, result, verdict, nowMs);
  }

  #finished(ok: boolean, result: unknown, verdict: number, nowMs: number): void {
    if (this.answered) return;
    if (verdict === V_SUCCESS && this.retries > 0) this.core.count(COUNT_RETRY_SUCCESS);
    if (this.compiled.heard.success && verdict === V_SUCCESS) this.compiled.tellSuccess(this, nowMs);
    if (this.compiled.heard.failure && (verdict === V_FAILURE || verdict === V_DROPPED))
      this.compiled.tellFailure(this, result, nowMs);
    this.#answer(ok, result, undefined);
  }

  #answer(ok: boolean, result: unknown, refused: Refused | undefined): void {
    if (this.answered) return;
    this.answered = true;
    if (this.timerNext !== null || this.timerCancel !== null) this.core.timers.disarm(this);
    if (this.signalWatch !== null) leaveSignal(this);
    if (this.lineOrder !== 0) this.core.line?.leave(this);
    this.compiled.live?.delete(this);
    if (this.current !== undefined) this.abandonAll(V_IGNORED, superseded(), this.core.now());
    this.#answerTo(ok, result, refused);
  }

  /** The caller, or the runtime, wants no answer any more. */
  onAbort(reason: unknown): void {
    if (this.answered) return;
    const nowMs = this.core.now();
    if (this.pauseAtMs < NEVER) this.compiled.retry?.aborted();
    this.abandonAll(V_IGNORED, reason, nowMs);
    this.finish(false, reason, V_IGNORED, nowMs);
  }

  /** Gives every running attempt its verdict and leaves its operation to itself. */
  abandonAll(verdict: number, reason: unknown, nowMs: number): void {
    for (let attempt = this.current; attempt !== undefined; attempt = this.current) {
      this.#drop(attempt);
      this.#abandon(attempt, verdict, reason, nowMs);
    }
  }

  #abandon(attempt: Attempt, verdict: number, reason: unknown, nowMs: number): void {
    const what = this.#leave(attempt);
    this.core.settle(attempt.ticket, attempt.startMs, nowMs, verdict, what, -1);
    attempt.abort(reason);
  }

  /** Answers without the operation: it keeps its slot, unless it never began. What is to be settled now. */
  #leave(attempt: Attempt): number {
    attempt.state = attempt.injected ? ENDED : ABANDONED;
    if (attempt.injected) return S_VERDICT | S_RELEASE;
    this.core.abandon(1);
    return S_VERDICT;
  }

  #endedLate(attempt: Attempt): void {
    if (attempt.state !== ABANDONED) return;
    attempt.state = ENDED;
    this.core.abandon(-1);
    this.core.settle(attempt.ticket, attempt.startMs, this.core.now(), V_SUCCESS, S_RELEASE, -1);
  }

  #drop(attempt: Attempt): void {
    if (this.current === attempt) this.current = this.others?.shift();
    else this.others = this.others?.filter((other) => other !== attempt);
  }

  onTimer(nowMs: number): void {
    if (this.totalAtMs <= nowMs) return this.#timedOut(nowMs);
    if (this.waitAtMs <= nowMs) return this.#waitedTooLong(nowMs);
    if (this.pauseAtMs <= nowMs) this.tryAgain();
    else if (this.hedgeAtMs <= nowMs) this.compiled.hedge?.begin(this, nowMs);
    for (const attempt of [this.current, ...(this.others ?? [])]) {
      if (attempt !== undefined && attempt.deadlineMs <= nowMs) this.attemptTimedOut(attempt, nowMs);
    }
    if (!this.answered) this.rearm();
  }

  attemptTimedOut(attempt: Attempt, nowMs: number): void {
    if (attempt.state !== RUNNING || this.answered) return;
    const { core } = this;
    const error = this.#timeout('attempt', attempt.timeoutMs);
    core.count(COUNT_TIMEOUT_ATTEMPT);
    let verdict = V_IGNORED;
    const what = this.#leave(attempt);
    attempt.abort(error);
    try {
      verdict = judge(core.functions, false, error);
    } catch (thrown) {
      core.settle(attempt.ticket, attempt.startMs, nowMs, V_IGNORED, what, -1);
      return this.finish(false, thrown, V_IGNORED, nowMs);
    }
    const dropped = verdict === V_FAILURE ? V_DROPPED : verdict;
    this.#decided(attempt, false, error, dropped, -1, what, nowMs);
  }

  #timedOut(nowMs: number): void {
    const error = this.#timeout('total', this.totalMs);
    this.core.count(COUNT_TIMEOUT_TOTAL);
    this.abandonAll(V_DROPPED, error, nowMs);
    this.finish(false, error, V_FAILURE, nowMs);
  }

  #timeout(scope: 'attempt' | 'total', timeoutMs: number): TimeoutError {
    const { core } = this;
    if (core.events.heard.timeout) core.events.emit('timeout', { policy: core.name, scope, timeoutMs });
    return new TimeoutError({ policy: core.name || undefined, scope, timeoutMs });
  }

  #waitedTooLong(nowMs: number): void {
    this.core.line?.leave(this);
    this.turnedAway(this.compiled.tooLong, nowMs);
  }

  /** Sets the one timer to whatever comes first. */
  rearm(): void {
    let atMs = Math.min(this.totalAtMs, this.pauseAtMs, this.waitAtMs, this.hedgeAtMs);
    if (this.current !== undefined) atMs = Math.min(atMs, this.current.deadlineMs);
    if (this.others !== undefined) for (const other of this.others) atMs = Math.min(atMs, other.deadlineMs);
    if (atMs < NEVER) this.core.timers.arm(this, atMs);
    else this.core.timers.disarm(this);
  }
}

/** Why the losers of a hedge are aborted. */
function superseded(): DOMException {
  return new DOMException('another attempt of this call has answered', 'AbortError');
}
