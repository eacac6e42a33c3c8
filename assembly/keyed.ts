// Token buckets by key: an open table of cells, each a hash and an arrival time.
//
//    cell:  ├ hash ◆ ┼ arrival time │ options version 4 │ tag 6 ◆ ┤
//
// The tag is the low six bits of the hash of the bucket's owner. A cell is taken
// over, when it never was used or its bucket is full again, by moving the second
// word first: the owner's own spending then fails on the tag, so no spent permit
// is forgotten. Until the new hash stands too the cell is in transit: its tag
// says for whom, and any thread with such a key completes the move. Should that
// be another key of the tag, it finds a permit spent which was not its own.
//
// A key takes the first free cell of its probes, and never passes over one in
// transit to its tag. As long as cells are only taken, as while time stands still
// and nothing is given back, two threads that bring one new key so choose the same
// cell. Should one before it come free between them, the later one finds the other
// when it looks back, and gives its own up; but where the other came after that,
// or a third thread has spent from what was to be given up, the key has two
// buckets. Then it may be granted one burst more, once: all threads go on with
// the bucket that comes first, and the other is full and free in time.

import {
  F_SHARED_KEYS,
  KEY_BYTES,
  KEY_HASH,
  KEY_PROBES,
  KEY_WORD,
  O_BURST,
  O_UNITS,
  SLOT_KEYS_AT,
  SLOT_KEYS_COUNT,
  SLOT_OVERFLOW,
  SLOT_VERSION,
  THREAD_HASH,
} from './layout';
import {
  bucketAvailable,
  bucketRefund,
  bucketTake,
  bucketWait,
  carried,
  costOf,
  GONE,
  MOVED,
  RATE_SHIFT,
  unitsAt,
} from './rate';
import { optionsOf, TRIES } from './words';

const SHIFT: i32 = 10;
/** Added to the address of a cell, which is even. */
const TRANSIT: usize = 1;
/** No cell is free for the key and the policy has no overflow bucket. */
export const EXHAUSTED: f64 = -4;

function probe(slot: usize, hash: i64, index: i32): usize {
  const mask = load<i32>(slot, SLOT_KEYS_COUNT) - 1;
  const place = (i32(hash >> 6) + index) & mask;
  return <usize>load<i32>(slot, SLOT_KEYS_AT) + <usize>place * KEY_BYTES;
}

function probes(slot: usize): i32 {
  return min(KEY_PROBES, load<i32>(slot, SLOT_KEYS_COUNT));
}

function tagOf(hash: i64): i64 {
  return hash & 63;
}

/** A cell whose word has been taken for a key, and whose hash is not yet the key's. */
function inTransit(here: i64, word: i64): bool {
  return here == 0 || tagOf(here) != tagOf(word);
}

/**
 * The cell that holds `hash`, before the cell `before`; 0 when none does. Where
 * none does but one is in transit to a key of its tag: that one, TRANSIT added.
 */
function cellWith(slot: usize, hash: i64, before: usize): usize {
  const end = probes(slot);
  let transit: usize = 0;
  for (let i = 0; i < end; i++) {
    const at = probe(slot, hash, i);
    if (at == before) break;
    const here = atomic.load<i64>(at, KEY_HASH);
    const word = atomic.load<i64>(at, KEY_WORD);
    const ours = tagOf(word) == tagOf(hash);
    if (ours && here == hash) return at;
    if (here == 0 && word == 0) break;
    if (ours && inTransit(here, word)) transit = at + TRANSIT;
  }
  return transit;
}

/** Completes a move for this key, if the cell still is in transit to its tag. */
function complete(at: usize, hash: i64): void {
  const here = atomic.load<i64>(at, KEY_HASH);
  const word = atomic.load<i64>(at, KEY_WORD);
  if (tagOf(word) == tagOf(hash) && inTransit(here, word)) atomic.cmpxchg<i64>(at, here, hash, KEY_HASH);
}

/** Takes the first free cell over for a key seen for the first time: 0, GONE to look again, EXHAUSTED. */
function takeOver(slot: usize, hash: i64, version: i32, now: f64, permits: f64): f64 {
  const options = optionsOf(slot, version);
  const t = unitsAt(options, now);
  const end = probes(slot);
  for (let i = 0; i < end; i++) {
    const at = probe(slot, hash, i);
    const here = atomic.load<i64>(at, KEY_HASH);
    const word = atomic.load<i64>(at, KEY_WORD);
    if (atomic.load<i32>(slot, SLOT_VERSION) != version) return MOVED;
    if (here != 0 || word != 0) {
      if (tagOf(word) == tagOf(hash)) {
        // The key itself, or somebody who brings it.
        if (here == hash || inTransit(here, word)) return GONE;
        // A bucket of the same tag could not tell its owner's spending from ours.
        continue;
      }
      if (carried(slot, word, SHIFT, version, now) >> SHIFT > t) continue;
    }
    const mine = ((t + costOf(options, permits)) << SHIFT) | (i64(version & 15) << 6) | tagOf(hash);
    if (atomic.cmpxchg<i64>(at, word, mine, KEY_WORD) != word) return GONE;
    const found = atomic.cmpxchg<i64>(at, here, hash, KEY_HASH);
    // Another key with our tag completed the move for itself.
    if (found != here && found != hash) return GONE;
    if (cellWith(slot, hash, at) == 0) return 0;
    // Given up with another tag, the cell is nobody's: who has found it as the key's looks again.
    const full = (t << SHIFT) | ((mine & 1023) ^ 1);
    return atomic.cmpxchg<i64>(at, mine, full, KEY_WORD) == mine ? GONE : 0;
  }
  // None was free; but another thread may have brought the key meanwhile.
  return cellWith(slot, hash, 0) == 0 ? EXHAUSTED : GONE;
}

/** Takes from the bucket of the hashed key. 0, the wait in ms, MOVED, or EXHAUSTED. */
export function keyedTake(slot: usize, row: usize, version: i32, now: f64, permits: f64): f64 {
  const hash = load<i64>(row, THREAD_HASH);
  for (let i = 0; i < TRIES; i++) {
    const at = cellWith(slot, hash, 0);
    if (at & TRANSIT) {
      complete(at - TRANSIT, hash);
      continue;
    }
    const wait =
      at == 0
        ? takeOver(slot, hash, version, now, permits)
        : bucketTake(slot, at + KEY_WORD, SHIFT, tagOf(hash), version, now, permits);
    if (wait == GONE) continue;
    if (wait != EXHAUSTED || (load<i32>(slot) & F_SHARED_KEYS) == 0) return wait;
    return bucketTake(slot, slot + SLOT_OVERFLOW, RATE_SHIFT, 0, version, now, permits);
  }
  return EXHAUSTED;
}

/** Takes from the bucket of the hashed key: 0, the wait in ms, or -4 when no cell is free. */
export function keyedAcquire(slot: usize, row: usize, now: f64, permits: f64): f64 {
  for (let i = 0; i < TRIES; i++) {
    const wait = keyedTake(slot, row, atomic.load<i32>(slot, SLOT_VERSION), now, permits);
    if (wait != MOVED) return wait;
  }
  return EXHAUSTED;
}

/** The cell of the hashed key; 0 for none, or none yet. */
function cellOfKey(slot: usize, row: usize): usize {
  const at = cellWith(slot, load<i64>(row, THREAD_HASH), 0);
  return at & TRANSIT ? 0 : at;
}

export function keyedAvailable(slot: usize, row: usize, now: f64): f64 {
  const at = cellOfKey(slot, row);
  if (at != 0) return bucketAvailable(slot, at + KEY_WORD, SHIFT, now);
  // A key that has no bucket would find a full one.
  const options = optionsOf(slot, atomic.load<i32>(slot, SLOT_VERSION));
  return <f64>load<i64>(options, O_BURST) / <f64>load<i64>(options, O_UNITS);
}

export function keyedWait(slot: usize, row: usize, now: f64, permits: f64): f64 {
  const at = cellOfKey(slot, row);
  return at == 0
    ? bucketWait(slot, slot + SLOT_OVERFLOW, RATE_SHIFT, now, permits)
    : bucketWait(slot, at + KEY_WORD, SHIFT, now, permits);
}

export function keyedRefund(slot: usize, row: usize, now: f64, permits: f64): void {
  const at = cellOfKey(slot, row);
  if (at != 0) bucketRefund(slot, at + KEY_WORD, SHIFT, tagOf(load<i64>(row, THREAD_HASH)), now, permits);
}

/** Brings cells from…to to the options in force, after a change of rate. */
export function keyedCarry(slot: usize, now: f64, from: i32, to: i32): void {
  const version = atomic.load<i32>(slot, SLOT_VERSION);
  const end = min(to, load<i32>(slot, SLOT_KEYS_COUNT));
  for (let index = from; index < end; index++) {
    const at = <usize>load<i32>(slot, SLOT_KEYS_AT) + <usize>index * KEY_BYTES + KEY_WORD;
    for (let i = 0; i < TRIES; i++) {
      const word = atomic.load<i64>(at);
      const next = word == 0 ? word : carried(slot, word, SHIFT, version, now);
      if (next == word || atomic.cmpxchg<i64>(at, word, next) == word) break;
    }
  }
}

/** Cells whose bucket is not full: keys that are in use. */
export function keyedLive(slot: usize, now: f64): f64 {
  const version = atomic.load<i32>(slot, SLOT_VERSION);
  const t = unitsAt(optionsOf(slot, version), now);
  const end = load<i32>(slot, SLOT_KEYS_COUNT);
  let live: f64 = 0;
  for (let index = 0; index < end; index++) {
    const word = atomic.load<i64>(<usize>load<i32>(slot, SLOT_KEYS_AT) + <usize>index * KEY_BYTES, KEY_WORD);
    if (word != 0 && carried(slot, word, SHIFT, version, now) >> SHIFT > t) live += 1;
  }
  return live;
}
