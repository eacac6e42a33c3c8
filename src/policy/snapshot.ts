/**
 * Snapshots: what a policy has learnt, as JSON, so that a restart need not forget it.
 *
 * Kept are the breaker (its state with what was left of an open time, its window,
 * failures in a row), the limiter's tokens and found rate, the found limit of an
 * adaptive bulkhead, and the counts of throttle, retry budget and error budget,
 * each with its age. Not kept are keyed buckets; latencies, which fill up again
 * within their windows; slots, trials and places in line, which belong to calls
 * under way; isolations, which belong to who can release them; counters since
 * the start. Options are not kept either: they are the new policy's own.
 *
 * The time since it was taken counts, by the wall clock: open times have run on,
 * tokens have grown back, counts have left their windows.
 */

import {
  ADAPT_LIMIT,
  BULKHEAD_LIMIT,
  E_LIMIT,
  E_TURNED,
  F_BURN_ONLY,
  V_FAILURE,
} from '../../assembly/layout.ts';
import {
  budgetRing,
  burnRing,
  type KeptBucket,
  type Ring,
  readRing,
  replaceRing,
  retryRing,
  throttleRing,
} from '../state/kept-rings.ts';
import { unitsPerMs } from '../state/rate-scale.ts';
import type { Slot } from '../state/slot.ts';
import type { PolicyCore } from './core.ts';
import { restoreBreaker, snapshotBreaker } from './snapshot-breaker.ts';
import type { PolicySnapshot } from './snapshot-form.ts';
import { readSnapshot } from './snapshot-read.ts';

export type { PolicySnapshot } from './snapshot-form.ts';

/** Reads what the policy knows now. Changes nothing. */
export function snapshotPolicy(core: PolicyCore): PolicySnapshot {
  const { name, clock, shape, slot, kernels, at } = core;
  const now = core.now() - core.originMs;
  const taken: PolicySnapshot = { version: 1, name, takenAt: clock.wallMs() };
  const read = (ring: Ring) => readRing(slot, ring, now);
  if (shape.circuitBreaker !== undefined) taken.circuitBreaker = snapshotBreaker(core, now);
  if (shape.rateLimiter !== undefined && shape.rateLimiter.perKey === undefined) {
    taken.rateLimiter = { available: kernels.rateAvailable(at, now) };
    if (shape.rateLimiter.adaptive) taken.rateLimiter.ratePerSecond = slot.numbers.ratePerSecond;
  }
  // 0 where no limit was found, or none adapts.
  const found = slot.readF(ADAPT_LIMIT);
  if (found > 0) taken.bulkhead = { limit: found };
  if (shape.throttle !== undefined) taken.throttle = read(throttleRing(slot));
  if (shape.retry?.budget) taken.retryBudget = read(retryRing(slot));
  if (shape.errorBudget !== undefined) {
    taken.errorBudget = { recent: read(burnRing(slot)) };
    if (hasBudgetRing(slot)) taken.errorBudget.window = read(budgetRing(slot));
  }
  return taken;
}

/**
 * Puts a snapshot in place of what the policy knows, in a new generation: calls admitted before change nothing any
 * more when they end. What only one of the two has is left as it is. Throws an OptionsError, having changed nothing,
 * for what is no snapshot.
 */
export function restorePolicy(core: PolicyCore, snapshot: unknown): void {
  const kept = readSnapshot(snapshot);
  const { shape, slot } = core;
  const now = core.now() - core.originMs;
  const downMs = Math.max(0, core.clock.wallMs() - kept.takenAt);
  const replace = (ring: Ring, buckets: readonly KeptBucket[]) =>
    replaceRing(
      slot,
      ring,
      now,
      buckets.map(([ageMs, ...counts]) => [ageMs + downMs, ...counts]),
    );
  const { rateLimiter } = shape;
  if (rateLimiter !== undefined && rateLimiter.perKey === undefined && kept.rateLimiter) {
    const { available, ratePerSecond } = kept.rateLimiter;
    if (rateLimiter.adaptive && ratePerSecond !== undefined) restoreRate(slot, ratePerSecond, now);
    restoreTokens(core, available, now, downMs);
  }
  if (shape.bulkhead?.adaptive && kept.bulkhead) restoreLimit(core, kept.bulkhead.limit);
  if (shape.throttle !== undefined && kept.throttle) replace(throttleRing(slot), kept.throttle);
  if (shape.retry?.budget && kept.retryBudget) replace(retryRing(slot), kept.retryBudget);
  if (shape.errorBudget !== undefined && kept.errorBudget) {
    const { recent, window = recent } = kept.errorBudget;
    replace(burnRing(slot), recent);
    if (hasBudgetRing(slot)) replace(budgetRing(slot), window);
  }
  if (shape.circuitBreaker !== undefined && kept.circuitBreaker) {
    restoreBreaker(core, kept.circuitBreaker, now, downMs);
  }
  // Budgets may be exhausted now, or no longer; limits and who waits for them have moved.
  core.follow(E_TURNED | E_LIMIT, core.now(), V_FAILURE);
}

function restoreRate(slot: Slot, ratePerSecond: number, now: number): void {
  slot.publish(({ units, minRate, maxRate }) => {
    const rate = Math.min(Math.max(ratePerSecond, minRate), maxRate);
    return { ratePerSecond: rate, unitsPerMs: unitsPerMs(rate, units) };
  }, now);
}

function restoreTokens(
  { slot, kernels, at }: PolicyCore,
  available: number,
  now: number,
  downMs: number,
): void {
  const { burst, ratePerSecond } = slot.numbers;
  kernels.rateSet(at, now, Math.min(burst, available + (ratePerSecond * downMs) / 1000));
}

function restoreLimit({ slot, at }: PolicyCore, limit: number): void {
  const { minLimit, maxLimit } = slot.numbers;
  const found = Math.min(Math.max(limit, minLimit), maxLimit);
  slot.writeF(ADAPT_LIMIT, found);
  Atomics.store(slot.plane.i32, (at + BULKHEAD_LIMIT) >> 2, Math.max(1, Math.floor(found)));
}

/** Where the window is a whole number of the burn ring's buckets, and not longer, one ring serves for both. */
function hasBudgetRing({ features }: Slot): boolean {
  return (features & F_BURN_ONLY) === 0;
}
