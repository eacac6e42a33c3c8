// Words that more than one kernel keeps: floating point in atomic words,
// stamped counts of window buckets, counts of one breaker generation.

import { OPTIONS_AT, OPTIONS_BYTES, OPTIONS_RING, SLOT_CLOCK_BACK, V_DROPPED, V_FAILURE } from './layout';

/** How often a compare-and-swap is tried. Each miss means that another thread moved on. */
export const TRIES: i32 = 4096;

const EPOCHS: i64 = 0xfffffff; // 28 bits
const COUNTS: i64 = 0xfffffffff; // 36 bits
const TALLIES: i64 = 0xffffffffff; // 40 bits

/**
 * The word's address is a multiple of eight, so the bits added are none. But the
 * optimiser cannot know: it would make one plain load of an atomic load whose
 * bits are only reinterpreted.
 */
export function getF(at: usize): f64 {
  return reinterpret<f64>(atomic.load<i64>(at) ^ i64(at & 7));
}

export function setF(at: usize, value: f64): void {
  atomic.store<i64>(at, reinterpret<i64>(value));
}

/** Options change as whole blocks: a word of the block in force is read, never written, and plain loads will do. */
export function optionsOf(slot: usize, version: i32): usize {
  return slot + OPTIONS_AT + <usize>((version & (OPTIONS_RING - 1)) * OPTIONS_BYTES);
}

/**
 * Windows live in the clock's own time, which may go back; `now` does not. Reads the word as getF does, without
 * its call: every decision passes here.
 */
export function ownTime(slot: usize, now: f64): f64 {
  return now - reinterpret<f64>(atomic.load<i64>(slot, SLOT_CLOCK_BACK) ^ i64(slot & 7));
}

const SHIFTED: f64 = 6755399441055744; // 1.5 · 2^52
const SHIFTED_BITS: i64 = 0x4338000000000000;

/**
 * The integer nearest to `x`, of two the even one, for sizes below 2^51: added to 1.5 · 2^52 it stands in the low
 * bits. A conversion costs four times as much. Beyond 2^51 it is some number that is larger.
 */
export function whole(x: f64): i64 {
  return reinterpret<i64>(x + SHIFTED) - SHIFTED_BITS;
}

export function epochOf(slot: usize, now: f64, widthMs: f64): i64 {
  return whole(floor(ownTime(slot, now) / widthMs));
}

/**
 * Adds to a count below a tag, starting over where the word bears another tag; 1 when it did. A count ends at
 * `most`, the bits below the tag, and never falls under 0.
 */
function taggedAdd(at: usize, tag: i64, most: i64, count: i64): i32 {
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(at);
    const same = (word & ~most) == tag;
    const sum = (same ? word & most : 0) + count;
    const next = tag | (sum > most ? most : sum < 0 ? 0 : sum);
    // Lost the race: another thread counted in the same word.
    if (atomic.cmpxchg<i64>(at, word, next) == word) return i32(!same);
  }
  return 0;
}

/** Adds to a stamped word, restarting it when it belongs to another bucket; 1 when it was restarted. */
export function stampedAdd(at: usize, stamp: i64, count: i64): i32 {
  return taggedAdd(at, (stamp & EPOCHS) << 36, COUNTS, count);
}

/**
 * The same where every call passes, for a count that is not negative: without the loop as long as the bucket is
 * the same and nobody else counts in it.
 */
export function stampedGrow(at: usize, stamp: i64, count: i64): i32 {
  const word = atomic.load<i64>(at);
  const before = word ^ ((stamp & EPOCHS) << 36);
  if (<u64>before <= <u64>(COUNTS - count) && atomic.cmpxchg<i64>(at, word, word + count) == word) return 0;
  return stampedAdd(at, stamp, count);
}

export function stampedRead(at: usize, stamp: i64): f64 {
  const word = atomic.load<i64>(at);
  return (word & ~COUNTS) == (stamp & EPOCHS) << 36 ? <f64>(word & COUNTS) : 0;
}

/**
 * Sums one word of the newest `buckets` buckets of a ring of `size`, back from that of `epoch`, which stands at
 * `newest`; `salt` sets generations apart.
 */
export function ringSum(
  at: usize,
  stride: usize,
  size: i32,
  newest: i32,
  epoch: i64,
  buckets: i32,
  salt: i64,
): f64 {
  let sum: f64 = 0;
  let index = newest;
  for (let k = 0; k < buckets; k++) {
    sum += stampedRead(at + <usize>index * stride, epoch - i64(k) + salt);
    index = index == 0 ? size - 1 : index - 1;
  }
  return sum;
}

/** Adds to a count that belongs to one generation of a breaker. */
export function tallyAdd(at: usize, generation: i32, count: i64): void {
  taggedAdd(at, i64(generation) << 40, TALLIES, count);
}

/** The same as stampedGrow is to stampedAdd. */
export function tallyGrow(at: usize, generation: i32, count: i64): void {
  const word = atomic.load<i64>(at);
  const before = word ^ (i64(generation) << 40);
  if (<u64>before <= <u64>(TALLIES - count) && atomic.cmpxchg<i64>(at, word, word + count) == word) return;
  tallyAdd(at, generation, count);
}

export function tallyRead(at: usize, generation: i32): f64 {
  const word = atomic.load<i64>(at);
  return (word & ~TALLIES) == i64(generation) << 40 ? <f64>(word & TALLIES) : 0;
}

/** How far behind the count of successes that of a verdict lies. */
export function verdictAt(verdict: i32): usize {
  return <usize>((verdict == V_DROPPED ? V_FAILURE : verdict) << 3);
}

/** Adds to one of the COUNT_… words of a slot. */
export function count(slot: usize, at: usize, by: f64): void {
  atomic.add<i64>(slot + at, i64(by));
}

export function counted(slot: usize, at: usize): f64 {
  return <f64>atomic.load<i64>(slot + at);
}
