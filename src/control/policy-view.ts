// A policy as people look at it: plain numbers, read at one moment.

import {
  COUNT_BREAKER_REFUSED,
  COUNT_BULKHEAD_REFUSED,
  COUNT_DRAINING,
  COUNT_FAILURE,
  COUNT_IGNORED,
  COUNT_KEYS_EXHAUSTED,
  COUNT_RATE_REFUSED,
  COUNT_REJECTED,
  COUNT_SHED,
  COUNT_SUCCESS,
  COUNT_THROTTLE_REFUSED,
  TOLD_ALERTS,
  TOLD_LATENCY,
} from '../../assembly/layout.ts';
import { burnRate, readErrorBudget } from '../policy/budgets.ts';
import { CHAOS_KINDS, Chaos } from '../policy/chaos.ts';
import type { PolicyReading } from './metrics/policy-reading.ts';
import type { PolicyView } from './views.ts';

const ALERTS = ['', 'fast', 'slow', 'fast'];

/** JSON has no Infinity and no NaN. */
function plain(value: number, digits = 3): number | null {
  return Number.isFinite(value) ? Math.round(value * 10 ** digits) / 10 ** digits : null;
}

/** `latencyAgeMs`: how old percentiles may be, which are dearer to read than everything else together. */
export function viewPolicy(reading: PolicyReading, latencyAgeMs = 0): PolicyView {
  const { policy, core, shape } = reading;
  const count = (word: number) => reading.count(word);
  const view: PolicyView = {
    name: reading.name,
    calls: {
      success: count(COUNT_SUCCESS),
      failure: count(COUNT_FAILURE),
      ignored: count(COUNT_IGNORED),
      rejected: count(COUNT_REJECTED),
    },
    refused: {
      circuitBreaker: count(COUNT_BREAKER_REFUSED),
      throttle: count(COUNT_THROTTLE_REFUSED),
      rateLimiter: count(COUNT_RATE_REFUSED) + count(COUNT_KEYS_EXHAUSTED),
      bulkhead: count(COUNT_BULKHEAD_REFUSED),
      shed: count(COUNT_SHED),
      draining: count(COUNT_DRAINING),
    },
    latency: latencyOf(reading, latencyAgeMs),
  };
  const { numbers } = core.slot;
  if (policy.circuitBreaker !== undefined) {
    const { state, retryAfterMs } = policy.circuitBreaker;
    view.circuitBreaker = { state, retryAfterMs: plain(retryAfterMs, 0) };
  }
  if (policy.rateLimiter !== undefined) {
    const available = shape.rateLimiter?.perKey === undefined ? plain(policy.rateLimiter.available, 1) : null;
    view.rateLimiter = { ratePerSecond: policy.rateLimiter.ratePerSecond, available, burst: numbers.burst };
  }
  if (policy.bulkhead !== undefined) {
    const { active, limit, queued } = policy.bulkhead;
    view.bulkhead = { active, limit, queued, maxQueue: numbers.maxQueue };
  }
  if (shape.errorBudget !== undefined) {
    const { calls, remaining } = readErrorBudget(core, reading.now);
    view.errorBudget = {
      objective: numbers.objective,
      remaining: plain(remaining, 4) ?? 0,
      exhausted: calls >= numbers.budgetCalls && remaining <= 1e-12,
      burnRate1h: plain(burnRate(core, reading.now, 3_600_000), 2),
      alert: ALERTS[core.slot.readI(TOLD_ALERTS) & 3],
    };
  }
  if (policy.latencyBudget !== undefined) {
    const { latencyPercentile: percentile, latencyTargetMs: targetMs } = numbers;
    // What was last said of it: finding it out anew would cost as much as all the rest.
    view.latencyBudget = { percentile, targetMs, exhausted: core.slot.readI(TOLD_LATENCY) === 1 };
  }
  if (shape.chaos !== undefined) {
    const flags = Chaos.flags(core, core.now());
    const allows = CHAOS_KINDS.filter((kind) => shape.chaos?.[kind]);
    view.chaos = { allows, on: allows.filter((kind) => flags & (1 << CHAOS_KINDS.indexOf(kind))) };
  }
  return view;
}

function latencyOf(reading: PolicyReading, maxAgeMs: number): PolicyView['latency'] {
  const [p50Ms, p95Ms, p99Ms] = reading.percentiles(maxAgeMs).map((ms) => plain(ms));
  return { p50Ms, p95Ms, p99Ms };
}
