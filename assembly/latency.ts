// Latency: one growing histogram, and views of its recent past.
//
// Buckets are log-linear: 16 to each power of two, so the middle of one is
// within 1/32 of anything in it, from a microsecond to six days. A latency is
// counted once, by one atomic add. A view remembers the histogram as it was at
// the start of each of its last eight slices; what lies between then and now is
// the window. So a window costs nothing on the path, and no count is ever thrown
// away or counted twice.
//
//    index of u = ms · 16384:  u < 16: u
//                              else (e − 4) · 16 + (u >> (e − 4)), e = floor(log2 u)
//
// Source of the bucket form: G. Tene, HdrHistogram.

import {
  F_VIEW_BUDGET,
  LATENCY_ATTEMPTS_AT,
  LATENCY_BUCKETS,
  LATENCY_CALLS_AT,
  LATENCY_VIEWS_AT,
  SLOT_SLICE_MS,
  VIEW_BYTES,
  VIEW_COUNT,
  VIEW_EPOCH,
  VIEW_SLICE_BYTES,
  VIEW_SLICES,
  VIEW_STAMPS,
} from './layout';
import { epochOf, ownTime, whole } from './words';

const FINE: f64 = 16384; // units in a millisecond
const BUCKET_0: i32 = 1023 * 16 + 48; // (e − 4) · 16 + 16 is e · 16 − 48

export function latencyIndex(ms: f64): i32 {
  const u = ms * FINE;
  if (!(u >= 16)) return i32(max<f64>(u, 0));
  // A double's upper sixteen bits are e + 1 023 and the four bits below the leading one: the bucket but for a constant.
  return min<i32>(i32(reinterpret<i64>(u) >> 48) - BUCKET_0, LATENCY_BUCKETS - 1);
}

/** The middle of a bucket, in milliseconds. */
export function latencyValue(index: i32): f64 {
  if (index < 16) return <f64>index / FINE;
  const shift = (index >> 4) - 1;
  const from = i64((index & 15) + 16) << shift;
  return (<f64>from + <f64>((<i64>1) << shift) / 2) / FINE;
}

/** View 0 watches whole calls, the others attempts. */
function histogramOf(slot: usize, view: i32): usize {
  return slot + (view == 0 ? LATENCY_CALLS_AT : LATENCY_ATTEMPTS_AT);
}

function viewOf(slot: usize, view: i32): usize {
  return slot + LATENCY_VIEWS_AT + <usize>(view * VIEW_BYTES);
}

export function sliceOf(slot: usize, view: i32, now: f64): i64 {
  return epochOf(slot, now, load<f64>(slot + <usize>(view << 3), SLOT_SLICE_MS)) + 1;
}

function keep(slot: usize, view: i32, slice: i64): void {
  const at = viewOf(slot, view);
  const index = i32(slice) & (VIEW_COUNT - 1);
  const from = histogramOf(slot, view);
  const to = at + VIEW_SLICES + <usize>(index * VIEW_SLICE_BYTES);
  const stamp = at + VIEW_STAMPS + <usize>(index << 3);
  atomic.store<i64>(stamp, 0);
  for (let i: usize = 0; i < <usize>LATENCY_BUCKETS; i++) {
    atomic.store<i32>(to + (i << 2), i32(atomic.load<i64>(from + (i << 3))));
  }
  // Stamped last: a thread that dies before leaves a slice that nobody reads.
  atomic.store<i64>(stamp, slice);
}

/** Begins a slice whose time has come; 1 for the one thread that did. */
export function viewTurn(slot: usize, view: i32, slice: i64): i32 {
  const at = viewOf(slot, view);
  const last = atomic.load<i64>(at, VIEW_EPOCH);
  if (last == slice || atomic.cmpxchg<i64>(at, last, slice, VIEW_EPOCH) != last) return 0;
  // The clock went back: what was kept is in the future, and counts as empty.
  if (slice < last)
    for (let i = 0; i < VIEW_COUNT; i++) atomic.store<i64>(at + VIEW_STAMPS + <usize>(i << 3), 0);
  keep(slot, view, slice);
  return 1;
}

/** Counts the latency of a whole call; 1 when that began a slice of the budget's view. */
export function latencyOfCall(slot: usize, features: i32, ms: f64, now: f64): i32 {
  let turned: i32 = 0;
  if (features & F_VIEW_BUDGET) {
    // As sliceOf says it, but without a call: every call with a latency budget passes here.
    const slice = whole(floor(ownTime(slot, now) / load<f64>(slot, SLOT_SLICE_MS))) + 1;
    if (slice != atomic.load<i64>(slot, LATENCY_VIEWS_AT + VIEW_EPOCH)) turned = viewTurn(slot, 0, slice);
  }
  atomic.add<i64>(slot + <usize>(latencyIndex(ms) << 3), 1, LATENCY_CALLS_AT);
  return turned;
}

/** Counts the latency of an attempt, for the views of timeouts and hedges. */
export function latencyOfAttempt(slot: usize, features: i32, ms: f64, now: f64): void {
  for (let view = 1; view < 3; view++) {
    if (features & (F_VIEW_BUDGET << view)) viewTurn(slot, view, sliceOf(slot, view, now));
  }
  atomic.add<i64>(slot + <usize>(latencyIndex(ms) << 3), 1, LATENCY_ATTEMPTS_AT);
}

/** Where the oldest slice still inside the window is kept; 0 when nothing is. */
function oldest(slot: usize, view: i32, now: f64): usize {
  const at = viewOf(slot, view);
  const slice = sliceOf(slot, view, now);
  let found: usize = 0;
  let first: i64 = slice + 1;
  for (let i = 0; i < VIEW_COUNT; i++) {
    const stamp = atomic.load<i64>(at + VIEW_STAMPS + <usize>(i << 3));
    if (stamp == 0 || stamp >= first || stamp <= slice - VIEW_COUNT) continue;
    first = stamp;
    found = at + VIEW_SLICES + <usize>(i * VIEW_SLICE_BYTES);
  }
  return found;
}

function since(from: usize, kept: usize, index: i32): f64 {
  const now = i32(atomic.load<i64>(from + <usize>(index << 3)));
  return <f64>(<u32>(now - atomic.load<i32>(kept + <usize>(index << 2))));
}

/** What has come since then in the buckets up to and with `last`. */
function total(from: usize, kept: usize, last: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i <= last; i++) sum += since(from, kept, i);
  return sum;
}

/** Latencies in the window of a view. */
export function viewCount(slot: usize, view: i32, now: f64): f64 {
  return viewWithin(slot, view, now, Infinity);
}

function percentileOf(from: usize, kept: usize, total: f64, q: f64): f64 {
  const rank = max<f64>(ceil(q * total), 1);
  let seen: f64 = 0;
  for (let i = 0; i < LATENCY_BUCKETS; i++) {
    seen += since(from, kept, i);
    if (seen >= rank) return latencyValue(i);
  }
  return NaN;
}

/** The latency in milliseconds that a share `q` of the window did not exceed; NaN without any. */
export function viewPercentile(slot: usize, view: i32, now: f64, q: f64): f64 {
  const kept = oldest(slot, view, now);
  if (kept == 0) return NaN;
  return percentileOf(histogramOf(slot, view), kept, viewCount(slot, view, now), q);
}

/** Latencies of the window that were at most `ms`, to the width of a bucket. */
export function viewWithin(slot: usize, view: i32, now: f64, ms: f64): f64 {
  const kept = oldest(slot, view, now);
  return kept == 0 ? 0 : total(histogramOf(slot, view), kept, latencyIndex(ms));
}

/**
 * Percentile of what came since slice `slice` of a view began, NaN when fewer
 * than `least` did: what the adaptive rate is judged by.
 */
export function sliceP(slot: usize, view: i32, slice: i64, q: f64, least: f64): f64 {
  const at = viewOf(slot, view);
  const index = i32(slice) & (VIEW_COUNT - 1);
  if (atomic.load<i64>(at + VIEW_STAMPS + <usize>(index << 3)) != slice) return NaN;
  const kept = at + VIEW_SLICES + <usize>(index * VIEW_SLICE_BYTES);
  const from = histogramOf(slot, view);
  const count = total(from, kept, LATENCY_BUCKETS - 1);
  return count < least ? NaN : percentileOf(from, kept, count, q);
}

export function viewSlice(slot: usize, view: i32): i64 {
  return atomic.load<i64>(viewOf(slot, view), VIEW_EPOCH);
}
