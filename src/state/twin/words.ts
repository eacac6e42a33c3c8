// Words that more than one kernel keeps: floating point in atomic words,
// stamped counts of window buckets, counts of one breaker generation.

import * as layout from '../../../assembly/layout.ts';
import { TWO_32, whole } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';

const { OPTIONS_AT, OPTIONS_BYTES, OPTIONS_RING, SLOT_CLOCK_BACK, V_DROPPED, V_FAILURE } = layout;

/** How often a compare-and-swap is tried. Each miss means that another thread moved on. */
export const TRIES = 4096;

const EPOCHS = 0xfffffff; // 28 bits
const COUNTS = 15; // 36 bits, of which these are the upper half's
const TALLIES = 255; // 40 bits

/** An epoch as a stamp keeps it. */
export function stampOf(epoch: number): number {
  return epoch & EPOCHS;
}

export function optionsOf(slot: number, version: number): number {
  return slot + OPTIONS_AT + (version & (OPTIONS_RING - 1)) * OPTIONS_BYTES;
}

/** How far behind the count of successes that of a verdict lies. */
export function verdictAt(verdict: number): number {
  return (verdict === V_DROPPED ? V_FAILURE : verdict) << 3;
}

export type Words = ReturnType<typeof twinWords>;

export function twinWords({ i32, f64, word, look, lookInOrder, swap, grow }: TwinMemory) {
  function getF(at: number): number {
    return f64[at >>> 3];
  }

  function setF(at: number, value: number): void {
    f64[at >>> 3] = value;
  }

  /** A 64-bit word as a number; exact up to 53 bits. */
  function getI(at: number): number {
    look(at);
    return word[1] * TWO_32 + (word[0] >>> 0);
  }

  /** Options change as whole blocks, so a word of the block in force is read, never written. */
  function optF(options: number, at: number): number {
    return f64[(options + at) >>> 3];
  }

  function optI(options: number, at: number): number {
    return i32[(options + at) >>> 2];
  }

  /** Windows live in the clock's own time, which may go back; `now` does not. */
  function epochOf(slot: number, now: number, widthMs: number): number {
    return Math.floor((now - f64[(slot + SLOT_CLOCK_BACK) >>> 3]) / widthMs);
  }

  /**
   * Adds to a count below a tag, starting over where the word bears another tag; 1 when it did. A count ends at
   * `most`, the bits below the tag (of the upper half, as the tag), and never falls under 0.
   */
  function taggedAdd(at: number, tag: number, most: number, count: number): number {
    for (let i = 0; i < TRIES; i++) {
      look(at);
      const low = word[0];
      const high = word[1];
      const same = (high & ~most) === tag;
      const sum = (same ? (high & most) * TWO_32 + (low >>> 0) : 0) + count;
      const end = most * TWO_32 + 0xffffffff;
      const next = sum > end ? end : sum < 0 ? 0 : sum;
      // Lost the race: another thread counted in the same word.
      if (swap(at, low, high, next | 0, tag | (next / TWO_32))) return same ? 0 : 1;
    }
    return 0;
  }

  /** Adds to a stamped word, restarting it when it belongs to another bucket; 1 when it was restarted. */
  function stampedAdd(at: number, stamp: number, count: number): number {
    return taggedAdd(at, stamp << 4, COUNTS, count);
  }

  /**
   * The same where every call passes, for a count that is not negative: without the loop as long as the bucket is
   * the same and nobody else counts in it.
   */
  function stampedGrow(at: number, stamp: number, count: number): number {
    look(at);
    const low = word[0];
    const high = word[1];
    const sum = (low >>> 0) + count;
    // What does not fit into the lower half is for the loop, as what starts over or comes to its end.
    if (sum < TWO_32 && (high & ~COUNTS) === stamp << 4 && swap(at, low, high, sum | 0, high)) return 0;
    return stampedAdd(at, stamp, count);
  }

  function stampedRead(at: number, stamp: number): number {
    look(at);
    return (word[1] & ~15) === stamp << 4 ? (word[1] & 15) * TWO_32 + (word[0] >>> 0) : 0;
  }

  /**
   * Sums one word of the newest `buckets` buckets of a ring of `size`, back from that of `epoch`, which stands at
   * `first`; `salt` sets generations apart.
   */
  function ringSum(
    at: number,
    stride: number,
    size: number,
    first: number,
    epoch: number,
    buckets: number,
    salt: number,
  ): number {
    let sum = 0;
    let index = first;
    const newest = stampOf(epoch) + salt;
    for (let k = 0; k < buckets; k++) {
      sum += stampedRead(at + index * stride, stampOf(newest - k));
      index = index === 0 ? size - 1 : index - 1;
    }
    return sum;
  }

  /** Adds to a count that belongs to one generation of a breaker. */
  function tallyAdd(at: number, generation: number, count: number): void {
    taggedAdd(at, generation << 8, TALLIES, count);
  }

  /** The same as stampedGrow is to stampedAdd. */
  function tallyGrow(at: number, generation: number, count: number): void {
    look(at);
    const low = word[0];
    const high = word[1];
    const sum = (low >>> 0) + count;
    if (sum < TWO_32 && (high & ~TALLIES) === generation << 8 && swap(at, low, high, sum | 0, high)) return;
    tallyAdd(at, generation, count);
  }

  function tallyRead(at: number, generation: number): number {
    look(at);
    return (word[1] & ~255) === generation << 8 ? (word[1] & 255) * TWO_32 + (word[0] >>> 0) : 0;
  }

  /** Adds to one of the COUNT_… words of a slot. */
  function count(slot: number, at: number, by: number): void {
    grow(slot + at, whole(by));
  }

  function counted(slot: number, at: number): number {
    lookInOrder(slot + at);
    return word[1] * TWO_32 + (word[0] >>> 0);
  }

  return {
    getF,
    setF,
    getI,
    optF,
    optI,
    epochOf,
    stampedAdd,
    stampedGrow,
    stampedRead,
    ringSum,
    tallyAdd,
    tallyGrow,
    tallyRead,
    count,
    counted,
  };
}
