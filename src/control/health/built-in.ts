// Checks that every runtime has.

import { getHeapStatistics } from 'node:v8';
import type { Policy } from '../../policy/policy.ts';
import type { PoolReading } from '../metrics/runtime-reading.ts';
import type { HealthCheck } from './check.ts';
import type { EventLoopDelay } from './event-loop.ts';
import type { Health } from './health.ts';

const LATE_MS = 1_000;
const FULL = 0.95;

/** The share of the memory that may be had which is in use: of the heap or of the process, whichever is more. */
export function memoryUse(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  const heap = limit > 0 ? used / limit : 0;
  const allowed = process.constrainedMemory?.() ?? 0;
  // Where nothing constrains the process the answer is 0, or more than any machine has.
  const resident = allowed > 0 && allowed < 2 ** 50 ? process.memoryUsage.rss() / allowed : 0;
  return Math.max(heap, resident);
}

function eventLoop(delay: EventLoopDelay): HealthCheck {
  return {
    name: 'event-loop',
    kind: 'builtin',
    run: () => {
      const [p99] = delay.quantiles([0.99]);
      if (p99 > LATE_MS) throw new Error(`event-loop: timers come ${Math.round(p99)} ms late`);
    },
  };
}

const memory: HealthCheck = {
  name: 'memory',
  kind: 'builtin',
  run: () => {
    const use = memoryUse();
    if (use > FULL) throw new Error(`memory: ${(use * 100).toFixed(0)} % of what may be had is in use`);
  },
};

function budgets(policies: () => Iterable<Policy>): HealthCheck {
  return {
    name: 'budgets',
    kind: 'builtin',
    run: () => {
      const spent = [...policies()].filter((policy) => policy.errorBudget?.exhausted).map(({ name }) => name);
      if (spent.length > 0) throw new Error(`budgets: the error budget is exhausted of ${spent.join(', ')}`);
    },
  };
}

function workers(pool: () => PoolReading | undefined): HealthCheck {
  return {
    name: 'workers',
    kind: 'builtin',
    run: () => {
      const { busy = 0, idle = 0, starting = 0, unended = 0 } = pool()?.threads ?? { idle: 1 };
      if (busy + idle + starting === 0) throw new Error(`workers: no thread is left; ${unended} do not end`);
    },
  };
}

/**
 * Adds the checks `event-loop`, `memory`, `workers` and `budgets`. Budgets say nothing about readiness: a spent budget is
 * spent in every replica, and taking all of them out helps nobody.
 */
export function addBuiltIn(
  health: Health,
  delay: EventLoopDelay,
  policies: () => Iterable<Policy>,
  pool: () => PoolReading | undefined,
): void {
  health.add(eventLoop(delay));
  health.add(memory);
  health.add(workers(pool));
  health.add(budgets(policies), { readiness: false });
}
