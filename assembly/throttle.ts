// Client-side throttle: refuses a share of calls that grows as the upstream
// accepts fewer of them, and counters of the retry budget, which are alike.
//
//    p = max(0, (requests − k · accepts) / (requests + 1))
//
// Source: Beyer et al., Site Reliability Engineering, ch. 21, "Client-Side Throttling".

import {
  O_RETRY_FLOOR,
  O_RETRY_RATIO,
  O_THROTTLE_K,
  O_THROTTLE_MAX,
  RETRY_AT,
  RETRY_BUCKETS,
  RETRY_MS,
  SLOT_THROTTLE_MS,
  SLOT_VERSION,
  THROTTLE_AT,
  THROTTLE_BUCKETS,
  THROTTLE_CELLS,
} from './layout';
import { epochOf, optionsOf, ringSum, stampedAdd } from './words';

/** A pair of counts for each bucket; `size` is a power of two. */
function ringAdd(ring: usize, size: i32, epoch: i64, count: i64): void {
  stampedAdd(ring + <usize>((i32(epoch) & (size - 1)) << 4), epoch, count);
}

function ringCount(ring: usize, size: i32, epoch: i64, buckets: i32): f64 {
  return ringSum(ring, 16, size, i32(epoch) & (size - 1), epoch, buckets, 0);
}

function throttleAdd(slot: usize, now: f64, word: usize): void {
  ringAdd(
    slot + THROTTLE_AT + word,
    THROTTLE_CELLS,
    epochOf(slot, now, load<f64>(slot, SLOT_THROTTLE_MS)),
    1,
  );
}

/** Which: 0 requests, 1 accepts. */
export function throttleCount(slot: usize, now: f64, which: i32): f64 {
  const epoch = epochOf(slot, now, load<f64>(slot, SLOT_THROTTLE_MS));
  return ringCount(slot + THROTTLE_AT + <usize>(which << 3), THROTTLE_CELLS, epoch, THROTTLE_BUCKETS);
}

/** The share refused now, 0…maxRejection. */
export function throttleShare(slot: usize, options: usize, now: f64): f64 {
  const requests = throttleCount(slot, now, 0);
  const over = requests - load<f64>(options, O_THROTTLE_K) * throttleCount(slot, now, 1);
  return over <= 0 ? 0 : min(over / (requests + 1), load<f64>(options, O_THROTTLE_MAX));
}

export function throttleRequested(slot: usize, now: f64): void {
  throttleAdd(slot, now, 0);
}

export function throttleAccepted(slot: usize, now: f64): void {
  throttleAdd(slot, now, 8);
}

function retryAdd(slot: usize, now: f64, word: usize, count: i64): void {
  ringAdd(slot + RETRY_AT + word, RETRY_BUCKETS, epochOf(slot, now, RETRY_MS), count);
}

function retrySum(slot: usize, now: f64, word: usize): f64 {
  return ringCount(slot + RETRY_AT + word, RETRY_BUCKETS, epochOf(slot, now, RETRY_MS), RETRY_BUCKETS);
}

/** Retries left in the last ten seconds: ratio · calls + minPerSecond · 10 − retries. */
export function retryLeft(slot: usize, now: f64): f64 {
  const options = optionsOf(slot, atomic.load<i32>(slot, SLOT_VERSION));
  const floor_ = load<f64>(options, O_RETRY_FLOOR) * 10;
  return load<f64>(options, O_RETRY_RATIO) * retrySum(slot, now, 0) + floor_ - retrySum(slot, now, 8);
}

/** A first attempt was made. */
export function retryDeposit(slot: usize, now: f64): void {
  retryAdd(slot, now, 0, 1);
}

/** 1 when the budget allows a retry, which is then spent. */
export function retryWithdraw(slot: usize, now: f64): i32 {
  retryAdd(slot, now, 8, 1);
  if (retryLeft(slot, now) >= 0) return 1;
  // Spent first and looked second, so that two threads never share one retry.
  retryAdd(slot, now, 8, -1);
  return 0;
}
