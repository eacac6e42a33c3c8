// Error budget: calls and failures in a sliding window, and in a ring of ten
// second buckets over six hours for burn rates. Where the window is a whole
// number of those buckets one ring serves for both.

import {
  BUDGET_AT,
  BUDGET_BUCKETS,
  BUDGET_CELLS,
  BURN_AT,
  BURN_BUCKETS,
  BURN_MS,
  F_BURN_ONLY,
  O_BUDGET_MS,
  SLOT_BUDGET_MS,
  SLOT_VERSION,
} from './layout';
import { epochOf, optionsOf, ownTime, ringSum, stampedAdd, stampedGrow, whole } from './words';

/** Turns of the ring of burn buckets, 273 years: a clock that went back before its origin counts from the right bucket. */
const BURN_BIAS: i32 = 400000 * BURN_BUCKETS;

/** Multiplied, which costs a third of a division; everywhere, so that all agree on where a bucket ends. */
const BURN_PER_MS: f64 = 0.0001;

function burnEpoch(slot: usize, now: f64): i64 {
  return whole(floor(ownTime(slot, now) * BURN_PER_MS));
}

function burnIndex(burn: i64): i32 {
  return <i32>(<u32>(i32(burn) + BURN_BIAS) % <u32>BURN_BUCKETS);
}

/** Counts a whole call; 1 when it began a bucket. */
export function budgetRecord(slot: usize, features: i32, now: f64, failed: i32): i32 {
  const own = ownTime(slot, now);
  const burn = whole(floor(own * BURN_PER_MS));
  const at = slot + BURN_AT + <usize>(burnIndex(burn) << 4);
  let turned = stampedGrow(at, burn, 1);
  if (failed) stampedAdd(at + 8, burn, 1);
  if (!(features & F_BURN_ONLY)) {
    const epoch = whole(floor(own / load<f64>(slot, SLOT_BUDGET_MS)));
    const bucket = slot + BUDGET_AT + <usize>((i32(epoch) & (BUDGET_CELLS - 1)) << 4);
    turned |= stampedGrow(bucket, epoch, 1);
    if (failed) stampedAdd(bucket + 8, epoch, 1);
  }
  return turned;
}

/** Calls (which 0) or failures (1) of the last `ms`, six hours at most, to ten seconds. */
export function burnCount(slot: usize, now: f64, ms: f64, which: i32): f64 {
  const buckets = min(i32(ceil(min(ms, 1e9) / BURN_MS)), BURN_BUCKETS);
  const at = slot + BURN_AT + <usize>(which << 3);
  const burn = burnEpoch(slot, now);
  return ringSum(at, 16, BURN_BUCKETS, burnIndex(burn), burn, buckets, 0);
}

/** Calls (which 0) or failures (1) in the budget's window. */
export function budgetCount(slot: usize, now: f64, which: i32): f64 {
  if (load<i32>(slot) & F_BURN_ONLY) {
    const options = optionsOf(slot, atomic.load<i32>(slot, SLOT_VERSION));
    return burnCount(slot, now, load<f64>(options, O_BUDGET_MS), which);
  }
  const at = slot + BUDGET_AT + <usize>(which << 3);
  const epoch = epochOf(slot, now, load<f64>(slot, SLOT_BUDGET_MS));
  return ringSum(at, 16, BUDGET_CELLS, i32(epoch) & (BUDGET_CELLS - 1), epoch, BUDGET_BUCKETS, 0);
}

function addBoth(bucket: usize, epoch: i64, calls: f64, failures: f64): void {
  stampedAdd(bucket, epoch, i64(calls));
  stampedAdd(bucket + 8, epoch, i64(failures));
}

/** Puts counts of a snapshot into the current bucket. */
export function budgetAdd(slot: usize, now: f64, calls: f64, failures: f64): void {
  const burn = burnEpoch(slot, now);
  addBoth(slot + BURN_AT + <usize>(burnIndex(burn) << 4), burn, calls, failures);
  if (load<i32>(slot) & F_BURN_ONLY) return;
  const epoch = epochOf(slot, now, load<f64>(slot, SLOT_BUDGET_MS));
  addBoth(slot + BUDGET_AT + <usize>((i32(epoch) & (BUDGET_CELLS - 1)) << 4), epoch, calls, failures);
}
