/**
 * Runs an operation again while its outcome is judged a failure.
 *
 * The last outcome is the caller's: when retries run out, the final error is
 * thrown as it was raised, never wrapped. An abort during a pause ends it at
 * once and throws the signal's reason. A retry that is itself refused ends the
 * call with the operation's last error.
 */

import {
  COUNT_RETRY_1,
  COUNT_RETRY_5,
  COUNT_RETRY_ABORTED,
  COUNT_RETRY_BUDGET,
  COUNT_RETRY_EXHAUSTED,
  COUNT_RETRY_PAUSE_US,
  COUNT_RETRY_REFUSED,
  V_IGNORED,
} from '../../assembly/layout.ts';
import type { Call } from './call.ts';
import type { PolicyCore } from './core.ts';
import { isRefusal, outcomeOf } from './judge.ts';
import { R_DRAINING, R_GONE, R_SHED, type Refused } from './refusal.ts';
import type { Outcome } from './types.ts';

export class Retry {
  readonly #core: PolicyCore;
  readonly #budget: boolean;
  readonly #onRejection: boolean;

  constructor(core: PolicyCore) {
    this.#core = core;
    this.#budget = core.shape.retry?.budget === true;
    this.#onRejection = core.shape.retry?.onRejection === true;
  }

  /** A first attempt was made: the retry budget grows by its share. */
  deposit(nowMs: number): void {
    if (this.#budget) this.#core.kernels.retryDeposit(this.#core.at, nowMs - this.#core.originMs);
  }

  /** Takes one retry from the budget, for a hedge. */
  withdraw(nowMs: number): boolean {
    return (
      !this.#budget || this.#core.kernels.retryWithdraw(this.#core.at, nowMs - this.#core.originMs) === 1
    );
  }

  /** Whether the call goes on after this outcome. Throws what a function of the user's throws. */
  after(call: Call, ok: boolean, result: unknown, verdict: number, nowMs: number): boolean {
    call.keep(ok, result);
    if (!ok && isRefusal(result) && !this.#onRejection) return false;
    const outcome = outcomeOf(ok, result);
    const { shouldRetry } = this.#core.functions;
    const wanted =
      shouldRetry === undefined ? verdict !== V_IGNORED || isRefusal(result) : shouldRetry(outcome);
    return wanted && this.#pause(call, outcome, nowMs);
  }

  /** Whether a refused call tries again: only with `onRejection`. */
  afterRefusal(call: Call, refused: Refused, nowMs: number): boolean {
    // Draining and shedding stand before the retries, and a permit is no call.
    const mine = refused.code !== R_DRAINING && refused.code !== R_SHED && refused.code !== R_GONE;
    if (!this.#onRejection || !mine || call.operation === undefined) {
      if (call.attempts > 0) this.#core.count(COUNT_RETRY_REFUSED);
      return false;
    }
    const outcome: Outcome<unknown> = { ok: false, error: refused.error };
    try {
      const { shouldRetry } = this.#core.functions;
      if (shouldRetry !== undefined && !shouldRetry(outcome)) return false;
      return this.#pause(call, outcome, nowMs);
    } catch (error) {
      call.finish(false, error, V_IGNORED, nowMs);
      return true;
    }
  }

  /** A caller left during a pause. */
  aborted(): void {
    this.#core.count(COUNT_RETRY_ABORTED);
  }

  #pause(call: Call, outcome: Outcome<unknown>, nowMs: number): boolean {
    const core = this.#core;
    const more = call.needMore();
    const { maxRetries, maxElapsedMs } = core.slot.numbers;
    const elapsedMs = nowMs - call.startMs;
    if (more.retries >= maxRetries || elapsedMs >= maxElapsedMs) {
      if (maxRetries > 0) core.count(COUNT_RETRY_EXHAUSTED);
      return false;
    }
    const wantedMs = this.#pauseMs(call, outcome);
    if (!this.withdraw(nowMs)) {
      core.count(COUNT_RETRY_BUDGET);
      return false;
    }
    const pauseMs = Math.min(wantedMs, maxElapsedMs - elapsedMs);
    more.retries++;
    more.lastPauseMs = wantedMs;
    core.count(Math.min(COUNT_RETRY_1 + (more.retries - 1) * 8, COUNT_RETRY_5));
    core.count(COUNT_RETRY_PAUSE_US, Math.min(Math.round(pauseMs * 1000), Number.MAX_SAFE_INTEGER));
    if (core.events.heard.retry) {
      const error = outcome.ok ? undefined : outcome.error;
      core.events.emit('retry', { policy: core.name, attempt: more.retries, pauseMs, error });
    }
    // A listener may have aborted the call.
    if (call.answered) return true;
    more.pauseAtMs = nowMs + pauseMs;
    if (pauseMs > 0) call.rearm();
    else queueMicrotask(() => this.#resume(call));
    return true;
  }

  // In a microtask of its own, so that an operation that fails at once a thousand times does not nest as deep.
  #resume(call: Call): void {
    if (!call.answered && call.needMore().pauseAtMs < Number.POSITIVE_INFINITY) call.tryAgain();
  }

  #pauseMs(call: Call, outcome: Outcome<unknown>): number {
    const { functions } = this.#core;
    const asked = functions.retryAfter?.(outcome);
    if (asked !== undefined) return checked('retry.retryAfter', asked);
    if (functions.backoff === undefined) return 0;
    return checked('retry.backoff', functions.backoff(call.retries + 1, outcome, call.more?.lastPauseMs));
  }
}

function checked(where: string, ms: unknown): number {
  if (typeof ms === 'number' && ms >= 0 && ms < Number.POSITIVE_INFINITY) return ms;
  throw new RangeError(`${where}: expected a finite number of ms of at least 0, got ${String(ms)}`);
}
