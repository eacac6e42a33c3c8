// The breaker's state word and its moves.
//
//    63 │ generation 24 │ state 3 │ payload 36 │ 0
//
// See assembly/breaker-state.ts. Generation, state and 4 bits of the payload
// lie in the upper half of the word.

import * as layout from '../../../assembly/layout.ts';
import { TWO_32, whole } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';
import { TRIES, type Words } from './words.ts';

const { BREAKER_MARK, BREAKER_NEXT_MS, BREAKER_OPEN_MS, BREAKER_STATE } = layout;

export const CLOSED = 0;
export const HALF_OPEN = 1;
export const OPEN = 2;

const FAR = 17592186044416; // 2^44 ms

export function stateOf(high: number): number {
  return (high >> 4) & 7;
}

export function generationOf(high: number): number {
  return (high >> 7) & 0xffffff;
}

export function payloadOf(low: number, high: number): number {
  return (high & 15) * TWO_32 + (low >>> 0);
}

/** The upper half of a state word; the lower one is the payload's own. */
export function stateHigh(generation: number, state: number, payload: number): number {
  return ((generation & 0xffffff) << 7) | (state << 4) | Math.floor(payload / TWO_32);
}

/** The upper half of a word that begins the next generation in `state`. */
export function movedTo(high: number, state: number, payload: number): number {
  return stateHigh(generationOf(high) + 1, state, payload);
}

export function undecidedOf(low: number, high: number): number {
  return (low >>> 24) | ((high & 15) << 8);
}

export function succeededOf(low: number): number {
  return (low >> 12) & 0xfff;
}

export function failedOf(low: number): number {
  return low & 0xfff;
}

// In the lower half; the count of undecided trials goes on in the upper one.
export const UNDECIDED_ONE = 1 << 24;
export const SUCCEEDED_ONE = 1 << 12;
export const FAILED_ONE = 1;

// A mark is a time of 56 bits above 8 bits of generation.
const MARK_HIGH = 16777216;

export type BreakerMoves = ReturnType<typeof twinBreakerMoves>;

export function twinBreakerMoves({ word, look, swap, i32 }: TwinMemory, { getF, setF }: Words) {
  /** Puts a mark where `low` and `high` stand, if they still do. */
  function mark(slot: number, low: number, high: number, generation: number, at: number): boolean {
    const time = whole(Math.min(at, FAR) * 1024);
    const above = Math.floor(time / MARK_HIGH);
    const below = ((time - above * MARK_HIGH) << 8) | (generation & 255);
    return swap(slot + BREAKER_MARK, low, high, below, above | 0);
  }

  function timeOf(low: number, high: number): number {
    return (high * MARK_HIGH + (low >>> 8)) / 1024;
  }

  /**
   * Written by the thread that moved, unless somebody has done it for it, or moved
   * on and written later: then the mark is of this generation, or of one after it.
   */
  function markMove(slot: number, generation: number, at: number): void {
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_MARK);
      const behind = (generation - word[0]) & 255;
      if (behind === 0 || behind > 127) return;
      if (mark(slot, word[0], word[1], generation, at)) return;
    }
  }

  /** Moves the mark of a generation, or writes it where it is missing: the first trial starts its clock. */
  function markAgain(slot: number, generation: number, at: number): void {
    look(slot + BREAKER_MARK);
    if (((generation - word[0]) & 255) > 127) return;
    mark(slot, word[0], word[1], generation, at);
  }

  /**
   * The time of a state, in milliseconds; `fallback` is written where it is
   * missing. -Infinity when the state has moved on: whoever acts on that finds it
   * out by its own compare-and-swap.
   */
  function markOf(slot: number, stateWordHigh: number, fallback: number): number {
    const generation = generationOf(stateWordHigh);
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_MARK);
      const low = word[0];
      const high = word[1];
      if ((low & 255) === (generation & 255)) return timeOf(low, high);
      // Its own mark is no longer ours to write.
      if (generationOf(i32[(slot + BREAKER_STATE + 4) >>> 2]) !== generation) return -Infinity;
      if (mark(slot, low, high, generation, fallback)) return fallback;
    }
    return fallback;
  }

  /** Reads the time of a state without helping: for snapshots. */
  function markSeen(slot: number, stateWordHigh: number, fallback: number): number {
    look(slot + BREAKER_MARK);
    const mine = (word[0] & 255) === (generationOf(stateWordHigh) & 255);
    return mine ? timeOf(word[0], word[1]) : fallback;
  }

  /** What a thread writes down that has opened the breaker, for `openMs` or, when that is negative, the prepared open time. */
  function opened(slot: number, generation: number, now: number, openMs: number): void {
    const ms = openMs >= 0 ? openMs : getF(slot + BREAKER_NEXT_MS);
    setF(slot + BREAKER_OPEN_MS, ms);
    markMove(slot, generation, now + ms);
  }

  function moveToOpen(
    slot: number,
    low: number,
    high: number,
    now: number,
    openMs: number,
    payload: number,
  ): boolean {
    const next = movedTo(high, OPEN, payload);
    if (!swap(slot + BREAKER_STATE, low, high, payload | 0, next)) return false;
    opened(slot, generationOf(next), now, openMs);
    return true;
  }

  return { markMove, markAgain, markOf, markSeen, opened, moveToOpen };
}
