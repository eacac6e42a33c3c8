// How much a policy needs to be looked at.

import type { PolicyView } from './types.ts';

const BREAKER: Record<string, number> = {
  open: 1_000,
  isolated: 900,
  'half-open': 700,
  disabled: 90,
  'metrics-only': 60,
};

/** More is worse. Of a breaker that is open one must know before anything else. */
export function trouble(view: PolicyView, rates: { failed: number; refused: number }): number {
  let score = BREAKER[view.circuitBreaker?.state ?? ''] ?? 0;
  if (view.errorBudget?.exhausted) score += 500;
  if (view.errorBudget?.alert === 'fast') score += 400;
  if (view.errorBudget?.alert === 'slow') score += 200;
  if (view.latencyBudget?.exhausted) score += 150;
  if (view.chaos?.on.length) score += 100;
  score += Math.min(rates.failed, 50) + Math.min(rates.refused, 50);
  if (view.errorBudget !== undefined) score += (1 - view.errorBudget.remaining) * 80;
  if (view.bulkhead !== undefined) score += (view.bulkhead.active / Math.max(view.bulkhead.limit, 1)) * 10;
  return score;
}

/** The same in a word, for a colour and for those who do not see it. */
export function tone(score: number): 'bad' | 'warn' | 'well' {
  return score >= 400 ? 'bad' : score >= 50 ? 'warn' : 'well';
}
