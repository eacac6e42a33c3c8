// Token bucket, kept as one arrival time (GCRA).
//
// The word holds the theoretical arrival time: when the bucket will be full
// again. A permit moves it on by `units`; it is granted when the bucket's debt
// then is at most `burst`. Time is counted in units of the bucket's own, chosen
// so that one permit is a whole number of them: the rate has no rounding at all.
//
//    word of a bucket:  arrival time │ options version, 4 bits │ low bits
//
// The version says in whose units the time is. Whoever meets a word of an
// earlier version carries it over: tokens stay, debt is forgiven.
//
// Source: ITU-T I.371, generic cell rate algorithm, virtual scheduling.

import {
  F_SHARED_KEYS,
  O_BURST,
  O_MAX_DEBT_MS,
  O_UNITS,
  O_UNITS_PER_MS,
  OPTIONS_AT,
  OPTIONS_BYTES,
  OPTIONS_RING,
  RATE_TAT,
  SLOT_OVERFLOW,
  SLOT_VERSION,
} from './layout';
import { optionsOf, TRIES, whole } from './words';

/** Bits below the arrival time of a plain bucket. */
export const RATE_SHIFT: i32 = 4;
/** The options moved on while a decision was under way. */
export const MOVED: f64 = -2;
/** The cell has been taken over by another key. */
export const GONE: f64 = -3;

const EXACT: f64 = 2251799813685248; // 2^51: what `whole` can do
const FAR: i64 = 144115188075855872; // 2^57: the end of time in any unit
/** What a bucket may owe, in units: more and the arrival time would run out of its word. */
const MOST_DEBT: i64 = 9007199254740992; // 2^53: a double counts it exactly

function units(options: usize): i64 {
  return load<i64>(options, O_UNITS);
}

function burstOf(options: usize): i64 {
  return load<i64>(options, O_BURST);
}

/**
 * Rounded, not cut: a caller told to wait so many milliseconds comes back at a
 * product that may fall a hair short of a whole number.
 */
export function unitsAt(options: usize, now: f64): i64 {
  const at = now * load<f64>(options, O_UNITS_PER_MS);
  return at < EXACT ? whole(at) : min<i64>(i64(at + 0.5), FAR);
}

export function costOf(options: usize, permits: f64): i64 {
  return permits == 1 ? units(options) : i64(nearest(permits * <f64>units(options)));
}

/** Writes a word of an earlier options version in the units of `version`. */
export function carried(slot: usize, word: i64, shift: i32, version: i32, now: f64): i64 {
  const versionAt = shift - 4;
  const age = (version - i32(word >> versionAt)) & 15;
  if (age == 0) return word;
  const to = optionsOf(slot, version);
  const then = unitsAt(to, now);
  let tat = then;
  if (age < OPTIONS_RING) {
    const from = optionsOf(slot, version - age);
    if (
      units(from) == units(to) &&
      burstOf(from) == burstOf(to) &&
      load<f64>(from, O_UNITS_PER_MS) == load<f64>(to, O_UNITS_PER_MS)
    ) {
      tat = word >> shift;
    } else {
      const owed = <f64>max<i64>((word >> shift) - unitsAt(from, now), 0);
      const tokens = max<f64>(<f64>burstOf(from) - owed, 0) / <f64>units(from);
      tat = then + max<i64>(burstOf(to) - i64(nearest(tokens * <f64>units(to))), 0);
    }
  }
  const low = word & (((<i64>1) << versionAt) - 1);
  return (tat << shift) | (i64(version & 15) << versionAt) | low;
}

/**
 * 0: taken. More: refused, the milliseconds until it could be. MOVED: the
 * options changed. GONE: the word no longer ends in the hash bits `tag`.
 */
export function bucketTake(
  slot: usize,
  at: usize,
  shift: i32,
  tag: i64,
  version: i32,
  now: f64,
  permits: f64,
): f64 {
  // As optionsOf, costOf and unitsAt would say it, but without a call: this is every limiter's path.
  const options = slot + OPTIONS_AT + <usize>((version & (OPTIONS_RING - 1)) * OPTIONS_BYTES);
  const one = load<i64>(options, O_UNITS);
  const perMs = load<f64>(options, O_UNITS_PER_MS);
  const burst = load<i64>(options, O_BURST);
  const cost = permits == 1 ? one : i64(nearest(permits * <f64>one));
  const units = now * perMs;
  const t = units < EXACT ? whole(units) : min<i64>(i64(units + 0.5), FAR);
  const low = ((<i64>1) << shift) - 1;
  const tags = ((<i64>1) << (shift - 4)) - 1;
  for (let i = 0; i < TRIES; i++) {
    const seen = atomic.load<i64>(at);
    if ((seen & tags) != tag) return GONE;
    // The word is read before the version: then it can only be older.
    if (atomic.load<i32>(slot, SLOT_VERSION) != version) return MOVED;
    const stale = ((i32(seen >> (shift - 4)) ^ version) & 15) != 0;
    const word = stale ? carried(slot, seen, shift, version, now) : seen;
    const next = max<i64>(word >> shift, t) + cost;
    const early = next - t - burst;
    // Each side on its own: beyond 2^53 units doubles round, and the twin has nothing else.
    if (early > 0) return (<f64>(next - cost - t) - <f64>(burst - cost)) / perMs;
    // Lost the race: another thread moved the arrival time; read it again.
    if (atomic.cmpxchg<i64>(at, seen, (next << shift) | (word & low)) == seen) return 0;
  }
  return 1;
}

/** The wait a refused caller would have had, taking nothing. */
export function bucketWait(slot: usize, at: usize, shift: i32, now: f64, permits: f64): f64 {
  const seen = atomic.load<i64>(at);
  const version = atomic.load<i32>(slot, SLOT_VERSION);
  const options = optionsOf(slot, version);
  const t = unitsAt(options, now);
  const word = carried(slot, seen, shift, version, now);
  const ahead = <f64>(max<i64>(word >> shift, t) - t);
  const early = ahead - <f64>(burstOf(options) - costOf(options, permits));
  return early > 0 ? early / load<f64>(options, O_UNITS_PER_MS) : 0;
}

export function bucketAvailable(slot: usize, at: usize, shift: i32, now: f64): f64 {
  const seen = atomic.load<i64>(at);
  const version = atomic.load<i32>(slot, SLOT_VERSION);
  const options = optionsOf(slot, version);
  const word = carried(slot, seen, shift, version, now);
  const owed = max<i64>((word >> shift) - unitsAt(options, now), 0);
  return <f64>(burstOf(options) - owed) / <f64>units(options);
}

/** Gives permits back, never above a full bucket; a word that no longer ends in `tag` was full before. */
export function bucketRefund(slot: usize, at: usize, shift: i32, tag: i64, now: f64, permits: f64): void {
  const low = ((<i64>1) << shift) - 1;
  const tags = ((<i64>1) << (shift - 4)) - 1;
  for (let i = 0; i < TRIES; i++) {
    const seen = atomic.load<i64>(at);
    if ((seen & tags) != tag) return;
    const version = atomic.load<i32>(slot, SLOT_VERSION);
    const options = optionsOf(slot, version);
    const t = unitsAt(options, now);
    const word = carried(slot, seen, shift, version, now);
    const tat = word >> shift;
    if (tat <= t) return;
    const next = max<i64>(tat - costOf(options, permits), t);
    if (atomic.cmpxchg<i64>(at, seen, (next << shift) | (word & low)) == seen) return;
  }
}

function bucketCarry(slot: usize, at: usize, version: i32, now: f64): void {
  for (let i = 0; i < TRIES; i++) {
    const seen = atomic.load<i64>(at);
    const word = carried(slot, seen, RATE_SHIFT, version, now);
    if (word == seen || atomic.cmpxchg<i64>(at, seen, word) == seen) return;
  }
}

/** Brings the buckets of a slot to the options in force, so that no word is ever two versions behind. */
export function rateCarry(slot: usize, version: i32, now: f64): void {
  bucketCarry(slot, slot + RATE_TAT, version, now);
  if (load<i32>(slot) & F_SHARED_KEYS) bucketCarry(slot, slot + SLOT_OVERFLOW, version, now);
}

/** Takes `permits`. 0 when granted, else the milliseconds after which they would be. */
export function rateAcquire(slot: usize, now: f64, permits: f64): f64 {
  for (let i = 0; i < TRIES; i++) {
    const version = atomic.load<i32>(slot, SLOT_VERSION);
    const wait = bucketTake(slot, slot + RATE_TAT, RATE_SHIFT, 0, version, now, permits);
    if (wait != MOVED) return wait;
  }
  return 1;
}

/** Takes `permits` on credit and tells the wait in milliseconds; -1, taking nothing, beyond the longest wait. */
export function rateReserve(slot: usize, now: f64, permits: f64): f64 {
  for (let i = 0; i < TRIES; i++) {
    const seen = atomic.load<i64>(slot, RATE_TAT);
    const version = atomic.load<i32>(slot, SLOT_VERSION);
    const options = optionsOf(slot, version);
    const t = unitsAt(options, now);
    const word = carried(slot, seen, RATE_SHIFT, version, now);
    const next = max<i64>(word >> RATE_SHIFT, t) + costOf(options, permits);
    const wait = <f64>max<i64>(next - t - burstOf(options), 0) / load<f64>(options, O_UNITS_PER_MS);
    if (wait > load<f64>(options, O_MAX_DEBT_MS) || next - t > MOST_DEBT) return -1;
    if (atomic.cmpxchg<i64>(slot, seen, (next << RATE_SHIFT) | (word & 15), RATE_TAT) == seen) return wait;
  }
  return -1;
}

export function rateRefund(slot: usize, now: f64, permits: f64): void {
  bucketRefund(slot, slot + RATE_TAT, RATE_SHIFT, 0, now, permits);
}

/** Permits in the bucket; negative while reservations are owed. */
export function rateAvailable(slot: usize, now: f64): f64 {
  return bucketAvailable(slot, slot + RATE_TAT, RATE_SHIFT, now);
}

export function rateWait(slot: usize, now: f64, permits: f64): f64 {
  return bucketWait(slot, slot + RATE_TAT, RATE_SHIFT, now, permits);
}

/** Sets what the bucket holds: for restoring a snapshot. */
export function rateSet(slot: usize, now: f64, tokens: f64): void {
  const version = atomic.load<i32>(slot, SLOT_VERSION);
  const options = optionsOf(slot, version);
  const held = i64(nearest(max(tokens * <f64>units(options), -(<f64>MOST_DEBT))));
  const owed = min<i64>(max<i64>(burstOf(options) - held, 0), MOST_DEBT);
  const tat = unitsAt(options, now) + owed;
  atomic.store<i64>(slot, (tat << RATE_SHIFT) | i64(version & 15), RATE_TAT);
}
