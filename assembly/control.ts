// Options in use, and the holdings of the dead.

import {
  ADAPT_LOCK,
  BREAKER_CONTROL,
  BREAKER_STATE,
  BULKHEAD_ACTIVE,
  CELL_COSTS,
  CELL_HEAD,
  CELL_PLACES,
  CELL_SLOTS,
  CELL_TRIALS,
  LINE_COUNT,
  LINE_EVENT,
  O_RATE,
  O_UNITS,
  O_UNITS_PER_MS,
  OPTIONS_BYTES,
  SLOT_LOCK,
  SLOT_VERSION,
} from './layout';
import { generationOf, HALF_OPEN, stateOf, UNDECIDED_ONE, undecidedOf } from './breaker-state';
import { HELD } from './ledger';
import { rateCarry } from './rate';
import { optionsOf, setF, TRIES } from './words';

function copyBlock(to: usize, from: usize): void {
  for (let at: usize = 0; at < <usize>OPTIONS_BYTES; at += 8)
    atomic.store<i64>(to + at, atomic.load<i64>(from + at));
}

/**
 * Puts a whole block of options in force, if `expected` still is: the new
 * version, -1 while another thread publishes, -2 when another version is in
 * force. `owner`: the thread's row + 1.
 */
export function publish(slot: usize, block: usize, expected: i32, owner: i32, now: f64): i32 {
  return publishWith(slot, block, expected, owner, now, -1);
}

/** The same, with another rate than the block's where that is not negative. */
export function publishWith(slot: usize, block: usize, expected: i32, owner: i32, now: f64, rate: f64): i32 {
  if (atomic.cmpxchg<i32>(slot, 0, owner, SLOT_LOCK) != 0) return -1;
  let answer: i32 = -2;
  const version = atomic.load<i32>(slot, SLOT_VERSION);
  if (version == expected) {
    rateCarry(slot, version, now);
    const to = optionsOf(slot, version + 1);
    copyBlock(to, block);
    if (rate >= 0) {
      setF(to + O_RATE, rate);
      setF(to + O_UNITS_PER_MS, (rate * <f64>atomic.load<i64>(block, O_UNITS)) / 1000);
    }
    if (atomic.cmpxchg<i32>(slot, version, version + 1, SLOT_VERSION) == version) answer = version + 1;
    rateCarry(slot, version + 1, now);
    atomic.add<i32>(slot, 1, LINE_EVENT);
  }
  atomic.cmpxchg<i32>(slot, owner, 0, SLOT_LOCK);
  return answer;
}

/** Opens a row's cell for the thread that has just joined under `fence`. */
export function grant(cell: usize, fence: i32): void {
  const word = i64(fence) << 40;
  atomic.store<i64>(cell, word, CELL_SLOTS);
  atomic.store<i64>(cell, word, CELL_TRIALS);
  atomic.store<i64>(cell, word, CELL_PLACES);
  atomic.store<i64>(cell, 0, CELL_HEAD);
  atomic.store<i64>(cell, 0, CELL_COSTS);
}

/** The ledger never lists a trial that its thread does not hold: none is taken from anybody else. */
function returnTrials(slot: usize, held: i64): i32 {
  const count = i32(held) & 0xfff;
  if (count == 0) return 0;
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_STATE);
    const same = generationOf(word) == (i32(held >> 12) & 0xfffffff) && stateOf(word) == HALF_OPEN;
    const back = min(count, undecidedOf(word));
    if (!same || back == 0) return 0;
    if (atomic.cmpxchg<i64>(slot, word, word - i64(back) * UNDECIDED_ONE, BREAKER_STATE) == word) return back;
  }
  return 0;
}

/**
 * Revokes what a dead thread held of one policy and gives it back; how much
 * that was. `owner`: the dead thread's row + 1; `fence`: the next one.
 */
export function reclaim(slot: usize, cell: usize, owner: i32, fence: i32): i32 {
  const word = i64(fence) << 40;
  const slots = i32(atomic.xchg<i64>(cell, word, CELL_SLOTS) & HELD);
  if (slots) atomic.sub<i32>(slot, slots, BULKHEAD_ACTIVE);
  let returned = slots + returnTrials(slot, atomic.xchg<i64>(cell, word, CELL_TRIALS));
  const places = atomic.xchg<i64>(cell, word, CELL_PLACES) & HELD;
  const line = i32(places) & 0xffffff;
  const isolations = i32(places >> 24);
  if (line) atomic.sub<i32>(slot, line, LINE_COUNT);
  if (isolations) atomic.sub<i32>(slot, isolations << 2, BREAKER_CONTROL);
  returned += line + isolations;
  atomic.store<i64>(cell, 0, CELL_HEAD);
  atomic.store<i64>(cell, 0, CELL_COSTS);
  if (atomic.load<i32>(slot, SLOT_LOCK) == owner) {
    // It may run on, and write to the next block: the same options go in force in the one after that.
    const version = atomic.load<i32>(slot, SLOT_VERSION);
    copyBlock(optionsOf(slot, version + 2), optionsOf(slot, version));
    atomic.cmpxchg<i32>(slot, version, version + 2, SLOT_VERSION);
    atomic.cmpxchg<i32>(slot, owner, 0, SLOT_LOCK);
  }
  atomic.cmpxchg<i32>(slot, owner, 0, ADAPT_LOCK);
  if (returned) atomic.add<i32>(slot, 1, LINE_EVENT);
  return returned;
}
