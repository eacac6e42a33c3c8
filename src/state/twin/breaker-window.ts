// What a closed breaker remembers of its calls, and whether that trips it.
//
// Time window: a ring of buckets of stamped words; the generation salts the
// stamp, so a breaker that closed again starts empty without any sweeping. The
// word of sums says which bucket was the newest with a failure or a slow call,
// + 1: once that one has left the window, nothing needs to be added up.
//
// Count window: a ring of cells, one a call, and one word of sums:
//
//    cell:  generation 24 │ – │ used, failed, slow │ duration 36, 1/64 ms
//    sums:  generation 24 │ calls 13 │ failed 13 │ slow 13
//
// A cell is swapped in whole and the difference to what it replaced is added to
// the sums. Between the two the sums may lack a call or hold one twice, so each
// field carries a bias of 1 024, more than the threads that can be between.

import * as layout from '../../../assembly/layout.ts';
import { nearest, TWO_32 } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';
import { stampOf, TRIES, type Words } from './words.ts';

const {
  BREAKER_CALLS,
  BREAKER_CURSOR,
  BREAKER_DURATION,
  BREAKER_FAILED,
  BREAKER_IGNORED,
  BREAKER_SLOW,
  BREAKER_TOTALS,
  BREAKER_WINDOW_AT,
  CALLS_AT,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
  O_FAILURE_RATE,
  O_MIN_CALLS,
  O_SLOW_RATE,
  SLOT_BUCKET_MS,
  SLOT_BUCKETS,
  SLOT_CALLS,
  WINDOW_BYTES,
  WINDOW_CALLS,
  WINDOW_DURATION,
  WINDOW_FAILED,
  WINDOW_IGNORED,
  WINDOW_MAX,
  WINDOW_SLOW,
} = layout;

const BIAS = 1024;
const EMPTY = BIAS * 2 ** 26 + BIAS * 2 ** 13 + BIAS;
// A call in the sums, as their fields count it.
const CALL_ONE = 2 ** 26;
const FAILED_ONE = 2 ** 13;

/** Generations stamp their buckets far apart: 0x9e3779b is odd, so no two of 2^28 meet. */
export function salt(generation: number): number {
  return stampOf(Math.imul(generation, 0x9e3779b));
}

function duration64(ms: number): number {
  return Math.min(Math.max(nearest(ms * 64), 0), 68719476735);
}

/** What a cell of this upper half adds to the sums. */
function part(high: number, generation: number): number {
  if (high >>> 8 !== generation) return 0;
  return ((high >> 6) & 1) * CALL_ONE + ((high >> 5) & 1) * FAILED_ONE + ((high >> 4) & 1);
}

export type BreakerWindow = ReturnType<typeof twinBreakerWindow>;

export function twinBreakerWindow(
  { i32, f64, word, look, lookInOrder, swap, exchange, add }: TwinMemory,
  { optF, optI, epochOf, stampedAdd, stampedGrow, ringSum, tallyAdd, tallyGrow, tallyRead }: Words,
) {
  function sumField(low: number, high: number, at: number): number {
    const field = at === 26 ? ((high & 127) << 6) | (low >>> 26) : (low >>> at) & 0x1fff;
    return Math.max(field - BIAS, 0);
  }

  function trips(options: number, calls: number, failed: number, slow: number): boolean {
    if (calls < optI(options, O_MIN_CALLS)) return false;
    // Divided, not multiplied: 28 of 50 is 0.56 exactly, 0.56 · 50 is a hair more than 28.
    if (failed > 0 && failed / calls >= optF(options, O_FAILURE_RATE)) return true;
    return slow > 0 && slow / calls >= optF(options, O_SLOW_RATE);
  }

  function recordCall(
    slot: number,
    options: number,
    generation: number,
    ms: number,
    failed: number,
    slow: number,
  ): boolean {
    const size = i32[(slot + SLOT_CALLS) >>> 2];
    const index = (add(slot + BREAKER_CURSOR, 1) >>> 0) % size;
    const duration = duration64(ms);
    const cell = (generation << 8) | ((4 | (failed << 1) | slow) << 4) | (duration / TWO_32);
    exchange(slot + CALLS_AT + index * 8, duration, cell);
    const change = part(cell, generation) - part(word[1], generation);
    const mine = generation << 7;
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_TOTALS);
      const low = word[0];
      const high = word[1];
      const same = (high & ~127) === mine && (low | high) !== 0;
      const next = (same ? (high & 127) * TWO_32 + (low >>> 0) : EMPTY) + change;
      const nextHigh = mine + Math.floor(next / TWO_32);
      // Lost the race: another call was summed first.
      if (!swap(slot + BREAKER_TOTALS, low, high, next, nextHigh)) continue;
      return trips(
        options,
        sumField(next, nextHigh, 26),
        sumField(next, nextHigh, 13),
        sumField(next, nextHigh, 0),
      );
    }
    return false;
  }

  function bucketOf(slot: number, epoch: number): number {
    return slot + BREAKER_WINDOW_AT + (epoch & (WINDOW_MAX - 1)) * WINDOW_BYTES;
  }

  /** Which bucket was the newest with a failure or a slow call, + 1. */
  function lastTroubled(slot: number): number {
    lookInOrder(slot + BREAKER_TOTALS);
    return word[1] * TWO_32 + (word[0] >>> 0);
  }

  function markTroubled(slot: number, epoch: number): void {
    for (let i = 0; i < TRIES; i++) {
      const seen = lastTroubled(slot);
      if (seen > epoch) return;
      const low = word[0];
      const high = word[1];
      if (swap(slot + BREAKER_TOTALS, low, high, (epoch + 1) | 0, Math.floor((epoch + 1) / TWO_32))) return;
    }
  }

  function recordTime(
    slot: number,
    options: number,
    generation: number,
    ms: number,
    now: number,
    failed: number,
    slow: number,
  ): boolean {
    const epoch = epochOf(slot, now, f64[(slot + SLOT_BUCKET_MS) >>> 3]);
    const stamp = stampOf(stampOf(epoch) + salt(generation));
    const bucket = bucketOf(slot, epoch);
    stampedGrow(bucket + WINDOW_CALLS, stamp, 1);
    stampedGrow(bucket + WINDOW_DURATION, stamp, duration64(ms));
    if (failed) stampedAdd(bucket + WINDOW_FAILED, stamp, 1);
    if (slow) stampedAdd(bucket + WINDOW_SLOW, stamp, 1);
    if (failed | slow) {
      // Before the sums: of a failure and the call that makes it enough, one sees the other.
      markTroubled(slot, epoch);
    } else if (lastTroubled(slot) <= epoch + 1 - i32[(slot + SLOT_BUCKETS) >>> 2]) return false;
    return trips(
      options,
      windowRead(slot, F_WINDOW_TIME, generation, now, 0),
      windowRead(slot, F_WINDOW_TIME, generation, now, 1),
      windowRead(slot, F_WINDOW_TIME, generation, now, 2),
    );
  }

  /** Records a decided call of a closed breaker; true when the window trips it. */
  function windowRecord(
    slot: number,
    options: number,
    features: number,
    generation: number,
    ms: number,
    now: number,
    failed: number,
    slow: number,
  ): boolean {
    if (features & F_WINDOW_TIME) return recordTime(slot, options, generation, ms, now, failed, slow);
    if (features & F_WINDOW_CALLS) return recordCall(slot, options, generation, ms, failed, slow);
    tallyGrow(slot + BREAKER_CALLS, generation, 1);
    if (failed) tallyAdd(slot + BREAKER_FAILED, generation, 1);
    if (slow) tallyAdd(slot + BREAKER_SLOW, generation, 1);
    if (ms > 0) tallyGrow(slot + BREAKER_DURATION, generation, duration64(ms));
    return false;
  }

  function windowIgnore(slot: number, features: number, generation: number, now: number): void {
    if (features & F_WINDOW_TIME) {
      const epoch = epochOf(slot, now, f64[(slot + SLOT_BUCKET_MS) >>> 3]);
      stampedAdd(bucketOf(slot, epoch) + WINDOW_IGNORED, stampOf(stampOf(epoch) + salt(generation)), 1);
    } else tallyAdd(slot + BREAKER_IGNORED, generation, 1);
  }

  /** Reads one count of a window: which is 0 calls, 1 failed, 2 slow, 3 ignored, 4 duration in ms. */
  function windowRead(
    slot: number,
    features: number,
    generation: number,
    now: number,
    which: number,
  ): number {
    // Both kinds of window keep what was turned away between the ignored and the duration.
    const at = (which === 4 ? 5 : which) * 8;
    if (features & F_WINDOW_TIME) {
      const size = i32[(slot + SLOT_BUCKETS) >>> 2];
      const epoch = epochOf(slot, now, f64[(slot + SLOT_BUCKET_MS) >>> 3]);
      const first = epoch & (WINDOW_MAX - 1);
      const ring = slot + BREAKER_WINDOW_AT + at;
      const sum = ringSum(ring, WINDOW_BYTES, WINDOW_MAX, first, epoch, size, salt(generation));
      return which === 4 ? sum / 64 : sum;
    }
    if (features & F_WINDOW_CALLS && which !== 3) {
      if (which === 4) return callsDuration(slot, generation);
      look(slot + BREAKER_TOTALS);
      const low = word[0];
      const high = word[1];
      if ((low | high) === 0 || (high & ~127) !== generation << 7) return 0;
      return sumField(low, high, which === 0 ? 26 : which === 1 ? 13 : 0);
    }
    const sum = tallyRead(slot + BREAKER_CALLS + at, generation);
    return which === 4 ? sum / 64 : sum;
  }

  function callsDuration(slot: number, generation: number): number {
    const size = i32[(slot + SLOT_CALLS) >>> 2];
    let sum = 0;
    for (let i = 0; i < size; i++) {
      look(slot + CALLS_AT + i * 8);
      if (part(word[1], generation) !== 0) sum += (word[1] & 15) * TWO_32 + (word[0] >>> 0);
    }
    return sum / 64;
  }

  return { windowRecord, windowIgnore, windowRead, markTroubled };
}
