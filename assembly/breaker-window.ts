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

import {
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
} from './layout';
import {
  epochOf,
  ringSum,
  stampedAdd,
  stampedGrow,
  TRIES,
  tallyAdd,
  tallyGrow,
  tallyRead,
  whole,
} from './words';

const BIAS: i64 = 1024;
const EMPTY: i64 = (BIAS << 26) | (BIAS << 13) | BIAS;
const SUMS: i64 = 0x7fffffffff; // 39 bits
const DURATION: i64 = 0xfffffffff;

/** Generations stamp their buckets far apart: 0x9e3779b is odd, so no two of 2^28 meet. */
function salt(generation: i32): i64 {
  return i64(generation) * 0x9e3779b;
}

function duration64(ms: f64): i64 {
  return min<i64>(max<i64>(whole(ms * 64), 0), 68719476735);
}

function sumField(word: i64, at: i32): f64 {
  return max<f64>(<f64>((word >> at) & 0x1fff) - <f64>BIAS, 0);
}

function part(cell: i64, generation: i32): i64 {
  if ((i32(cell >> 40) & 0xffffff) != generation) return 0;
  return (((cell >> 38) & 1) << 26) | (((cell >> 37) & 1) << 13) | ((cell >> 36) & 1);
}

function trips(options: usize, calls: f64, failed: f64, slow: f64): bool {
  if (calls < <f64>load<i32>(options, O_MIN_CALLS)) return false;
  // Divided, not multiplied: 28 of 50 is 0.56 exactly, 0.56 · 50 is a hair more than 28.
  if (failed > 0 && failed / calls >= load<f64>(options, O_FAILURE_RATE)) return true;
  return slow > 0 && slow / calls >= load<f64>(options, O_SLOW_RATE);
}

function recordCall(
  slot: usize,
  options: usize,
  generation: i32,
  duration: i64,
  failed: i32,
  slow: i32,
): bool {
  const size = load<i32>(slot, SLOT_CALLS);
  const index = <u32>atomic.add<i32>(slot, 1, BREAKER_CURSOR) % <u32>size;
  const flags = (<i64>4 | (i64(failed) << 1) | i64(slow)) << 36;
  const cell = (i64(generation) << 40) | flags | duration;
  const old = atomic.xchg<i64>(slot + CALLS_AT + <usize>(index << 3), cell);
  const change = part(cell, generation) - part(old, generation);
  const mine = i64(generation) << 39;
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_TOTALS);
    const next = ((word & ~SUMS) == mine && word != 0 ? word : mine | EMPTY) + change;
    // Lost the race: another call was summed first.
    if (atomic.cmpxchg<i64>(slot, word, next, BREAKER_TOTALS) != word) continue;
    return trips(options, sumField(next, 26), sumField(next, 13), sumField(next, 0));
  }
  return false;
}

function bucketOf(slot: usize, epoch: i64): usize {
  const index = i32(epoch) & (WINDOW_MAX - 1);
  return slot + BREAKER_WINDOW_AT + <usize>(index * WINDOW_BYTES);
}

function markTroubled(slot: usize, epoch: i64): void {
  for (let i = 0; i < TRIES; i++) {
    const seen = atomic.load<i64>(slot, BREAKER_TOTALS);
    if (seen > epoch || atomic.cmpxchg<i64>(slot, seen, epoch + 1, BREAKER_TOTALS) == seen) return;
  }
}

function recordTime(
  slot: usize,
  options: usize,
  generation: i32,
  duration: i64,
  now: f64,
  failed: i32,
  slow: i32,
): bool {
  const epoch = epochOf(slot, now, load<f64>(slot, SLOT_BUCKET_MS));
  const stamp = epoch + salt(generation);
  const bucket = bucketOf(slot, epoch);
  stampedGrow(bucket + WINDOW_CALLS, stamp, 1);
  stampedGrow(bucket + WINDOW_DURATION, stamp, duration);
  if (failed) stampedAdd(bucket + WINDOW_FAILED, stamp, 1);
  if (slow) stampedAdd(bucket + WINDOW_SLOW, stamp, 1);
  if (failed | slow) {
    // Before the sums: of a failure and the call that makes it enough, one sees the other.
    markTroubled(slot, epoch);
  } else if (atomic.load<i64>(slot, BREAKER_TOTALS) <= epoch + 1 - i64(load<i32>(slot, SLOT_BUCKETS))) {
    return false;
  }
  return trips(
    options,
    windowRead(slot, F_WINDOW_TIME, generation, now, 0),
    windowRead(slot, F_WINDOW_TIME, generation, now, 1),
    windowRead(slot, F_WINDOW_TIME, generation, now, 2),
  );
}

/** Records a decided call of a closed breaker; true when the window trips it. */
export function windowRecord(
  slot: usize,
  options: usize,
  features: i32,
  generation: i32,
  ms: f64,
  now: f64,
  failed: i32,
  slow: i32,
): bool {
  const duration = duration64(ms);
  if (features & F_WINDOW_TIME) return recordTime(slot, options, generation, duration, now, failed, slow);
  if (features & F_WINDOW_CALLS) return recordCall(slot, options, generation, duration, failed, slow);
  tallyGrow(slot + BREAKER_CALLS, generation, 1);
  if (failed) tallyAdd(slot + BREAKER_FAILED, generation, 1);
  if (slow) tallyAdd(slot + BREAKER_SLOW, generation, 1);
  if (ms > 0) tallyGrow(slot + BREAKER_DURATION, generation, duration);
  return false;
}

export function windowIgnore(slot: usize, features: i32, generation: i32, now: f64): void {
  if (features & F_WINDOW_TIME) {
    const epoch = epochOf(slot, now, load<f64>(slot, SLOT_BUCKET_MS));
    stampedAdd(bucketOf(slot, epoch) + WINDOW_IGNORED, epoch + salt(generation), 1);
  } else tallyAdd(slot + BREAKER_IGNORED, generation, 1);
}

/** Reads one count of a window: which is 0 calls, 1 failed, 2 slow, 3 ignored, 4 duration in ms. */
export function windowRead(slot: usize, features: i32, generation: i32, now: f64, which: i32): f64 {
  // Both kinds of window keep what was turned away between the ignored and the duration.
  const at = <usize>((which == 4 ? 5 : which) << 3);
  if (features & F_WINDOW_TIME) {
    const size = load<i32>(slot, SLOT_BUCKETS);
    const epoch = epochOf(slot, now, load<f64>(slot, SLOT_BUCKET_MS));
    const sum = ringSum(
      slot + BREAKER_WINDOW_AT + at,
      WINDOW_BYTES,
      WINDOW_MAX,
      i32(epoch) & (WINDOW_MAX - 1),
      epoch,
      size,
      salt(generation),
    );
    return which == 4 ? sum / 64 : sum;
  }
  if (features & F_WINDOW_CALLS && which != 3) {
    if (which == 4) return callsDuration(slot, generation);
    const word = atomic.load<i64>(slot, BREAKER_TOTALS);
    if (word == 0 || (word & ~SUMS) != i64(generation) << 39) return 0;
    return sumField(word, which == 0 ? 26 : which == 1 ? 13 : 0);
  }
  const sum = tallyRead(slot + BREAKER_CALLS + at, generation);
  return which == 4 ? sum / 64 : sum;
}

function callsDuration(slot: usize, generation: i32): f64 {
  const size = load<i32>(slot, SLOT_CALLS);
  let sum: f64 = 0;
  for (let i = 0; i < size; i++) {
    const cell = atomic.load<i64>(slot + CALLS_AT + <usize>(i << 3));
    if (part(cell, generation) != 0) sum += <f64>(cell & DURATION);
  }
  return sum / 64;
}
