// Client-side throttle: refuses a share of calls that grows as the upstream
// accepts fewer of them, and counters of the retry budget, which are alike.
//
//    p = max(0, (requests − k · accepts) / (requests + 1))
//
// Source: Beyer et al., Site Reliability Engineering, ch. 21, "Client-Side Throttling".

import * as layout from '../../../assembly/layout.ts';
import type { TwinMemory } from './memory.ts';
import { optionsOf, stampOf, type Words } from './words.ts';

const {
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
} = layout;

export type Throttle = ReturnType<typeof twinThrottle>;

export function twinThrottle({ f64, load }: TwinMemory, { optF, epochOf, stampedAdd, ringSum }: Words) {
  /** A pair of counts for each bucket; `size` is a power of two. */
  function ringAdd(ring: number, size: number, epoch: number, count: number): void {
    stampedAdd(ring + (epoch & (size - 1)) * 16, stampOf(epoch), count);
  }

  function ringCount(ring: number, size: number, epoch: number, buckets: number): number {
    return ringSum(ring, 16, size, epoch & (size - 1), epoch, buckets, 0);
  }

  function throttleAdd(slot: number, now: number, word: number): void {
    const epoch = epochOf(slot, now, f64[(slot + SLOT_THROTTLE_MS) >>> 3]);
    ringAdd(slot + THROTTLE_AT + word, THROTTLE_CELLS, epoch, 1);
  }

  /** Which: 0 requests, 1 accepts. */
  function throttleCount(slot: number, now: number, which: number): number {
    const epoch = epochOf(slot, now, f64[(slot + SLOT_THROTTLE_MS) >>> 3]);
    return ringCount(slot + THROTTLE_AT + which * 8, THROTTLE_CELLS, epoch, THROTTLE_BUCKETS);
  }

  /** The share refused now, 0…maxRejection. */
  function throttleShare(slot: number, options: number, now: number): number {
    const requests = throttleCount(slot, now, 0);
    const over = requests - optF(options, O_THROTTLE_K) * throttleCount(slot, now, 1);
    return over <= 0 ? 0 : Math.min(over / (requests + 1), optF(options, O_THROTTLE_MAX));
  }

  function throttleRequested(slot: number, now: number): void {
    throttleAdd(slot, now, 0);
  }

  function throttleAccepted(slot: number, now: number): void {
    throttleAdd(slot, now, 8);
  }

  function retryAdd(slot: number, now: number, word: number, count: number): void {
    ringAdd(slot + RETRY_AT + word, RETRY_BUCKETS, epochOf(slot, now, RETRY_MS), count);
  }

  function retrySum(slot: number, now: number, word: number): number {
    return ringCount(slot + RETRY_AT + word, RETRY_BUCKETS, epochOf(slot, now, RETRY_MS), RETRY_BUCKETS);
  }

  /** Retries left in the last ten seconds: ratio · calls + minPerSecond · 10 − retries. */
  function retryLeft(slot: number, now: number): number {
    const options = optionsOf(slot, load(slot + SLOT_VERSION));
    const floor = optF(options, O_RETRY_FLOOR) * 10;
    return optF(options, O_RETRY_RATIO) * retrySum(slot, now, 0) + floor - retrySum(slot, now, 8);
  }

  /** A first attempt was made. */
  function retryDeposit(slot: number, now: number): void {
    retryAdd(slot, now, 0, 1);
  }

  /** 1 when the budget allows a retry, which is then spent. */
  function retryWithdraw(slot: number, now: number): number {
    retryAdd(slot, now, 8, 1);
    if (retryLeft(slot, now) >= 0) return 1;
    // Spent first and looked second, so that two threads never share one retry.
    retryAdd(slot, now, 8, -1);
    return 0;
  }

  return {
    throttleCount,
    throttleShare,
    throttleRequested,
    throttleAccepted,
    retryLeft,
    retryDeposit,
    retryWithdraw,
  };
}
