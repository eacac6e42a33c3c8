// What must be so whenever nothing is under way.

import type { Holdfast } from '../../src/index.ts';
import type { Ledger, Violations } from './ledger.ts';
import { OBJECTIVE, POLICIES } from './policies.ts';

export interface Scene {
  holdfast: Holdfast;
  ledgers: ReadonlyMap<string, Ledger>;
  passedMs: number;
}

/** Places home; calls in are calls out; budgets and metrics say what was done. */
export async function checkPolicies(scene: Scene, violations: Violations): Promise<void> {
  const text = await scene.holdfast.metrics.metrics();
  for (const [name, ledger] of scene.ledgers) {
    checkPlaces(scene.holdfast, name, ledger, violations);
    checkBudget(scene.holdfast, name, ledger, violations);
    checkMetrics(text, name, ledger, violations);
    checkRate(scene, name, ledger, violations);
  }
}

function checkPlaces(holdfast: Holdfast, name: string, ledger: Ledger, violations: Violations): void {
  const { bulkhead, circuitBreaker } = holdfast.policy(name);
  violations.expect(`${name}: calls begun and not answered`, ledger.begun - ledger.answered, 0);
  violations.expect(`${name}: operations entered and not left`, ledger.entered - ledger.left, 0);
  if (bulkhead !== undefined) {
    violations.expect(`${name}: slots held`, bulkhead.active, 0);
    violations.expect(`${name}: callers in line`, bulkhead.queued, 0);
    violations.expect(`${name}: operations abandoned`, bulkhead.abandoned, 0);
  }
  // Only a breaker by itself refuses for no other reason.
  if (name.startsWith('breaker') && circuitBreaker?.state === 'half-open') {
    const policy = holdfast.policy(name);
    const taken = Array.from({ length: 4 }, () => policy.tryAcquire());
    const trials = taken.filter((permit) => permit.ok).length;
    for (const permit of taken) if (permit.ok) permit.settle('ignored');
    violations.holds(`${name}: ${trials} of 2 trials are free`, trials === 2 || trials === 1);
  }
}

function checkBudget(holdfast: Holdfast, name: string, ledger: Ledger, violations: Violations): void {
  const budget = holdfast.policy(name).errorBudget;
  if (budget === undefined) return;
  const calls = Math.round(budget.allowedFailures / (1 - OBJECTIVE));
  const failures = Math.round(budget.consumed * budget.allowedFailures);
  const { success, failure, permitsOk, permitsBad, recorded, recordedBad } = ledger;
  const expected = success + failure + permitsOk + permitsBad + recorded;
  violations.expect(`${name}: calls in the error budget`, calls, expected);
  violations.expect(`${name}: failures in it`, failures, failure + permitsBad + recordedBad);
}

function checkMetrics(text: string, name: string, ledger: Ledger, violations: Violations): void {
  const counted = (outcome: string) => {
    const series = `holdfast_calls_total{outcome="${outcome}",policy="${name}"} `;
    const at = text.indexOf(series);
    return at < 0 ? Number.NaN : Number.parseInt(text.slice(at + series.length), 10);
  };
  violations.expect(`${name}: successes scraped`, counted('success'), ledger.success + ledger.permitsOk);
  violations.expect(`${name}: failures scraped`, counted('failure'), ledger.failure + ledger.permitsBad);
}

/** In any time a bucket admits what it holds and what flows in, and no more. */
function checkRate(
  { holdfast, passedMs }: Scene,
  name: string,
  ledger: Ledger,
  violations: Violations,
): void {
  if (!name.startsWith('limited')) return;
  const { burst, permitsPerSecond } = POLICIES.limited.rateLimiter;
  const most = burst + (permitsPerSecond * (passedMs - ledger.sinceMs)) / 1_000;
  violations.holds(
    `${name}: ${ledger.entered} admitted, at most ${most} may be`,
    ledger.entered <= most + 1e-6,
  );
  const { rateLimiter } = holdfast.policy(name);
  violations.holds(`${name}: more than a full bucket`, (rateLimiter?.available ?? 0) <= burst);
}
