// What each thread holds of each policy, behind a fence.
//
//    word:  fence 24 │ 40 bits of what is held
//
// The fence is the generation of the thread's row. A change is made only if the
// fence still stands: the ledger is changed first, the shared count straight
// after it, in one function with nothing between but the compare-and-swap that
// changed the ledger. Ending a thread was never seen to fall between the two.
// Where a loop stood between them it did, on every runtime.
// When a thread has died the manager swaps in the next fence and returns what it
// swapped out; a thread that runs on is refused from then on.
//
// A trial is the other way round when it is taken: the breaker's word first, then
// the ledger. Whoever wants the word may lose it to another thread, and a ledger
// that lists what its thread did not get would be returned at the cost of somebody
// who did: more than `permits` trials would run. So the ledger never lists too
// much. It may list too little, when a thread ends between the two, or after it
// struck a trial and lost the race for the word: that trial stays undecided until
// the wait for trials is over, and a new generation begins.
//
// A negative fence means a thread whose death ends the process: no ledger.

import { CELL_BYTES, CELL_TRIALS, HEADER_LEDGER_AT, HEADER_POLICIES } from './layout';
import { TRIES } from './words';

export const HELD: i64 = 0xffffffffff;
export const REVOKED: i32 = -2147483648;
/** Taken, but no longer to be written down. */
export const UNLEDGERED: i32 = -1;
/** In place of a fence: a trial that the ledger no longer lists. */
export const STRUCK: i32 = -1;

/** The row of the thread that a cell belongs to, + 1: how it signs a lock. */
export function ownerOf(cell: usize): i32 {
  const rowBytes = load<i32>(0, HEADER_POLICIES) * CELL_BYTES;
  return (i32(cell) - load<i32>(0, HEADER_LEDGER_AT)) / rowBytes + 1;
}

/** Ledger, then the shared count it accounts for: the value before, or REVOKED. */
export function fencedAdd(cell: usize, fence: i32, by: i64, shared: usize, change: i32): i32 {
  if (fence < 0) return atomic.add<i32>(shared, change);
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(cell);
    if (i32(word >> 40) != fence || (word & HELD) + by < 0) return REVOKED;
    if (atomic.cmpxchg<i64>(cell, word, word + by) == word) return atomic.add<i32>(shared, change);
  }
  return REVOKED;
}

/** The trials word for one trial more of a generation; 0 when the fence is gone. */
function trialsWith(word: i64, fence: i32, generation: i32): i64 {
  if (i32(word >> 40) != fence) return 0;
  const same = (i32(word >> 12) & 0xfffffff) == generation;
  const count = same ? (word & 0xfff) + 1 : 1;
  return (i64(fence) << 40) | (i64(generation) << 12) | count;
}

/**
 * The breaker's word, then the ledger: 1 taken, 0 somebody moved the word,
 * UNLEDGERED when the thread was revoked between the two, REVOKED before.
 *
 * The other way round than a slot: that is added and subtracted, whatever else
 * happens to the count, but a word that moved is not taken. A trial in the
 * ledger that its thread did not get would be taken from somebody else when the
 * thread is declared dead, and runs on.
 */
export function trialTake(cell: usize, fence: i32, generation: i32, state: usize, word: i64, next: i64): i32 {
  if (fence < 0) return i32(atomic.cmpxchg<i64>(state, word, next) == word);
  const held = atomic.load<i64>(cell, CELL_TRIALS);
  const more = trialsWith(held, fence, generation);
  if (more == 0) return REVOKED;
  if (atomic.cmpxchg<i64>(state, word, next) != word) return 0;
  // Nobody but the thread itself and who revokes it writes there.
  return atomic.cmpxchg<i64>(cell, held, more, CELL_TRIALS) == held ? 1 : UNLEDGERED;
}

/**
 * Ledger, then the breaker's word: 1 given back, 0 somebody moved the word: the
 * ledger is rid of the trial then, and the word is still to be changed. REVOKED:
 * the manager gave it back.
 */
export function trialGive(cell: usize, fence: i32, generation: i32, state: usize, word: i64, next: i64): i32 {
  if (fence < 0) return i32(atomic.cmpxchg<i64>(state, word, next) == word);
  const held = atomic.load<i64>(cell, CELL_TRIALS);
  if (i32(held >> 40) != fence) return REVOKED;
  if ((i32(held >> 12) & 0xfffffff) != generation || (held & 0xfff) == 0) return REVOKED;
  if (atomic.cmpxchg<i64>(cell, held, held - 1, CELL_TRIALS) != held) return REVOKED;
  return i32(atomic.cmpxchg<i64>(state, word, next) == word);
}

/** Strikes a trial from the ledger whose generation is over; false when the fence is gone. */
export function trialDrop(cell: usize, fence: i32, generation: i32): bool {
  if (fence < 0) return true;
  const held = atomic.load<i64>(cell, CELL_TRIALS);
  if (i32(held >> 40) != fence) return false;
  if ((i32(held >> 12) & 0xfffffff) != generation || (held & 0xfff) == 0) return true;
  return atomic.cmpxchg<i64>(cell, held, held - 1, CELL_TRIALS) == held;
}
