// A policy as it is walked by a call: only what is configured is here.

import {
  COUNT_REJECTED,
  COUNT_WAIT_US,
  COUNT_WAITED,
  R_FULL,
  R_RATE,
  S_RELEASE,
  S_VERDICT,
} from '../../assembly/layout.ts';
import { CALL_CHANNEL, publishCall } from '../base/diagnostics.ts';
import type { Attempt } from './attempt.ts';
import type { Call } from './call.ts';
import { spoiled } from './call-verdict.ts';
import { Chaos } from './chaos.ts';
import type { PolicyCore } from './core.ts';
import { fallBack } from './fallback.ts';
import { Hedge } from './hedge.ts';
import { Line } from './line.ts';
import { LiveCalls } from './live-calls.ts';
import { PermitHeld } from './permit.ts';
import { runsPlainly } from './plain-call.ts';
import { R_WAITED, type Refused } from './refusal.ts';
import { Retry } from './retry.ts';
import { AttemptTimeout } from './timeout.ts';
import type { Outcome } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;

export class Compiled {
  readonly core: PolicyCore;
  readonly heard: PolicyCore['events']['heard'];
  readonly timeout: AttemptTimeout | undefined;
  readonly retry: Retry | undefined;
  readonly hedge: Hedge | undefined;
  readonly chaos: Chaos | undefined;
  readonly live: LiveCalls | undefined;
  /** Whether a call that is let through at once and succeeds needs no more than `plain-call` does. */
  readonly plain: boolean;

  constructor(core: PolicyCore) {
    const { shape } = core;
    this.core = core;
    this.heard = core.events.heard;
    if (shape.timeout?.attempt || shape.timeout?.adaptive) this.timeout = new AttemptTimeout(core);
    if (shape.retry !== undefined) this.retry = new Retry(core);
    if (shape.hedge !== undefined) this.hedge = new Hedge(core);
    if (shape.chaos !== undefined) this.chaos = new Chaos(core);
    if (core.waits) core.line = new Line(core);
    if (core.host.tracked) this.live = new LiveCalls();
    this.plain = runsPlainly(core);
  }

  /** Runs an admitted attempt's operation, under its timeout. */
  run(call: Call, attempt: Attempt, nowMs: number): void {
    const { timeout, hedge, retry, chaos } = this;
    if (call.operation === undefined) {
      return call.take(new PermitHeld(this.core, attempt.ticket, attempt.startMs), attempt);
    }
    if (timeout !== undefined || hedge !== undefined) {
      try {
        if (timeout !== undefined) attempt.deadlineMs = nowMs + timeout.msFor(attempt, nowMs);
        hedge?.schedule(call, nowMs);
      } catch (error) {
        return spoiled(call, attempt, error, S_VERDICT | S_RELEASE, nowMs);
      }
      // What says the timeout may have aborted the call.
      if (call.answered) return call.ended(attempt, false, undefined);
    }
    if (retry !== undefined && call.attempts === 1) retry.deposit(nowMs);
    if (call.more !== undefined) call.rearm();
    else if (attempt.deadlineMs < NEVER) this.core.timers.arm(call, attempt.deadlineMs);
    if (chaos?.inject(call, attempt, nowMs)) return;
    this.invoke(call, attempt);
  }

  /** Runs the operation, unless the call was aborted on the way to it. */
  invoke(call: Call, attempt: Attempt): void {
    if (call.answered) return call.ended(attempt, false, undefined);
    let result: unknown;
    try {
      const { operation } = call;
      result = (operation as (context: Attempt) => unknown)(attempt);
      const promise = promiseOf(result);
      if (promise !== undefined) {
        promise.then(
          (value) => call.ended(attempt, true, value),
          (error) => call.ended(attempt, false, error),
        );
        return;
      }
    } catch (error) {
      return call.ended(attempt, false, error);
    }
    call.ended(attempt, true, result);
  }

  /** A place in line: 0, or the code of who refuses. */
  queue(call: Call, code: number, nowMs: number): number {
    const { core } = this;
    const { shape, slot } = core;
    const queues = shape.bulkhead?.queues === true;
    const rateWaits = shape.rateLimiter?.waits === true;
    const { queueMaxWaitMs, rateMaxWaitMs } = slot.numbers;
    if (code === R_RATE && !rateWaits) return code;
    if (rateWaits) {
      const ahead = core.kernels.lineCosts(core.at);
      const waitMs = core.kernels.rateWait(core.at, nowMs - core.originMs, call.permits + ahead);
      if (waitMs > rateMaxWaitMs) return R_RATE;
      call.needMore().rateDeadlineMs = nowMs + rateMaxWaitMs;
    }
    // Full, and queueing for a slot is not configured: only the limiter's waiters stand in this line.
    if (!queues && code !== R_RATE && shape.bulkhead !== undefined) {
      if (core.kernels.bulkheadActive(core.at) >= core.kernels.bulkheadCapacity(core.at)) return code;
    }
    const more = call.needMore();
    if (core.line?.join(more) !== true) {
      // Full; but the limiter stands before the bulkhead, and is named where it would refuse too.
      return core.lacksTokens(nowMs, call.permits) ? R_RATE : R_FULL;
    }
    const maxMs = queues ? queueMaxWaitMs : rateMaxWaitMs;
    more.waitAtMs = nowMs + maxMs;
    return 0;
  }

  /** What a waiter that waited too long is refused with. */
  get tooLong(): number {
    return this.core.shape.bulkhead?.queues ? R_WAITED : R_RATE;
  }

  /** Hands the answer to the caller, by way of the fallback where there is one. */
  deliver(call: Call, ok: boolean, result: unknown, refused: Refused | undefined): void {
    if (refused !== undefined) this.core.count(COUNT_REJECTED);
    const wanted = !ok && call.mode !== 'permit' && call.options?.signal?.aborted !== true;
    if (wanted && this.core.functions.fallback !== undefined) {
      void fallBack(call, refused === undefined ? result : refused.error);
    } else if (call.mode === 'outcome') {
      call.resolve(
        ok ? { ok, value: result, rejected: false } : (refused ?? { ok, error: result, rejected: false }),
      );
    } else if (ok) call.resolve(result);
    else call.reject(refused === undefined ? result : refused.error);
  }

  waited(ms: number): void {
    this.core.count(COUNT_WAITED);
    this.core.count(COUNT_WAIT_US, Math.round(ms * 1000));
  }

  /** The open time an outcome asks for; -1 for none. */
  openFor(outcome: Outcome<unknown>): number {
    const ms = this.core.functions.openFor?.(outcome);
    return typeof ms === 'number' && ms >= 0 && ms < NEVER ? ms : -1;
  }

  tellSuccess(call: Call, nowMs: number): void {
    const { events, name } = this.core;
    const facts = { policy: name, durationMs: nowMs - call.startMs, attempts: call.attempts };
    events.emit('success', facts);
    if (CALL_CHANNEL.hasSubscribers) publishCall(facts, true, undefined);
  }

  tellFailure(call: Call, error: unknown, nowMs: number): void {
    const { events, name } = this.core;
    const facts = { policy: name, durationMs: nowMs - call.startMs, attempts: call.attempts };
    events.emit('failure', { ...facts, error });
    if (CALL_CHANNEL.hasSubscribers) publishCall(facts, false, error);
  }
}

/** The promise that a value is, or promises to be; `undefined` for any other. Throws what reading `then` throws. */
function promiseOf(value: unknown): Promise<unknown> | undefined {
  if (value instanceof Promise) return value;
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined;
  const { then } = value as { then?: unknown };
  if (typeof then !== 'function') return undefined;
  // It may call back twice, throw, or answer with another one: a promise of ours takes that on itself.
  return new Promise((resolve, reject) => then.call(value, resolve, reject));
}
