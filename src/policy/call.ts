// One protected call, from its start to its one answer.
//
//   begin ─▶ admit ─▶ run ─▶ verdict ─▶ answer
//              │        │        └─▶ pause ─▶ admit …        (retry)
//              └▶ line ─┘
//
// The record is itself the first attempt, the context of its operation, the
// node in the timers and in the caller's signal: a call costs one object and
// one promise. Every way out goes through `answer`, which runs once.

import {
  COUNT_RETRY_SUCCESS,
  S_RELEASE,
  S_VERDICT,
  T_HALF_OPENED,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { CALL_CHANNEL } from '../base/diagnostics.ts';
import { leaveSignal, type SignalNode, type SignalWatch } from '../base/signals.ts';
import type { TimerNode } from '../base/timers.ts';
import { Attempt, ENDED, LaterAttempt } from './attempt.ts';
import { fire } from './call-clock.ts';
import { abandonAll, aborted, superseded } from './call-leave.ts';
import { CallMore } from './call-more.ts';
import { ended } from './call-verdict.ts';
import type { Compiled } from './compiled.ts';
import type { PolicyCore } from './core.ts';
import { mayWait, type Refused } from './refusal.ts';
import type { ExecuteOptions, Operation } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** How a call wants its answer: a result or a throw, an outcome, or a permit. */
export type CallMode = 'result' | 'outcome' | 'permit';

export class Call extends Attempt implements TimerNode, SignalNode {
  timerAtMs = 0;
  timerOrder = 0;
  timerNext: TimerNode | null = null;
  timerPrev: TimerNode | null = null;
  timerCancel: (() => void) | null = null;
  signalNext: SignalNode | null = null;
  signalPrev: SignalNode | null = null;
  signalWatch: SignalWatch | null = null;
  liveNext: Call | null = null;
  livePrev: Call | null = null;

  readonly compiled: Compiled;
  readonly operation: Operation<unknown> | undefined;
  readonly options: ExecuteOptions | undefined;
  readonly mode: CallMode;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Attempts begun, hedges included. */
  attempts = 0;
  answered = false;
  /** The attempt that runs; more than one only with hedges. */
  current: Attempt | undefined;
  more: CallMore | undefined;

  constructor(
    compiled: Compiled,
    operation: Operation<unknown> | undefined,
    options: ExecuteOptions | undefined,
    mode: CallMode,
    startMs: number,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super(1, 0, startMs);
    this.compiled = compiled;
    this.operation = operation;
    this.options = options;
    this.mode = mode;
    this.resolve = resolve;
    this.reject = reject;
  }

  override get call(): Call {
    return this;
  }

  get core(): PolicyCore {
    return this.compiled.core;
  }

  get permits(): number {
    return this.options?.permits ?? 1;
  }

  get priority(): number {
    return this.options?.priority ?? 4;
  }

  get key(): string | undefined {
    return this.core.keys === undefined ? undefined : this.options?.key;
  }

  get totalAtMs(): number {
    return this.more === undefined ? NEVER : this.more.totalAtMs;
  }

  get retries(): number {
    return this.more === undefined ? 0 : this.more.retries;
  }

  needMore(): CallMore {
    this.more ??= new CallMore(this);
    return this.more;
  }

  /** Goes on from what the kernels said to a try: a ticket, or who refuses. */
  admitted(code: number, nowMs: number): void {
    if (code >= 0) return this.granted(code, nowMs);
    const waits = this.core.waits && mayWait(code);
    const refusal = waits ? this.compiled.queue(this, code, nowMs) : code;
    if (refusal !== 0) return this.turnedAway(refusal, nowMs);
    this.needMore().waitingSinceMs = nowMs;
    this.rearm();
    // What came back between the refusal and the place in line would wake nobody.
    this.core.line?.pump();
  }

  /** Another try: a retry after its pause. */
  tryAgain(): void {
    this.needMore().pauseAtMs = NEVER;
    const nowMs = this.core.now();
    if (this.key !== undefined) this.core.keys?.use(this.key);
    this.admitted(this.core.admit(nowMs, this.permits), nowMs);
  }

  granted(ticket: number, nowMs: number): void {
    this.#leftLine(nowMs, true);
    if (ticket & T_HALF_OPENED) this.core.changes.halfOpened(nowMs);
    // Whoever was told may have aborted this call: nothing runs any more, and what was taken goes back.
    if (this.answered) return this.core.settle(ticket, nowMs, nowMs, V_IGNORED, S_VERDICT | S_RELEASE, -1);
    let attempt: Attempt = this;
    if (++this.attempts === 1) {
      this.ticket = ticket;
      // A call that waited began before its first attempt did: that one is recorded apart.
      if (nowMs !== this.startMs) attempt = new LaterAttempt(this, 1, ticket, nowMs);
    } else attempt = new LaterAttempt(this, this.attempts, ticket, nowMs);
    if (this.current === undefined) this.current = attempt;
    else this.needMore().others.push(attempt);
    this.compiled.run(this, attempt, nowMs);
  }

  turnedAway(code: number, nowMs: number): void {
    const waitedMs = this.#leftLine(nowMs, false);
    const refused = this.core.refused(code, nowMs, this.permits, waitedMs, this.priority);
    if (this.compiled.retry?.afterRefusal(this, refused, nowMs)) return;
    if (this.attempts === 0) return this.answer(false, refused, refused);
    // A retry that is itself refused: the caller gets the operation's own error.
    this.finish(this.more?.lastOk === true, this.more?.lastResult, V_FAILURE, nowMs);
  }

  #leftLine(nowMs: number, granted: boolean): number {
    const { more } = this;
    if (more === undefined || more.waitingSinceMs < 0) return 0;
    const waitedMs = nowMs - more.waitingSinceMs;
    more.waitingSinceMs = -1;
    more.waitAtMs = NEVER;
    if (granted) this.compiled.waited(waitedMs);
    return waitedMs;
  }

  /** Answers with a permit instead of running anything. */
  take(permit: unknown, attempt: Attempt): void {
    attempt.state = ENDED;
    this.drop(attempt);
    this.answer(true, permit, undefined);
  }

  /** The operation has answered. */
  ended(attempt: Attempt, ok: boolean, result: unknown): void {
    ended(this, attempt, ok, result);
  }

  /** Remembers an outcome in case it is the last there will be. */
  keep(ok: boolean, result: unknown): void {
    const more = this.needMore();
    more.lastOk = ok;
    more.lastResult = result;
  }

  /** Records the call and answers. */
  finish(ok: boolean, result: unknown, verdict: number, nowMs: number): void {
    if (this.answered) return;
    this.core.record(this.startMs, nowMs, verdict);
    this.finished(ok, result, verdict, nowMs);
  }

  finished(ok: boolean, result: unknown, verdict: number, nowMs: number): void {
    if (this.answered) return;
    const { heard } = this.compiled;
    if (verdict === V_SUCCESS) {
      if (this.retries > 0) this.core.count(COUNT_RETRY_SUCCESS);
      if (heard.success || CALL_CHANNEL.hasSubscribers) this.compiled.tellSuccess(this, nowMs);
    } else if ((heard.failure || CALL_CHANNEL.hasSubscribers) && verdict !== V_IGNORED)
      this.compiled.tellFailure(this, result, nowMs);
    this.answer(ok, result, undefined);
  }

  answer(ok: boolean, result: unknown, refused: Refused | undefined): void {
    if (this.answered) return;
    this.answered = true;
    if (this.timerNext !== null || this.timerCancel !== null) this.core.timers.disarm(this);
    if (this.signalWatch !== null) leaveSignal(this);
    const { more } = this;
    if (more !== undefined && more.lineOrder !== 0) this.core.line?.leave(more);
    this.compiled.live?.delete(this);
    if (this.current !== undefined) abandonAll(this, V_IGNORED, superseded(), this.core.now());
    this.compiled.deliver(this, ok, result, refused);
  }

  /** The caller, or the runtime, wants no answer any more. */
  onAbort(reason: unknown): void {
    aborted(this, reason);
  }

  drop(attempt: Attempt): void {
    const { more } = this;
    if (this.current === attempt) this.current = more === undefined ? undefined : more.others.shift();
    else if (more !== undefined) more.others = more.others.filter((other) => other !== attempt);
  }

  onTimer(nowMs: number): void {
    fire(this, nowMs);
  }

  /** Sets the one timer to whatever comes first. */
  rearm(): void {
    let atMs = this.more === undefined ? NEVER : this.more.nextMs();
    if (this.current !== undefined) atMs = Math.min(atMs, this.current.deadlineMs);
    if (atMs < NEVER) this.core.timers.arm(this, atMs);
    else this.core.timers.disarm(this);
  }
}
