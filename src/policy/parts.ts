// What a policy's strategies show of themselves. Reading changes nothing.

import { BULKHEAD_ABANDONED, LINE_COUNT } from '../../assembly/layout.ts';
import { checkNumber } from '../base/options.ts';
import { alertsOf, burnRate, errorBudgetExhausted, latencyExceeded, readErrorBudget } from './budgets.ts';
import type { PolicyCore } from './core.ts';
import { whileSteady } from './steady-view.ts';

class Part {
  protected readonly core: PolicyCore;

  constructor(core: PolicyCore) {
    this.core = core;
  }

  protected get now(): number {
    return this.core.now() - this.core.originMs;
  }
}

export class RateLimiterPart extends Part {
  /** Permits that could be taken now, fractions included; of one bucket where the limiter is keyed. */
  get available(): number {
    if (this.core.keys !== undefined) return this.core.slot.numbers.burst;
    return Math.max(0, this.core.kernels.rateAvailable(this.core.at, this.now));
  }

  /** The rate in force: the adapted one where it adapts. */
  get ratePerSecond(): number {
    return this.core.slot.numbers.ratePerSecond;
  }
}

export class BulkheadPart extends Part {
  /** Slots held, in all threads. */
  get active(): number {
    return this.core.kernels.bulkheadActive(this.core.at);
  }

  /** Callers in line, in all threads. */
  get queued(): number {
    return this.core.slot.readI(LINE_COUNT);
  }

  /** The limit in force: the adapted one where it adapts. */
  get limit(): number {
    return this.core.kernels.bulkheadCapacity(this.core.at);
  }

  /** Operations that run on behind a timeout or an abort; each still holds its slot. */
  get abandoned(): number {
    return this.core.kernels.counted(this.core.at, BULKHEAD_ABANDONED);
  }
}

/** A fast or slow burn of the error budget. */
export interface BurnAlert {
  severity: 'fast' | 'slow';
  burnRate: number;
  active: boolean;
}

export class ErrorBudgetPart extends Part {
  /** Share of the budget that is left in the window, 0…1. */
  get remaining(): number {
    return readErrorBudget(this.core, this.now).remaining;
  }

  /** Share of the budget that is spent; over 1 when it is overspent. */
  get consumed(): number {
    return readErrorBudget(this.core, this.now).consumed;
  }

  /** Failures that the objective allows of the calls in the window. */
  get allowedFailures(): number {
    return readErrorBudget(this.core, this.now).allowed;
  }

  /** Whether nothing is left, once `minCalls` calls are in the window. */
  get exhausted(): boolean {
    return errorBudgetExhausted(this.core, this.now);
  }

  /** How fast the budget is spent over the last `ms` (six hours at most): 1 spends it exactly in its window. */
  burnRate(ms: number): number {
    return burnRate(
      this.core,
      this.now,
      checkNumber('burnRate', ms, { above: 0, atMost: 21_600_000, ms: true }),
    );
  }

  /** The alerts and whether they are active: 14.4 over 1 h and 5 min, 6 over 6 h and 30 min. */
  get alerts(): BurnAlert[] {
    return alertsOf(this.core, this.now);
  }

  /** Counts something that did not go through the policy. */
  record(ok: boolean): void {
    this.core.mustLive();
    this.core.recordBudget(this.core.now(), ok);
  }
}

export class LatencyBudgetPart extends Part {
  /** Percentiles of the window in ms, to 3.2 %; NaN while it is empty. */
  get p50Ms(): number {
    return this.#percentile(0.5);
  }

  get p95Ms(): number {
    return this.#percentile(0.95);
  }

  get p99Ms(): number {
    return this.#percentile(0.99);
  }

  /** Whether the configured percentile is over its target, once `minCalls` calls are in the window. */
  get exhausted(): boolean {
    return latencyExceeded(this.core, this.now);
  }

  /** Share of calls within the target, 0…1; 1 while there are none. */
  get compliance(): number {
    const { kernels, at, slot } = this.core;
    const share = whileSteady(slot, 0, () => {
      const calls = kernels.viewCount(at, 0, this.now);
      return calls === 0 ? 1 : kernels.viewWithin(at, 0, this.now, slot.numbers.latencyTargetMs) / calls;
    });
    return share ?? 1;
  }

  #percentile(share: number): number {
    const { kernels, at, slot } = this.core;
    return whileSteady(slot, 0, () => kernels.viewPercentile(at, 0, this.now, share)) ?? Number.NaN;
  }
}
