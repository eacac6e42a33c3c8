// Token bucket, kept as one arrival time (GCRA).
//
// The word holds the theoretical arrival time: when the bucket will be full
// again. A permit moves it on by `units`; it is granted when the bucket's debt
// then is at most `burst`. See assembly/rate.ts, and rate-units.ts for how far
// ahead of the present a word is.

import * as layout from '../../../assembly/layout.ts';
import { nearest, whole } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';
import type { RateUnits } from './rate-units.ts';
import { optionsOf, TRIES, type Words } from './words.ts';

const { F_SHARED_KEYS, O_MAX_DEBT_MS, O_UNITS_PER_MS, OPTIONS_RING, RATE_TAT, SLOT_OVERFLOW, SLOT_VERSION } =
  layout;

/** Bits below the arrival time of a plain bucket. */
export const RATE_SHIFT = 4;
/** The options moved on while a decision was under way. */
export const MOVED = -2;
/** The cell has been taken over by another key. */
export const GONE = -3;

/** What a bucket may owe, in units. */
const MOST_DEBT = 2 ** 53;

export type Rate = ReturnType<typeof twinRate>;

export function twinRate(
  { i32, word, look, lookInOrder, swap, put }: TwinMemory,
  { optF }: Words,
  { next, units, burstOf, unitsAt, costOf, aheadOf, compose, bitsOf, ageOf, carriedAhead, carry }: RateUnits,
) {
  /**
   * 0: taken. More: refused, the milliseconds until it could be. MOVED: the
   * options changed. GONE: the word no longer ends in the hash bits `tag`.
   */
  function bucketTake(
    slot: number,
    at: number,
    shift: number,
    tag: number,
    version: number,
    now: number,
    permits: number,
  ): number {
    const options = optionsOf(slot, version);
    const cost = costOf(options, permits);
    // How far ahead the bucket may be for this to be granted.
    const most = burstOf(options) - cost;
    const t = unitsAt(options, now);
    const tags = (1 << (shift - 4)) - 1;
    for (let i = 0; i < TRIES; i++) {
      // A permit may be granted on a plain look, since the swap looks again; all else is decided in order.
      if (i === 0) look(at);
      else lookInOrder(at);
      const low = word[0];
      const high = word[1];
      const age = ageOf(low, shift, version);
      if (i === 0 && ((low & tags) !== tag || age >= OPTIONS_RING)) continue;
      if ((low & tags) !== tag) return GONE;
      // The word is read before the version: then it can only be older.
      if (i32[(slot + SLOT_VERSION) >>> 2] !== version) return MOVED;
      const ahead = Math.max(
        age === 0 ? aheadOf(low, high, shift, t) : carriedAhead(slot, low, high, shift, version, now),
        0,
      );
      if (ahead > most) {
        if (i === 0) continue;
        return (ahead - most) / optF(options, O_UNITS_PER_MS);
      }
      compose(t, ahead + cost, shift, bitsOf(low, shift, version));
      // Lost the race: another thread moved the arrival time; read it again.
      if (swap(at, low, high, next[0], next[1])) return 0;
    }
    return 1;
  }

  /** The wait a refused caller would have had, taking nothing. */
  function bucketWait(slot: number, at: number, shift: number, now: number, permits: number): number {
    lookInOrder(at);
    const low = word[0];
    const high = word[1];
    const version = i32[(slot + SLOT_VERSION) >>> 2];
    const options = optionsOf(slot, version);
    const ahead = Math.max(carriedAhead(slot, low, high, shift, version, now), 0);
    const early = ahead - (burstOf(options) - costOf(options, permits));
    return early > 0 ? early / optF(options, O_UNITS_PER_MS) : 0;
  }

  function bucketAvailable(slot: number, at: number, shift: number, now: number): number {
    lookInOrder(at);
    const low = word[0];
    const high = word[1];
    const version = i32[(slot + SLOT_VERSION) >>> 2];
    const options = optionsOf(slot, version);
    const owed = Math.max(carriedAhead(slot, low, high, shift, version, now), 0);
    return (burstOf(options) - owed) / units(options);
  }

  /** Gives permits back, never above a full bucket; a word that no longer ends in `tag` was full before. */
  function bucketRefund(
    slot: number,
    at: number,
    shift: number,
    tag: number,
    now: number,
    permits: number,
  ): void {
    const tags = (1 << (shift - 4)) - 1;
    for (let i = 0; i < TRIES; i++) {
      lookInOrder(at);
      const low = word[0];
      const high = word[1];
      if ((low & tags) !== tag) return;
      const version = i32[(slot + SLOT_VERSION) >>> 2];
      const options = optionsOf(slot, version);
      const ahead = carriedAhead(slot, low, high, shift, version, now);
      if (ahead <= 0) return;
      const left = Math.max(ahead - costOf(options, permits), 0);
      compose(unitsAt(options, now), left, shift, bitsOf(low, shift, version));
      if (swap(at, low, high, next[0], next[1])) return;
    }
  }

  /** Brings a bucket to the options in force, so that no word is ever two versions behind. */
  function bucketCarry(slot: number, at: number, shift: number, version: number, now: number): void {
    for (let i = 0; i < TRIES; i++) {
      lookInOrder(at);
      const low = word[0];
      const high = word[1];
      if (ageOf(low, shift, version) === 0) return;
      carry(slot, low, high, shift, version, now);
      if (swap(at, low, high, next[0], next[1])) return;
    }
  }

  /** The buckets of a slot. */
  function rateCarry(slot: number, version: number, now: number): void {
    bucketCarry(slot, slot + RATE_TAT, RATE_SHIFT, version, now);
    if (i32[slot >>> 2] & F_SHARED_KEYS) bucketCarry(slot, slot + SLOT_OVERFLOW, RATE_SHIFT, version, now);
  }

  /** Takes `permits`. 0 when granted, else the milliseconds after which they would be. */
  function rateAcquire(slot: number, now: number, permits: number): number {
    for (let i = 0; i < TRIES; i++) {
      const version = i32[(slot + SLOT_VERSION) >>> 2];
      const wait = bucketTake(slot, slot + RATE_TAT, RATE_SHIFT, 0, version, now, permits);
      if (wait !== MOVED) return wait;
    }
    return 1;
  }

  /** Takes `permits` on credit and tells the wait in milliseconds; -1, taking nothing, beyond the longest wait. */
  function rateReserve(slot: number, now: number, permits: number): number {
    for (let i = 0; i < TRIES; i++) {
      lookInOrder(slot + RATE_TAT);
      const low = word[0];
      const high = word[1];
      const version = i32[(slot + SLOT_VERSION) >>> 2];
      const options = optionsOf(slot, version);
      const ahead = Math.max(carriedAhead(slot, low, high, RATE_SHIFT, version, now), 0);
      const cost = costOf(options, permits);
      const wait = Math.max(ahead - (burstOf(options) - cost), 0) / optF(options, O_UNITS_PER_MS);
      if (wait > optF(options, O_MAX_DEBT_MS) || ahead > MOST_DEBT - cost) return -1;
      compose(unitsAt(options, now), ahead + cost, RATE_SHIFT, version & 15);
      if (swap(slot + RATE_TAT, low, high, next[0], next[1])) return wait;
    }
    return -1;
  }

  function rateRefund(slot: number, now: number, permits: number): void {
    bucketRefund(slot, slot + RATE_TAT, RATE_SHIFT, 0, now, permits);
  }

  /** Permits in the bucket; negative while reservations are owed. */
  function rateAvailable(slot: number, now: number): number {
    return bucketAvailable(slot, slot + RATE_TAT, RATE_SHIFT, now);
  }

  function rateWait(slot: number, now: number, permits: number): number {
    return bucketWait(slot, slot + RATE_TAT, RATE_SHIFT, now, permits);
  }

  /** Sets what the bucket holds: for restoring a snapshot. */
  function rateSet(slot: number, now: number, tokens: number): void {
    const version = i32[(slot + SLOT_VERSION) >>> 2];
    const options = optionsOf(slot, version);
    const owed = burstOf(options) - whole(nearest(tokens * units(options)));
    compose(unitsAt(options, now), Math.min(Math.max(owed, 0), MOST_DEBT), RATE_SHIFT, version & 15);
    put(slot + RATE_TAT, next[0], next[1]);
  }

  return {
    bucketTake,
    bucketWait,
    bucketAvailable,
    bucketRefund,
    bucketCarry,
    rateCarry,
    rateAcquire,
    rateReserve,
    rateRefund,
    rateAvailable,
    rateWait,
    rateSet,
  };
}
