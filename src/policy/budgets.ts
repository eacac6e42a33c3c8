// What the budgets say: pure readings of the slot. `now` is the memory's time.

import type { PolicyCore } from './core.ts';
import { whileSteady } from './steady-view.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The alerts of the multi-window method, by how fast the budget burns. Source: Google, The Site Reliability Workbook, ch. 5. */
const ALERTS = [
  { severity: 'fast', rate: 14.4, longMs: HOUR, shortMs: 5 * MINUTE },
  { severity: 'slow', rate: 6, longMs: 6 * HOUR, shortMs: 30 * MINUTE },
] as const;

export interface BudgetReading {
  calls: number;
  failures: number;
  /** Failures that the objective allows of so many calls. */
  allowed: number;
  /** Share of the budget that is left, 0…1, and that is spent (over 1 when overspent). */
  remaining: number;
  consumed: number;
}

export function readErrorBudget(core: PolicyCore, now: number): BudgetReading {
  const calls = core.kernels.budgetCount(core.at, now, 0);
  const failures = core.kernels.budgetCount(core.at, now, 1);
  // 1 − 0.999 is a hair more than 0.001: a thousand calls allow one failure, not a hair more.
  const allowed = Math.round(calls * (1 - core.slot.numbers.objective) * 1e9) / 1e9;
  // An objective of 1 allows none: any failure is infinitely much of it.
  const consumed = failures === 0 ? 0 : failures / allowed;
  return { calls, failures, allowed, remaining: Math.max(0, 1 - consumed), consumed };
}

export function errorBudgetExhausted(core: PolicyCore, now: number): boolean {
  const { calls, remaining } = readErrorBudget(core, now);
  return calls >= core.slot.numbers.budgetCalls && remaining <= 1e-12;
}

/** Failure rate over what the objective allows: 1 spends the budget exactly in its window. */
export function burnRate(core: PolicyCore, now: number, ms: number): number {
  const calls = core.kernels.burnCount(core.at, now, ms, 0);
  const failures = core.kernels.burnCount(core.at, now, ms, 1);
  if (calls === 0 || failures === 0) return 0;
  return failures / calls / (1 - core.slot.numbers.objective);
}

export function alertsOf(
  core: PolicyCore,
  now: number,
): { severity: 'fast' | 'slow'; burnRate: number; active: boolean }[] {
  return ALERTS.map(({ severity, rate, longMs, shortMs }) => {
    const long = burnRate(core, now, longMs);
    const enough = core.kernels.burnCount(core.at, now, longMs, 0) >= core.slot.numbers.budgetCalls;
    return {
      severity,
      burnRate: long,
      active: enough && long >= rate && burnRate(core, now, shortMs) >= rate,
    };
  });
}

/** Whether the latency percentile is over its target, and whether there are enough calls for that to count. */
export function readLatencyBudget(core: PolicyCore, now: number): { over: boolean; enough: boolean } {
  const { kernels, at, slot } = core;
  const { latencyMinCalls, latencyPercentile, latencyTargetMs } = slot.numbers;
  const reading = whileSteady(slot, 0, () => ({
    over: kernels.viewPercentile(at, 0, now, latencyPercentile) > latencyTargetMs,
    enough: kernels.viewCount(at, 0, now) >= latencyMinCalls,
  }));
  return reading ?? { over: false, enough: false };
}

export function latencyExceeded(core: PolicyCore, now: number): boolean {
  const { over, enough } = readLatencyBudget(core, now);
  return over && enough;
}

/**
 * How many slow calls more could not exhaust the latency budget, were they all that came: of s slow calls in n, the
 * next k exhaust it when s + k is more than (1 − percentile) · (n + k). 0 while the calls are too few to tell.
 */
export function slowCallsToSpare(core: PolicyCore, now: number): number {
  const { kernels, at, slot } = core;
  const { latencyMinCalls, latencyPercentile, latencyTargetMs } = slot.numbers;
  const seen = whileSteady(slot, 0, () => {
    const total = kernels.viewCount(at, 0, now);
    return { total, slow: total - kernels.viewWithin(at, 0, now, latencyTargetMs) };
  });
  if (seen === undefined || seen.total < latencyMinCalls) return 0;
  return Math.max(0, Math.floor(((1 - latencyPercentile) * seen.total - seen.slow) / latencyPercentile));
}
