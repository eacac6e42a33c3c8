// Token buckets by key: an open table of cells, each a hash and an arrival time.
//
//    cell:  ├ hash ◆ ┼ arrival time │ options version 4 │ tag 6 ◆ ┤
//
// How a cell changes hands, and why no spent permit is forgotten: see
// assembly/keyed.ts.

import * as layout from '../../../assembly/layout.ts';
import type { TwinMemory } from './memory.ts';
import { GONE, MOVED, RATE_SHIFT, type Rate } from './rate.ts';
import type { RateUnits } from './rate-units.ts';
import { optionsOf, TRIES } from './words.ts';

const {
  F_SHARED_KEYS,
  KEY_BYTES,
  KEY_HASH,
  KEY_PROBES,
  KEY_WORD,
  SLOT_KEYS_AT,
  SLOT_KEYS_COUNT,
  SLOT_OVERFLOW,
  SLOT_VERSION,
  THREAD_HASH,
} = layout;

const SHIFT = 10;
const TAG = 63;
/** Added to the address of a cell, which is even. */
const TRANSIT = 1;
/** No cell is free for the key and the policy has no overflow bucket. */
export const EXHAUSTED = -4;

export type Keyed = ReturnType<typeof twinKeyed>;

export function twinKeyed(
  { i32, word, look, lookInOrder, swap, load }: TwinMemory,
  { next, units, burstOf, unitsAt, costOf, compose, carriedAhead }: RateUnits,
  { bucketTake, bucketWait, bucketAvailable, bucketRefund, bucketCarry }: Rate,
) {
  function probe(slot: number, hashLow: number, hashHigh: number, index: number): number {
    const mask = i32[(slot + SLOT_KEYS_COUNT) >>> 2] - 1;
    const place = (((hashLow >>> 6) | (hashHigh << 26)) + index) & mask;
    return i32[(slot + SLOT_KEYS_AT) >>> 2] + place * KEY_BYTES;
  }

  function probes(slot: number): number {
    return Math.min(KEY_PROBES, i32[(slot + SLOT_KEYS_COUNT) >>> 2]);
  }

  function isZero(at: number): boolean {
    return (i32[at >>> 2] | i32[(at + 4) >>> 2]) === 0;
  }

  /** A cell whose word has been taken for a key, and whose hash is not yet the key's. */
  function inTransit(hereLow: number, hereHigh: number, low: number): boolean {
    return (hereLow | hereHigh) === 0 || ((hereLow ^ low) & TAG) !== 0;
  }

  /**
   * The cell that holds the hash, before the cell `before`; 0 when none does. Where
   * none does but one is in transit to a key of its tag: that one, TRANSIT added.
   */
  function cellWith(slot: number, hashLow: number, hashHigh: number, before: number): number {
    const end = probes(slot);
    let transit = 0;
    for (let i = 0; i < end; i++) {
      const at = probe(slot, hashLow, hashHigh, i);
      if (at === before) break;
      // A plain look may find the cell, since who takes from it looks again; all else is decided in order.
      look(at + KEY_HASH);
      const itself = word[0] === hashLow && word[1] === hashHigh;
      if (itself && ((i32[(at + KEY_WORD) >>> 2] ^ hashLow) & TAG) === 0) return at;
      lookInOrder(at + KEY_HASH);
      const hereLow = word[0];
      const hereHigh = word[1];
      lookInOrder(at + KEY_WORD);
      const low = word[0];
      const ours = ((low ^ hashLow) & TAG) === 0;
      if (ours && hereLow === hashLow && hereHigh === hashHigh) return at;
      if ((hereLow | hereHigh | low | word[1]) === 0) break;
      if (ours && inTransit(hereLow, hereHigh, low)) transit = at + TRANSIT;
    }
    return transit;
  }

  /** Completes a move for this key, if the cell still is in transit to its tag. */
  function complete(at: number, hashLow: number, hashHigh: number): void {
    lookInOrder(at + KEY_HASH);
    const hereLow = word[0];
    const hereHigh = word[1];
    lookInOrder(at + KEY_WORD);
    const low = word[0];
    if (((low ^ hashLow) & TAG) !== 0 || !inTransit(hereLow, hereHigh, low)) return;
    swap(at + KEY_HASH, hereLow, hereHigh, hashLow, hashHigh);
  }

  /** Takes the first free cell over for a key seen for the first time: 0, GONE to look again, EXHAUSTED. */
  function takeOver(
    slot: number,
    hashLow: number,
    hashHigh: number,
    version: number,
    now: number,
    permits: number,
  ): number {
    const options = optionsOf(slot, version);
    const t = unitsAt(options, now);
    const end = probes(slot);
    for (let i = 0; i < end; i++) {
      const at = probe(slot, hashLow, hashHigh, i);
      lookInOrder(at + KEY_HASH);
      const hereLow = word[0];
      const hereHigh = word[1];
      lookInOrder(at + KEY_WORD);
      const low = word[0];
      const high = word[1];
      if (load(slot + SLOT_VERSION) !== version) return MOVED;
      if ((hereLow | hereHigh | low | high) !== 0) {
        if (((low ^ hashLow) & TAG) === 0) {
          // The key itself, or somebody who brings it.
          const itself = hereLow === hashLow && hereHigh === hashHigh;
          if (itself || inTransit(hereLow, hereHigh, low)) return GONE;
          // A bucket of the same tag could not tell its owner's spending from ours.
          continue;
        }
        if (carriedAhead(slot, low, high, SHIFT, version, now) > 0) continue;
      }
      const bits = ((version & 15) << 6) | (hashLow & TAG);
      compose(t, costOf(options, permits), SHIFT, bits);
      const mineLow = next[0];
      const mineHigh = next[1];
      if (!swap(at + KEY_WORD, low, high, mineLow, mineHigh)) return GONE;
      // Another key with our tag completed the move for itself.
      if (
        !swap(at + KEY_HASH, hereLow, hereHigh, hashLow, hashHigh) &&
        (word[0] !== hashLow || word[1] !== hashHigh)
      ) {
        return GONE;
      }
      if (cellWith(slot, hashLow, hashHigh, at) === 0) return 0;
      // Given up with another tag, the cell is nobody's: who has found it as the key's looks again.
      compose(t, 0, SHIFT, bits ^ 1);
      return swap(at + KEY_WORD, mineLow, mineHigh, next[0], next[1]) ? GONE : 0;
    }
    // None was free; but another thread may have brought the key meanwhile.
    return cellWith(slot, hashLow, hashHigh, 0) === 0 ? EXHAUSTED : GONE;
  }

  /** Takes from the bucket of the hashed key. 0, the wait in ms, MOVED, or EXHAUSTED. */
  function keyedTake(slot: number, row: number, version: number, now: number, permits: number): number {
    const hashLow = i32[(row + THREAD_HASH) >>> 2];
    const hashHigh = i32[(row + THREAD_HASH + 4) >>> 2];
    for (let i = 0; i < TRIES; i++) {
      const at = cellWith(slot, hashLow, hashHigh, 0);
      if (at & TRANSIT) {
        complete(at - TRANSIT, hashLow, hashHigh);
        continue;
      }
      const wait =
        at === 0
          ? takeOver(slot, hashLow, hashHigh, version, now, permits)
          : bucketTake(slot, at + KEY_WORD, SHIFT, hashLow & TAG, version, now, permits);
      if (wait === GONE) continue;
      if (wait !== EXHAUSTED || (i32[slot >>> 2] & F_SHARED_KEYS) === 0) return wait;
      return bucketTake(slot, slot + SLOT_OVERFLOW, RATE_SHIFT, 0, version, now, permits);
    }
    return EXHAUSTED;
  }

  /** Takes from the bucket of the hashed key: 0, the wait in ms, or -4 when no cell is free. */
  function keyedAcquire(slot: number, row: number, now: number, permits: number): number {
    for (let i = 0; i < TRIES; i++) {
      const wait = keyedTake(slot, row, i32[(slot + SLOT_VERSION) >>> 2], now, permits);
      if (wait !== MOVED) return wait;
    }
    return EXHAUSTED;
  }

  /** The cell of the hashed key; 0 for none, or none yet. */
  function cellOfKey(slot: number, row: number): number {
    const at = cellWith(slot, i32[(row + THREAD_HASH) >>> 2], i32[(row + THREAD_HASH + 4) >>> 2], 0);
    return at & TRANSIT ? 0 : at;
  }

  function keyedAvailable(slot: number, row: number, now: number): number {
    const at = cellOfKey(slot, row);
    if (at !== 0) return bucketAvailable(slot, at + KEY_WORD, SHIFT, now);
    // A key that has no bucket would find a full one.
    const options = optionsOf(slot, load(slot + SLOT_VERSION));
    return burstOf(options) / units(options);
  }

  function keyedWait(slot: number, row: number, now: number, permits: number): number {
    const at = cellOfKey(slot, row);
    return at === 0
      ? bucketWait(slot, slot + SLOT_OVERFLOW, RATE_SHIFT, now, permits)
      : bucketWait(slot, at + KEY_WORD, SHIFT, now, permits);
  }

  function keyedRefund(slot: number, row: number, now: number, permits: number): void {
    const at = cellOfKey(slot, row);
    if (at !== 0)
      bucketRefund(slot, at + KEY_WORD, SHIFT, i32[(row + THREAD_HASH) >>> 2] & TAG, now, permits);
  }

  /** Brings cells from…to to the options in force, after a change of rate. */
  function keyedCarry(slot: number, now: number, from: number, to: number): void {
    const version = load(slot + SLOT_VERSION);
    const end = Math.min(to, i32[(slot + SLOT_KEYS_COUNT) >>> 2]);
    for (let index = from; index < end; index++) {
      const at = i32[(slot + SLOT_KEYS_AT) >>> 2] + index * KEY_BYTES + KEY_WORD;
      if (!isZero(at)) bucketCarry(slot, at, SHIFT, version, now);
    }
  }

  /** Cells whose bucket is not full: keys that are in use. */
  function keyedLive(slot: number, now: number): number {
    const version = load(slot + SLOT_VERSION);
    const end = i32[(slot + SLOT_KEYS_COUNT) >>> 2];
    let live = 0;
    for (let index = 0; index < end; index++) {
      look(i32[(slot + SLOT_KEYS_AT) >>> 2] + index * KEY_BYTES + KEY_WORD);
      const low = word[0];
      const high = word[1];
      if ((low | high) !== 0 && carriedAhead(slot, low, high, SHIFT, version, now) > 0) live += 1;
    }
    return live;
  }

  return { keyedTake, keyedAcquire, keyedAvailable, keyedWait, keyedRefund, keyedCarry, keyedLive };
}
