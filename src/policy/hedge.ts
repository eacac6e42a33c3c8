/**
 * Sends an operation again while the first is still under way, and takes
 * whichever succeeds first. Each hedge is an attempt with a permit of its own;
 * one that is refused is dropped, and none is sent while the breaker tries
 * whether the upstream is back.
 */

import { A_NEWCOMER, COUNT_HEDGE, T_TRIAL } from '../../assembly/layout.ts';
import type { Call } from './call.ts';
import type { PolicyCore } from './core.ts';
import { whileSteady } from './steady-view.ts';

const NEVER = Number.POSITIVE_INFINITY;
const CLOSED = 0;
const ENOUGH = 20;

export class Hedge {
  readonly #core: PolicyCore;

  constructor(core: PolicyCore) {
    this.#core = core;
  }

  /** Sets the time of the next hedge of a call whose attempt has just begun. */
  schedule(call: Call, nowMs: number): void {
    const more = call.needMore();
    if (more.hedges >= this.#core.slot.numbers.maxHedges) more.hedgeAtMs = NEVER;
    else more.hedgeAtMs = nowMs + this.#delayMs(nowMs);
  }

  begin(call: Call, nowMs: number): void {
    const core = this.#core;
    const more = call.needMore();
    more.hedgeAtMs = NEVER;
    if (call.answered || call.current === undefined || (call.current.ticket & T_TRIAL) !== 0) return;
    if (core.shape.circuitBreaker !== undefined) {
      const state = core.kernels.breakerState(core.at, nowMs - core.originMs);
      if (state > CLOSED && state < 4) return;
    }
    if (core.shape.retry?.budget && core.kernels.retryWithdraw(core.at, nowMs - core.originMs) !== 1) return;
    more.hedges++;
    if (call.key !== undefined) core.keys?.use(call.key);
    const code = core.admit(nowMs, call.permits, A_NEWCOMER);
    if (code < 0) return this.schedule(call, nowMs);
    core.count(COUNT_HEDGE);
    if (core.events.heard.hedge) {
      const delayMs = nowMs - call.startMs;
      core.events.emit('hedge', { policy: core.name, attempt: call.attempts + 1, delayMs });
    }
    call.granted(code, nowMs);
  }

  #delayMs(nowMs: number): number {
    const { shape, slot, kernels, at, originMs } = this.#core;
    if (shape.hedge?.percentile === undefined) return slot.numbers.hedgeDelayMs;
    const now = nowMs - originMs;
    const delayMs = whileSteady(slot, 2, () =>
      kernels.viewCount(at, 2, now) < ENOUGH
        ? NEVER
        : kernels.viewPercentile(at, 2, now, slot.numbers.hedgePercentile),
    );
    // Without a past to go by there is no telling what is late.
    return delayMs === undefined || Number.isNaN(delayMs) ? NEVER : delayMs;
  }
}
