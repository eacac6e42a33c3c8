// Words that more than one kernel keeps: floating point in atomic words,
// stamped counts of window buckets, counts of one breaker generation.

import { OPTIONS_AT, OPTIONS_BYTES, OPTIONS_RING, SLOT_CLOCK_BACK } from './layout';

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

export function optionsOf(slot: usize, version: i32): usize {
  return slot + OPTIONS_AT + <usize>((version & (OPTIONS_RING - 1)) * OPTIONS_BYTES);
}

/** Options change as whole blocks, so a word of the block in force is read, never written: a plain load will do. */
export function optF(options: usize, at: usize): f64 {
  return load<f64>(options + at);
}

export function optI(options: usize, at: usize): i32 {
  return atomic.load<i32>(options + at);
}

/**
 * Windows live in the clock's own time, which may go back; `now` does not. Reads the word as getF does, without
 * its call: every decision passes here.
 */
export function ownTime(slot: usize, now: f64): f64 {
  return now - reinterpret<f64>(atomic.load<i64>(slot, SLOT_CLOCK_BACK) ^ i64(slot & 7));
}

export function epochOf(slot: usize, now: f64, widthMs: f64): i64 {
  return i64(floor(ownTime(slot, now) / widthMs));
}

/** epoch mod size, never negative; in doubles, where a division costs a third of the integer one. */
export function ringIndex(epoch: i64, size: i32): i32 {
  const turns = floor(<f64>epoch / <f64>size);
  return i32(<f64>epoch - turns * <f64>size);
}

/** Adds to a stamped word, restarting it when it belongs to another bucket; 1 when it was restarted. */
export function stampedAdd(at: usize, stamp: i64, count: i64): i32 {
  const mine = (stamp & EPOCHS) << 36;
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(at);
    const same = (word & ~COUNTS) == mine;
    const sum = (same ? word & COUNTS : 0) + count;
    const next = mine | (sum > COUNTS ? COUNTS : sum < 0 ? 0 : sum);
    // Lost the race: another thread counted in the same bucket.
    if (atomic.cmpxchg<i64>(at, word, next) == word) return i32(!same);
  }
  return 0;
}

export function stampedRead(at: usize, stamp: i64): f64 {
  const word = atomic.load<i64>(at);
  return (word & ~COUNTS) == (stamp & EPOCHS) << 36 ? <f64>(word & COUNTS) : 0;
}

/** Sums one word of the newest `buckets` buckets of a ring; `salt` sets generations apart. */
export function ringSum(at: usize, stride: usize, size: i32, epoch: i64, buckets: i32, salt: i64): f64 {
  let sum: f64 = 0;
  let index = ringIndex(epoch, size);
  for (let k = 0; k < buckets; k++) {
    sum += stampedRead(at + <usize>index * stride, epoch - i64(k) + salt);
    index = index == 0 ? size - 1 : index - 1;
  }
  return sum;
}

/** Adds to a count that belongs to one generation of a breaker. */
export function tallyAdd(at: usize, generation: i32, count: i64): void {
  const mine = i64(generation) << 40;
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(at);
    const sum = ((word & ~TALLIES) == mine ? word & TALLIES : 0) + count;
    const next = mine | (sum > TALLIES ? TALLIES : sum);
    if (atomic.cmpxchg<i64>(at, word, next) == word) return;
  }
}

export function tallyRead(at: usize, generation: i32): f64 {
  const word = atomic.load<i64>(at);
  return (word & ~TALLIES) == i64(generation) << 40 ? <f64>(word & TALLIES) : 0;
}

/** Adds to one of the COUNT_… words of a slot. */
export function count(slot: usize, at: usize, by: f64): void {
  atomic.add<i64>(slot + at, i64(by));
}

export function counted(slot: usize, at: usize): f64 {
  return <f64>atomic.load<i64>(slot + at);
}
