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

import * as layout from '../../../assembly/layout.ts';
import { TWO_32, whole } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';
import type { Words } from './words.ts';

const {
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
} = layout;

const FINE = 16384; // units in a millisecond
const TOP = 8796093022207; // 2^43 − 1: six days

export function latencyIndex(ms: number): number {
  const u = whole(Math.min(Math.max(ms, 0) * FINE, TOP));
  if (u < 16) return u;
  if (u < TWO_32) {
    const shift = 27 - Math.clz32(u);
    return (shift << 4) + (u >>> shift);
  }
  const shift = 59 - Math.clz32(u / TWO_32);
  return (shift << 4) + Math.floor(u / 2 ** shift);
}

/** The middle of a bucket, in milliseconds. */
export function latencyValue(index: number): number {
  if (index < 16) return index / FINE;
  const width = 2 ** ((index >> 4) - 1);
  return (((index & 15) + 16) * width + width / 2) / FINE;
}

/** View 0 watches whole calls, the others attempts. */
function histogramOf(slot: number, view: number): number {
  return slot + (view === 0 ? LATENCY_CALLS_AT : LATENCY_ATTEMPTS_AT);
}

function viewOf(slot: number, view: number): number {
  return slot + LATENCY_VIEWS_AT + view * VIEW_BYTES;
}

export type Latency = ReturnType<typeof twinLatency>;

export function twinLatency(
  { i32, f64, word, look, swap, put, store, grow }: TwinMemory,
  { getI, epochOf }: Words,
) {
  function sliceOf(slot: number, view: number, now: number): number {
    return epochOf(slot, now, f64[(slot + SLOT_SLICE_MS + view * 8) >>> 3]) + 1;
  }

  function keep(slot: number, view: number, slice: number): void {
    const at = viewOf(slot, view);
    const index = slice & (VIEW_COUNT - 1);
    const from = histogramOf(slot, view) >>> 2;
    const to = at + VIEW_SLICES + index * VIEW_SLICE_BYTES;
    const stamp = at + VIEW_STAMPS + index * 8;
    put(stamp, 0, 0);
    for (let i = 0; i < LATENCY_BUCKETS; i++) {
      const count = i32[from + i * 2];
      // Most buckets are as they were; an atomic store costs more than a look.
      if (i32[(to >>> 2) + i] !== count) store(to + i * 4, count);
    }
    // Stamped last: a thread that dies before leaves a slice that nobody reads.
    put(stamp, slice, Math.floor(slice / TWO_32));
  }

  /** Begins a slice whose time has come; 1 for the one thread that did. */
  function viewTurn(slot: number, view: number, slice: number): number {
    const at = viewOf(slot, view);
    look(at + VIEW_EPOCH);
    const low = word[0];
    const high = word[1];
    const last = high * TWO_32 + (low >>> 0);
    if (last === slice || !swap(at + VIEW_EPOCH, low, high, slice, Math.floor(slice / TWO_32))) return 0;
    // The clock went back: what was kept is in the future, and counts as empty.
    if (slice < last) for (let i = 0; i < VIEW_COUNT; i++) put(at + VIEW_STAMPS + i * 8, 0, 0);
    keep(slot, view, slice);
    return 1;
  }

  /** Counts the latency of a whole call; 1 when that began a slice of the budget's view. */
  function latencyOfCall(slot: number, features: number, ms: number, now: number): number {
    const turned = features & F_VIEW_BUDGET ? viewTurn(slot, 0, sliceOf(slot, 0, now)) : 0;
    grow(slot + LATENCY_CALLS_AT + latencyIndex(ms) * 8, 1);
    return turned;
  }

  /** Counts the latency of an attempt, for the views of timeouts and hedges. */
  function latencyOfAttempt(slot: number, features: number, ms: number, now: number): void {
    for (let view = 1; view < 3; view++) {
      if (features & (F_VIEW_BUDGET << view)) viewTurn(slot, view, sliceOf(slot, view, now));
    }
    grow(slot + LATENCY_ATTEMPTS_AT + latencyIndex(ms) * 8, 1);
  }

  /** Where the oldest slice still inside the window is kept; 0 when nothing is. */
  function oldest(slot: number, view: number, now: number): number {
    const at = viewOf(slot, view);
    const slice = sliceOf(slot, view, now);
    let found = 0;
    let first = slice + 1;
    for (let i = 0; i < VIEW_COUNT; i++) {
      const stamp = getI(at + VIEW_STAMPS + i * 8);
      if (stamp === 0 || stamp >= first || stamp <= slice - VIEW_COUNT) continue;
      first = stamp;
      found = at + VIEW_SLICES + i * VIEW_SLICE_BYTES;
    }
    return found;
  }

  function since(from: number, kept: number, index: number): number {
    return (i32[(from + index * 8) >>> 2] - i32[(kept + index * 4) >>> 2]) >>> 0;
  }

  /** What has come since then in the buckets up to and with `last`. */
  function total(from: number, kept: number, last: number): number {
    let sum = 0;
    for (let i = 0; i <= last; i++) sum += since(from, kept, i);
    return sum;
  }

  /** Latencies in the window of a view. */
  function viewCount(slot: number, view: number, now: number): number {
    return viewWithin(slot, view, now, Infinity);
  }

  function percentileOf(from: number, kept: number, total: number, q: number): number {
    const rank = Math.max(Math.ceil(q * total), 1);
    let seen = 0;
    for (let i = 0; i < LATENCY_BUCKETS; i++) {
      seen += since(from, kept, i);
      if (seen >= rank) return latencyValue(i);
    }
    return NaN;
  }

  /** The latency in milliseconds that a share `q` of the window did not exceed; NaN without any. */
  function viewPercentile(slot: number, view: number, now: number, q: number): number {
    const kept = oldest(slot, view, now);
    if (kept === 0) return NaN;
    return percentileOf(histogramOf(slot, view), kept, viewCount(slot, view, now), q);
  }

  /** Latencies of the window that were at most `ms`, to the width of a bucket. */
  function viewWithin(slot: number, view: number, now: number, ms: number): number {
    const kept = oldest(slot, view, now);
    return kept === 0 ? 0 : total(histogramOf(slot, view), kept, latencyIndex(ms));
  }

  /**
   * Percentile of what came since slice `slice` of a view began, NaN when fewer
   * than `least` did: what the adaptive rate is judged by.
   */
  function sliceP(slot: number, view: number, slice: number, q: number, least: number): number {
    const at = viewOf(slot, view);
    const index = slice & (VIEW_COUNT - 1);
    if (getI(at + VIEW_STAMPS + index * 8) !== slice) return NaN;
    const kept = at + VIEW_SLICES + index * VIEW_SLICE_BYTES;
    const from = histogramOf(slot, view);
    const count = total(from, kept, LATENCY_BUCKETS - 1);
    return count < least ? NaN : percentileOf(from, kept, count, q);
  }

  function viewSlice(slot: number, view: number): number {
    return getI(viewOf(slot, view) + VIEW_EPOCH);
  }

  return {
    sliceOf,
    viewTurn,
    latencyOfCall,
    latencyOfAttempt,
    viewCount,
    viewPercentile,
    viewWithin,
    sliceP,
    viewSlice,
  };
}
