/**
 * Budgets: what may fail, and what may be slow, before somebody should know.
 *
 * They count whole calls, whatever their attempts, and refuse nothing.
 */

import type { Draft, PolicyReader } from './policy-reader.ts';
import { readCount, SHARE, WINDOW_MS } from './rules.ts';

export interface ErrorBudgetOptions {
  /** The share of calls that shall succeed, 0 < x ≤ 1; at 1 any failure is too much. */
  objective: number;
  /** The sliding window that is looked at, in ms, at least 1. */
  windowMs: number;
  /** Calls that the window must hold before the budget may be exhausted; 100 by default. */
  minCalls?: number;
}

export interface LatencyBudgetOptions {
  /** Which latency is looked at, 0 < x ≤ 1. */
  percentile: number;
  /** What it may be, in ms, above 0. */
  targetMs: number;
  /** How far back calls count, in ms, at least 1; 60 000 by default. */
  windowMs?: number;
  /** Calls that the window must hold before the budget may be exceeded; 20 by default. */
  minCalls?: number;
}

export const ERROR_BUDGET = ['objective', 'windowMs', 'minCalls'] as const;
export const LATENCY_BUDGET = ['percentile', 'targetMs', 'windowMs', 'minCalls'] as const;

export function readErrorBudget(o: PolicyReader, { shape, numbers }: Draft): void {
  numbers.objective = o.ratio('objective', SHARE);
  numbers.budgetMs = o.durationMs('windowMs', WINDOW_MS);
  numbers.budgetCalls = readCount(o, 'minCalls', { default: 100 });
  shape.errorBudget = { windowMs: numbers.budgetMs };
}

export function readLatencyBudget(o: PolicyReader, { shape, numbers }: Draft): void {
  numbers.latencyPercentile = o.ratio('percentile', SHARE);
  numbers.latencyTargetMs = o.durationMs('targetMs', { above: 0 });
  numbers.latencyMinCalls = readCount(o, 'minCalls', { default: 20 });
  shape.latencyBudget = { windowMs: o.durationMs('windowMs', { ...WINDOW_MS, default: 60_000 }) };
}
