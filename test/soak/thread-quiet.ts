// What must be so of policies that threads share whenever no living thread has anything under way.

import { PolicyReading } from '../../src/control/metrics/policy-reading.ts';
import { viewPolicy } from '../../src/control/policy-view.ts';
import type { RuntimePolicies } from '../../src/control/runtime-policies.ts';
import type { Violations } from './ledger.ts';
import { OBJECTIVE, POLICIES } from './policies.ts';
import { ANSWERED, BEGUN, FAILURE, LIMITED, SUCCESS } from './thread-calls.ts';

export interface SharedScene {
  runtime: RuntimePolicies;
  counts: readonly Int32Array[];
  /** Of threads that were killed: what they had under way may have been counted or not. */
  dead: readonly Int32Array[];
  passedMs: number;
}

export function checkShared(scene: SharedScene, violations: Violations): void {
  const { runtime, counts, dead, passedMs } = scene;
  const sum = (word: number, of = counts) => of.reduce((total, each) => total + Atomics.load(each, word), 0);
  const underway = sum(BEGUN, dead) - sum(ANSWERED, dead);

  for (const name of runtime.names()) {
    const { bulkhead } = runtime.get(name);
    violations.expect(`${name}: slots held`, bulkhead?.active ?? 0, 0);
    violations.expect(`${name}: callers in line`, bulkhead?.queued ?? 0, 0);
  }

  const breaker = runtime.get('breaker');
  if (breaker.circuitBreaker?.state === 'half-open') {
    const taken = Array.from({ length: 4 }, () => breaker.tryAcquire());
    const trials = taken.filter((permit) => permit.ok).length;
    for (const permit of taken) if (permit.ok) permit.settle('ignored');
    violations.holds(`breaker: ${trials} of 2 trials are free`, trials === 1 || trials === 2);
  }

  const { burst, permitsPerSecond } = POLICIES.limited.rateLimiter;
  const most = burst + (permitsPerSecond * passedMs) / 1_000;
  violations.holds(`limited: ${sum(LIMITED)} admitted, at most ${most} may be`, sum(LIMITED) <= most + 1e-6);

  const counted = runtime.get('counted');
  const { calls } = viewPolicy(new PolicyReading(counted, new Map()));
  const within = (what: string, is: number, least: number) =>
    violations.holds(
      `counted: ${what} is ${is}, expected ${least} to ${least + underway}`,
      is >= least && is <= least + underway,
    );
  within('successes', calls.success, sum(SUCCESS));
  within('failures', calls.failure, sum(FAILURE));
  const budget = counted.errorBudget;
  const total = Math.round((budget?.allowedFailures ?? 0) / (1 - OBJECTIVE));
  // The budget is written before the count, so a thread may die between the two.
  violations.holds(
    `counted: ${total} calls in the error budget, ${calls.success + calls.failure} counted`,
    Math.abs(total - calls.success - calls.failure) <= dead.length,
  );
}
