// Error budget: calls and failures in a sliding window, and in a ring of ten
// second buckets over six hours for burn rates. Where the window is a whole
// number of those buckets one ring serves for both.

import * as layout from '../../../assembly/layout.ts';
import { int32, whole } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';
import { optionsOf, stampOf, type Words } from './words.ts';

const {
  BUDGET_AT,
  BUDGET_BUCKETS,
  BUDGET_CELLS,
  BURN_AT,
  BURN_BUCKETS,
  BURN_MS,
  F_BURN_ONLY,
  O_BUDGET_MS,
  SLOT_BUDGET_MS,
  SLOT_CLOCK_BACK,
  SLOT_VERSION,
} = layout;

/** Multiplied, which costs a third of a division; everywhere, so that all agree on where a bucket ends. */
const BURN_PER_MS = 0.0001;

/** By the clock's own time. */
export function burnEpoch(ownMs: number): number {
  return Math.floor(ownMs * BURN_PER_MS);
}

/** The place of a ten second bucket in its ring, never negative. */
export function burnIndex(burn: number): number {
  return burn - Math.floor(burn / BURN_BUCKETS) * BURN_BUCKETS;
}

export type Budget = ReturnType<typeof twinBudget>;

export function twinBudget(
  { i32, f64, load }: TwinMemory,
  { optF, epochOf, stampedAdd, stampedGrow, ringSum }: Words,
) {
  function burnOf(slot: number, now: number): number {
    return burnEpoch(now - f64[(slot + SLOT_CLOCK_BACK) >>> 3]);
  }

  /** Counts a whole call; 1 when it began a bucket. */
  function budgetRecord(slot: number, features: number, now: number, failed: number): number {
    const burn = burnOf(slot, now);
    const at = slot + BURN_AT + burnIndex(burn) * 16;
    let turned = stampedGrow(at, stampOf(burn), 1);
    if (failed) stampedAdd(at + 8, stampOf(burn), 1);
    if (!(features & F_BURN_ONLY)) {
      const epoch = epochOf(slot, now, f64[(slot + SLOT_BUDGET_MS) >>> 3]);
      const bucket = slot + BUDGET_AT + (epoch & (BUDGET_CELLS - 1)) * 16;
      turned |= stampedGrow(bucket, stampOf(epoch), 1);
      if (failed) stampedAdd(bucket + 8, stampOf(epoch), 1);
    }
    return turned;
  }

  /** Calls (which 0) or failures (1) of the last `ms`, six hours at most, to ten seconds. */
  function burnCount(slot: number, now: number, ms: number, which: number): number {
    const buckets = Math.min(int32(Math.ceil(Math.min(ms, 1e9) / BURN_MS)), BURN_BUCKETS);
    const at = slot + BURN_AT + which * 8;
    const burn = burnOf(slot, now);
    return ringSum(at, 16, BURN_BUCKETS, burnIndex(burn), burn, buckets, 0);
  }

  /** Calls (which 0) or failures (1) in the budget's window. */
  function budgetCount(slot: number, now: number, which: number): number {
    if (i32[slot >>> 2] & F_BURN_ONLY) {
      const options = optionsOf(slot, load(slot + SLOT_VERSION));
      return burnCount(slot, now, optF(options, O_BUDGET_MS), which);
    }
    const at = slot + BUDGET_AT + which * 8;
    const epoch = epochOf(slot, now, f64[(slot + SLOT_BUDGET_MS) >>> 3]);
    return ringSum(at, 16, BUDGET_CELLS, epoch & (BUDGET_CELLS - 1), epoch, BUDGET_BUCKETS, 0);
  }

  function addBoth(bucket: number, epoch: number, calls: number, failures: number): void {
    stampedAdd(bucket, stampOf(epoch), whole(calls));
    stampedAdd(bucket + 8, stampOf(epoch), whole(failures));
  }

  /** Puts counts of a snapshot into the current bucket. */
  function budgetAdd(slot: number, now: number, calls: number, failures: number): void {
    const burn = burnOf(slot, now);
    addBoth(slot + BURN_AT + burnIndex(burn) * 16, burn, calls, failures);
    if (i32[slot >>> 2] & F_BURN_ONLY) return;
    const epoch = epochOf(slot, now, f64[(slot + SLOT_BUDGET_MS) >>> 3]);
    addBoth(slot + BUDGET_AT + (epoch & (BUDGET_CELLS - 1)) * 16, epoch, calls, failures);
  }

  return { budgetRecord, burnCount, budgetCount, budgetAdd };
}
