// Error budget: calls and failures in a sliding window, and in a ring of ten
// second buckets over six hours for burn rates. Where the window is a whole
// number of those buckets one ring serves for both.

import * as layout from '../../../assembly/layout.ts';
import { int32, whole } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';
import { optionsOf, ringIndex, stampOf, type Words } from './words.ts';

const {
  BUDGET_AT,
  BUDGET_BUCKETS,
  BURN_AT,
  BURN_BUCKETS,
  BURN_MS,
  F_BURN_ONLY,
  O_BUDGET_MS,
  SLOT_BUDGET_MS,
  SLOT_VERSION,
} = layout;

export type Budget = ReturnType<typeof twinBudget>;

export function twinBudget({ i32, f64, load }: TwinMemory, { optF, epochOf, stampedAdd, ringSum }: Words) {
  /** Counts a whole call; 1 when it began a bucket. */
  function budgetRecord(slot: number, features: number, now: number, failed: number): number {
    const burn = epochOf(slot, now, BURN_MS);
    const at = slot + BURN_AT + ringIndex(burn, BURN_BUCKETS) * 16;
    let turned = stampedAdd(at, stampOf(burn), 1);
    if (failed) stampedAdd(at + 8, stampOf(burn), 1);
    if (!(features & F_BURN_ONLY)) {
      const epoch = epochOf(slot, now, f64[(slot + SLOT_BUDGET_MS) >>> 3]);
      const bucket = slot + BUDGET_AT + ringIndex(epoch, BUDGET_BUCKETS) * 16;
      turned |= stampedAdd(bucket, stampOf(epoch), 1);
      if (failed) stampedAdd(bucket + 8, stampOf(epoch), 1);
    }
    return turned;
  }

  /** Calls (which 0) or failures (1) of the last `ms`, six hours at most, to ten seconds. */
  function burnCount(slot: number, now: number, ms: number, which: number): number {
    const buckets = Math.min(int32(Math.ceil(Math.min(ms, 1e9) / BURN_MS)), BURN_BUCKETS);
    const at = slot + BURN_AT + which * 8;
    return ringSum(at, 16, BURN_BUCKETS, epochOf(slot, now, BURN_MS), buckets, 0);
  }

  /** Calls (which 0) or failures (1) in the budget's window. */
  function budgetCount(slot: number, now: number, which: number): number {
    if (i32[slot >>> 2] & F_BURN_ONLY) {
      const options = optionsOf(slot, load(slot + SLOT_VERSION));
      return burnCount(slot, now, optF(options, O_BUDGET_MS), which);
    }
    const at = slot + BUDGET_AT + which * 8;
    const epoch = epochOf(slot, now, f64[(slot + SLOT_BUDGET_MS) >>> 3]);
    return ringSum(at, 16, BUDGET_BUCKETS, epoch, BUDGET_BUCKETS, 0);
  }

  /** Puts counts of a snapshot into the current bucket. */
  function budgetAdd(slot: number, now: number, calls: number, failures: number): void {
    const burn = epochOf(slot, now, BURN_MS);
    const at = slot + BURN_AT + ringIndex(burn, BURN_BUCKETS) * 16;
    stampedAdd(at, stampOf(burn), whole(calls));
    stampedAdd(at + 8, stampOf(burn), whole(failures));
    if (i32[slot >>> 2] & F_BURN_ONLY) return;
    const epoch = epochOf(slot, now, f64[(slot + SLOT_BUDGET_MS) >>> 3]);
    const bucket = slot + BUDGET_AT + ringIndex(epoch, BUDGET_BUCKETS) * 16;
    stampedAdd(bucket, stampOf(epoch), whole(calls));
    stampedAdd(bucket + 8, stampOf(epoch), whole(failures));
  }

  return { budgetRecord, burnCount, budgetCount, budgetAdd };
}
