// What a plan makes of its slot in shared memory.

import {
  BUDGET_BUCKETS,
  BURN_BUCKETS,
  BURN_MS,
  F_AIMD,
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_BULKHEAD,
  F_BURN_ONLY,
  F_COUNTED,
  F_GRADIENT,
  F_KEYED,
  F_LATENCY,
  F_LINE,
  F_RAMP,
  F_RATE,
  F_SHARED_KEYS,
  F_THROTTLE,
  F_VEGAS,
  F_VIEW_BUDGET,
  F_VIEW_HEDGE,
  F_VIEW_RATE,
  F_VIEW_TIMEOUT,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
  THROTTLE_BUCKETS,
} from '../../../assembly/layout.ts';
import type { KeyRange } from '../../state/arena.ts';
import type { SlotShape } from '../../state/slot.ts';
import type { PolicyPlan, PolicyShape } from '../plan.ts';

const LIMITS = { aimd: F_AIMD, gradient2: F_GRADIENT, vegas: F_VEGAS } as const;
const WINDOWS = { consecutive: 0, calls: F_WINDOW_CALLS, time: F_WINDOW_TIME } as const;
const VIEWS = [F_VIEW_BUDGET, F_VIEW_TIMEOUT, F_VIEW_HEDGE, F_VIEW_RATE] as const;
const FEWEST_BURN_BUCKETS = 60;

/** Says what the slot of a plan is made for. `keys`: cells of a keyed limiter; `counted`: for metrics. */
export function slotShapeOf({ shape }: PolicyPlan, keys: KeyRange | undefined, counted: boolean): SlotShape {
  const { circuitBreaker, throttle, errorBudget } = shape;
  const viewMs = viewsOf(shape);
  const timed = circuitBreaker?.kind === 'time';
  return {
    features: features(shape, viewMs, counted),
    windowBuckets: circuitBreaker?.buckets ?? 0,
    bucketMs: timed ? circuitBreaker.windowMs / circuitBreaker.buckets : 0,
    windowCalls: circuitBreaker?.windowCalls ?? 0,
    budgetBucketMs: (errorBudget?.windowMs ?? 0) / BUDGET_BUCKETS,
    throttleBucketMs: (throttle?.windowMs ?? 0) / THROTTLE_BUCKETS,
    viewMs,
    keys,
  };
}

function viewsOf({ latencyBudget, timeout, hedge, rateLimiter }: PolicyShape): SlotShape['viewMs'] {
  return [
    latencyBudget?.windowMs ?? 0,
    timeout?.adaptive?.windowMs ?? 0,
    hedge?.percentile?.windowMs ?? 0,
    rateLimiter?.adaptive?.intervalMs ?? 0,
  ];
}

function features(shape: PolicyShape, viewMs: SlotShape['viewMs'], counted: boolean): number {
  const { circuitBreaker, throttle, rateLimiter, bulkhead, errorBudget } = shape;
  let bits = 0;
  const set = (bit: number, when: boolean) => {
    if (when) bits |= bit;
  };
  set(F_BREAKER, circuitBreaker !== undefined);
  set(WINDOWS[circuitBreaker?.kind ?? 'consecutive'], true);
  set(F_RAMP, circuitBreaker?.ramp === true);
  set(F_THROTTLE, throttle !== undefined);
  set(F_RATE, rateLimiter !== undefined);
  set(F_KEYED, rateLimiter?.perKey !== undefined);
  set(F_SHARED_KEYS, rateLimiter?.perKey?.onFull === 'shared');
  set(F_BULKHEAD, bulkhead !== undefined);
  if (bulkhead?.adaptive !== undefined) set(LIMITS[bulkhead.adaptive], true);
  set(F_LINE, bulkhead?.queues === true || rateLimiter?.waits === true);
  set(F_BUDGET, errorBudget !== undefined);
  set(F_BURN_ONLY, errorBudget !== undefined && isBurnWindow(errorBudget.windowMs));
  for (const [view, bit] of VIEWS.entries()) set(bit, viewMs[view] > 0);
  // Whole calls are what the first view looks at, and metrics; the others look at attempts.
  set(F_LATENCY, counted || viewMs[0] > 0);
  set(F_ATTEMPTS, viewMs.slice(1).some((ms) => ms > 0) || (counted && attemptsDiffer(shape)));
  set(F_COUNTED, counted);
  return bits;
}

/** Whether a breaker hears of something else than whole calls: of several attempts, or without the wait in line. */
function attemptsDiffer({ circuitBreaker, retry, hedge, bulkhead, rateLimiter }: PolicyShape): boolean {
  const apart = retry ?? hedge ?? (bulkhead?.queues || rateLimiter?.waits || undefined);
  return circuitBreaker !== undefined && apart !== undefined;
}

/** Whether the ring of the burn rates, six hours by ten seconds, is fine and long enough for a budget's window. */
function isBurnWindow(windowMs: number): boolean {
  const buckets = windowMs / BURN_MS;
  return Number.isInteger(buckets) && buckets >= FEWEST_BURN_BUCKETS && buckets <= BURN_BUCKETS;
}
