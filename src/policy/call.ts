// One protected call, from its start to its one answer.
//
//   begin ─▶ admit ─▶ run ─▶ verdict ─▶ answer
//              │        │        └─▶ pause ─▶ admit …        (retry)
//              └▶ line ─┘
//
// The record is itself the first attempt, the context of its operation, the
// node in the timers and in the caller's signal: a call costs one object and
// one promise. Every way out goes through `answer`, which runs once.

import { V_IGNORED } from '../../assembly/layout.ts';
import { leaveSignal, type SignalNode, type SignalWatch } from '../base/signals.ts';
import type { TimerNode } from '../base/timers.ts';
import {
  type Attempt,
  abort,
  ENDED,
  NOT_ABORTED,
  RUNNING,
  remainingMsOf,
  signalOf,
  whenAborted,
  written,
} from './attempt.ts';
import { granted, tryAgain, turnedAway } from './call-admission.ts';
import { fire, rearm } from './call-clock.ts';
import { abandonAll, aborted, superseded } from './call-leave.ts';
import { CallMore } from './call-more.ts';
import { ended, finished } from './call-verdict.ts';
import type { Compiled } from './compiled.ts';
import type { PolicyCore } from './core.ts';
import { succeedPlainly } from './plain-call.ts';
import { mayWait, type Refused } from './refusal.ts';
import type { ExecuteOptions, Operation } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** How a call wants its answer: a result or a throw, an outcome, or a permit. */
export type CallMode = 'result' | 'outcome' | 'permit';

/**
 * A class on its own, though it is an attempt: engines do not inline a constructor that calls another one. For the
 * same reason its fields are declared and set in the constructor, each once, instead of being defined before it.
 */
export class Call implements Attempt, TimerNode, SignalNode {
  declare readonly attempt: number;
  declare ticket: number;
  declare startMs: number;
  declare deadlineMs: number;
  declare state: number;
  declare controller: Attempt['controller'];
  declare reason: unknown;
  declare timerAtMs: number;
  declare timerOrder: number;
  declare timerNext: TimerNode | null;
  declare timerPrev: TimerNode | null;
  declare timerPlace: number;
  declare signalNext: SignalNode | null;
  declare signalPrev: SignalNode | null;
  declare signalWatch: SignalWatch | null;
  declare liveNext: Call | null;
  declare livePrev: Call | null;
  declare readonly compiled: Compiled;
  declare readonly operation: Operation<unknown> | undefined;
  declare readonly options: ExecuteOptions | undefined;
  declare readonly mode: CallMode;
  declare readonly resolve: (value: unknown) => void;
  declare readonly reject: (error: unknown) => void;
  /** Attempts begun, hedges included. */
  declare attempts: number;
  declare answered: boolean;
  /** The attempt that runs; more than one only with hedges. */
  declare current: Attempt | undefined;
  declare more: CallMore | undefined;

  constructor(
    compiled: Compiled,
    operation: Operation<unknown> | undefined,
    options: ExecuteOptions | undefined,
    mode: CallMode,
    startMs: number,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.attempt = 1;
    this.ticket = 0;
    this.startMs = startMs;
    this.deadlineMs = NEVER;
    this.state = RUNNING;
    this.controller = undefined;
    this.reason = NOT_ABORTED;
    this.timerAtMs = NEVER;
    this.timerOrder = 0;
    this.timerNext = null;
    this.timerPrev = null;
    this.timerPlace = 0;
    this.signalNext = null;
    this.signalPrev = null;
    this.signalWatch = null;
    this.liveNext = null;
    this.livePrev = null;
    this.compiled = compiled;
    this.operation = operation;
    this.options = options;
    this.mode = mode;
    this.resolve = resolve;
    this.reject = reject;
    this.attempts = 0;
    this.answered = false;
    this.current = undefined;
    this.more = undefined;
  }

  get call(): Call {
    return this;
  }

  get signal(): AbortSignal {
    return signalOf(this);
  }

  get remainingMs(): number {
    return remainingMsOf(this);
  }

  get policy(): string {
    return this.core.name;
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

  tryAgain(): void {
    tryAgain(this);
  }

  granted(ticket: number, nowMs: number): void {
    granted(this, ticket, nowMs);
  }

  turnedAway(code: number, nowMs: number): void {
    turnedAway(this, code, nowMs);
  }

  /** Answers with a permit instead of running anything. */
  take(permit: unknown, attempt: Attempt): void {
    attempt.state = ENDED;
    this.drop(attempt);
    this.answer(true, permit, undefined);
  }

  /** The operation has answered. */
  ended(attempt: Attempt, ok: boolean, result: unknown): void {
    const plain = ok && attempt === this && this.more === undefined && this.compiled.plain;
    if (plain && this.state === RUNNING && !this.answered) return succeedPlainly(this, result);
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
    finished(this, ok, result, verdict, nowMs);
  }

  answer(ok: boolean, result: unknown, refused: Refused | undefined): void {
    if (this.answered) return;
    this.answered = true;
    if (this.timerNext !== null) this.core.timers.disarm(this);
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
    rearm(this);
  }
}
