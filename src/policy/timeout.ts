// How long an attempt, or a whole call, may take.

import { show } from '../base/show.ts';
import type { Attempt } from './attempt.ts';
import type { PolicyCore } from './core.ts';
import { whileSteady } from './steady-view.ts';
import type { CallContext } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;
/** Samples before the adaptive timeout trusts its percentile. */
const ENOUGH = 20;

/** 0 and Infinity are no timeout; what else is no duration is the caller's mistake. */
export function timeoutFrom(where: string, ms: unknown): number {
  if (ms === 0 || ms === NEVER) return NEVER;
  if (typeof ms === 'number' && ms > 0) return ms;
  throw new RangeError(`${where}: expected milliseconds of at least 0, got ${show(ms)}`);
}

/** The attempt timeout: a number, a function of the context, or a multiple of a percentile. */
export class AttemptTimeout {
  readonly #core: PolicyCore;
  #adaptedMs = NEVER;
  #adaptAgainMs = Number.NEGATIVE_INFINITY;

  constructor(core: PolicyCore) {
    this.#core = core;
  }

  msFor(context: Attempt, nowMs: number): number {
    const { functions, shape, slot } = this.#core;
    let ms = NEVER;
    if (functions.attemptMs !== undefined)
      ms = timeoutFrom('timeout.attemptMs', functions.attemptMs(context));
    else if (shape.timeout?.attempt) ms = slot.numbers.attemptMs || NEVER;
    return shape.timeout?.adaptive === undefined ? ms : Math.min(ms, this.#adaptive(nowMs));
  }

  // Timed-out attempts are samples at their timeout, so the percentile can rise again.
  #adaptive(nowMs: number): number {
    if (nowMs < this.#adaptAgainMs) return this.#adaptedMs;
    const { kernels, at, slot, originMs, shape } = this.#core;
    const { timeoutPercentile, timeoutMultiplier, timeoutMinMs, timeoutMaxMs } = slot.numbers;
    const now = nowMs - originMs;
    const percentile = whileSteady(slot, 1, () =>
      kernels.viewCount(at, 1, now) >= ENOUGH ? kernels.viewPercentile(at, 1, now, timeoutPercentile) : NEVER,
    );
    // No answer is no reason to have no timeout: the last one stands until the next call asks.
    if (percentile === undefined || Number.isNaN(percentile)) {
      return Math.min(this.#adaptedMs, timeoutMaxMs);
    }
    this.#adaptedMs = Math.min(Math.max(percentile * timeoutMultiplier, timeoutMinMs), timeoutMaxMs);
    this.#adaptAgainMs = nowMs + (shape.timeout?.adaptive?.windowMs ?? 0) / 512;
    return this.#adaptedMs;
  }
}

/** The timeout of a whole call: said for the call, or configured. */
export function totalMsOf(core: PolicyCore, own: number | undefined, context: () => CallContext): number {
  if (own !== undefined) return timeoutFrom('timeoutMs', own);
  if (core.functions.totalMs !== undefined)
    return timeoutFrom('timeout.totalMs', core.functions.totalMs(context()));
  return core.slot.numbers.totalMs || NEVER;
}
