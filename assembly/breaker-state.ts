// The breaker's state word and its moves.
//
//    63 │ generation 24 │ state 3 │ payload 36 │ 0
//
// Every move is one compare-and-swap of the whole word and begins a new
// generation, so exactly one thread makes it and every ticket of the old one is
// void. The time that belongs to a state stands in a second word, the mark,
// tagged with its generation: if the thread that moved dies before writing it,
// whoever needs it next writes it in its place.

import { BREAKER_MARK, BREAKER_NEXT_MS, BREAKER_OPEN_MS, BREAKER_STATE } from './layout';
import { getF, setF, TRIES } from './words';

export const CLOSED: i32 = 0;
export const HALF_OPEN: i32 = 1;
export const OPEN: i32 = 2;

const PAYLOAD: i64 = 0xfffffffff;
const FAR: f64 = 17592186044416; // 2^44 ms

export function stateOf(word: i64): i32 {
  return i32(word >> 36) & 7;
}

export function generationOf(word: i64): i32 {
  return i32(word >> 39) & 0xffffff;
}

export function payloadOf(word: i64): i64 {
  return word & PAYLOAD;
}

export function stateWord(generation: i32, state: i32, payload: i64): i64 {
  return (i64(generation & 0xffffff) << 39) | (i64(state) << 36) | payload;
}

/** Begins the next generation in `state`. */
export function movedTo(word: i64, state: i32, payload: i64): i64 {
  return stateWord(generationOf(word) + 1, state, payload);
}

export function undecidedOf(word: i64): i32 {
  return i32(word >> 24) & 0xfff;
}

export function succeededOf(word: i64): i32 {
  return i32(word >> 12) & 0xfff;
}

export function failedOf(word: i64): i32 {
  return i32(word) & 0xfff;
}

export const UNDECIDED_ONE: i64 = 1 << 24;
export const SUCCEEDED_ONE: i64 = 1 << 12;
export const FAILED_ONE: i64 = 1;

function markWord(generation: i32, at: f64): i64 {
  return (i64(min(at, FAR) * 1024) << 8) | i64(generation & 255);
}

/**
 * Written by the thread that moved, unless somebody has done it for it, or moved
 * on and written later: then the mark is of this generation, or of one after it.
 */
export function markMove(slot: usize, generation: i32, at: f64): void {
  for (let i = 0; i < TRIES; i++) {
    const mark = atomic.load<i64>(slot, BREAKER_MARK);
    const behind = (generation - i32(mark)) & 255;
    if (behind == 0 || behind > 127) return;
    if (atomic.cmpxchg<i64>(slot, mark, markWord(generation, at), BREAKER_MARK) == mark) return;
  }
}

/** Moves the mark of a generation, or writes it where it is missing: the first trial starts its clock. */
export function markAgain(slot: usize, generation: i32, at: f64): void {
  const mark = atomic.load<i64>(slot, BREAKER_MARK);
  if (((generation - i32(mark)) & 255) > 127) return;
  atomic.cmpxchg<i64>(slot, mark, markWord(generation, at), BREAKER_MARK);
}

/**
 * The time of `word`'s state, in milliseconds; `fallback` is written where it is
 * missing. -Infinity when the state has moved on: whoever acts on that finds it
 * out by its own compare-and-swap.
 */
export function markOf(slot: usize, word: i64, fallback: f64): f64 {
  const generation = generationOf(word);
  for (let i = 0; i < TRIES; i++) {
    const mark = atomic.load<i64>(slot, BREAKER_MARK);
    if ((i32(mark) & 255) == (generation & 255)) return <f64>(mark >> 8) / 1024;
    // Its own mark is no longer ours to write.
    if (generationOf(atomic.load<i64>(slot, BREAKER_STATE)) != generation) return -Infinity;
    const mine = markWord(generation, fallback);
    if (atomic.cmpxchg<i64>(slot, mark, mine, BREAKER_MARK) == mark) return fallback;
  }
  return fallback;
}

/** Reads the time of a state without helping: for snapshots. */
export function markSeen(slot: usize, word: i64, fallback: f64): f64 {
  const mark = atomic.load<i64>(slot, BREAKER_MARK);
  return (i32(mark) & 255) == (generationOf(word) & 255) ? <f64>(mark >> 8) / 1024 : fallback;
}

/** What a thread writes down that has opened the breaker, for `openMs` or, when that is negative, the prepared open time. */
export function opened(slot: usize, generation: i32, now: f64, openMs: f64): void {
  const ms = openMs >= 0 ? openMs : getF(slot + BREAKER_NEXT_MS);
  setF(slot + BREAKER_OPEN_MS, ms);
  markMove(slot, generation, now + ms);
}

export function moveToOpen(slot: usize, word: i64, now: f64, openMs: f64, payload: i64): bool {
  const next = movedTo(word, OPEN, payload);
  if (atomic.cmpxchg<i64>(slot, word, next, BREAKER_STATE) != word) return false;
  opened(slot, generationOf(next), now, openMs);
  return true;
}
