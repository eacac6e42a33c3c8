// What each thread holds of each policy, behind a fence.
//
//    word:  fence 24 │ 40 bits of what is held
//
// See assembly/ledger.ts. One promise of the kernels is not to be had here: the
// end of a thread may fall between a change of the ledger and the shared change
// beside it. Then the ledger says too much of slots and places, never too little;
// and of trials too little, never too much.

import * as layout from '../../../assembly/layout.ts';
import { TWO_32 } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';
import { TRIES } from './words.ts';

const { CELL_BYTES, CELL_TRIALS, HEADER_LEDGER_AT, HEADER_POLICIES } = layout;

export const REVOKED = -2147483648;
/** Taken, but no longer to be written down. */
export const UNLEDGERED = -1;
/** In place of a fence: a trial that the ledger no longer lists. */
export const STRUCK = -1;

export type Ledger = ReturnType<typeof twinLedger>;

export function twinLedger({ i32, word, look, lookInOrder, swap, add }: TwinMemory) {
  /** The row of the thread that a cell belongs to, + 1: how it signs a lock. */
  function ownerOf(cell: number): number {
    const rowBytes = i32[HEADER_POLICIES >>> 2] * CELL_BYTES;
    return (((cell - i32[HEADER_LEDGER_AT >>> 2]) / rowBytes) | 0) + 1;
  }

  /** Ledger, then the shared count it accounts for: the value before, or REVOKED. */
  function fencedAdd(cell: number, fence: number, by: number, shared: number, change: number): number {
    if (fence < 0) return add(shared, change);
    for (let i = 0; i < TRIES; i++) {
      look(cell);
      const low = word[0];
      const high = word[1];
      const held = (high & 255) * TWO_32 + (low >>> 0) + by;
      if (high >> 8 !== fence || held < 0) return REVOKED;
      const next = (high & ~255) + Math.floor(held / TWO_32);
      if (swap(cell, low, high, held | 0, next | 0)) return add(shared, change);
    }
    return REVOKED;
  }

  /**
   * The breaker's word, then the ledger: 1 taken, 0 somebody moved the word,
   * UNLEDGERED when the thread was revoked between the two, REVOKED before.
   */
  function trialTake(
    cell: number,
    fence: number,
    generation: number,
    state: number,
    low: number,
    high: number,
    nextLow: number,
    nextHigh: number,
  ): number {
    if (fence < 0) return swap(state, low, high, nextLow, nextHigh) ? 1 : 0;
    lookInOrder(cell + CELL_TRIALS);
    const heldLow = word[0];
    const heldHigh = word[1];
    if (heldHigh >> 8 !== fence) return REVOKED;
    const count = heldGeneration(heldLow, heldHigh) === generation ? (heldLow & 0xfff) + 1 : 1;
    const moreLow = (generation << 12) | count;
    const moreHigh = (fence << 8) | (generation >>> 20);
    if (!swap(state, low, high, nextLow, nextHigh)) return 0;
    // Nobody but the thread itself and who revokes it writes there.
    return swap(cell + CELL_TRIALS, heldLow, heldHigh, moreLow, moreHigh) ? 1 : UNLEDGERED;
  }

  /**
   * Ledger, then the breaker's word: 1 given back, 0 somebody moved the word: the
   * ledger is rid of the trial then, and the word is still to be changed. REVOKED:
   * the manager gave it back.
   */
  function trialGive(
    cell: number,
    fence: number,
    generation: number,
    state: number,
    low: number,
    high: number,
    nextLow: number,
    nextHigh: number,
  ): number {
    if (fence < 0) return swap(state, low, high, nextLow, nextHigh) ? 1 : 0;
    lookInOrder(cell + CELL_TRIALS);
    const heldLow = word[0];
    const heldHigh = word[1];
    if (heldHigh >> 8 !== fence) return REVOKED;
    if (heldGeneration(heldLow, heldHigh) !== generation || (heldLow & 0xfff) === 0) return REVOKED;
    if (!swap(cell + CELL_TRIALS, heldLow, heldHigh, heldLow - 1, heldHigh)) return REVOKED;
    return swap(state, low, high, nextLow, nextHigh) ? 1 : 0;
  }

  /** Strikes a trial from the ledger whose generation is over; false when the fence is gone. */
  function trialDrop(cell: number, fence: number, generation: number): boolean {
    if (fence < 0) return true;
    lookInOrder(cell + CELL_TRIALS);
    const low = word[0];
    const high = word[1];
    if (high >> 8 !== fence) return false;
    if (heldGeneration(low, high) !== generation || (low & 0xfff) === 0) return true;
    return swap(cell + CELL_TRIALS, low, high, low - 1, high);
  }

  return { ownerOf, fencedAdd, trialTake, trialGive, trialDrop };
}

/** The generation of the trials that a ledger word accounts for. */
export function heldGeneration(low: number, high: number): number {
  return (low >>> 12) | ((high & 255) << 20);
}
