// The memory as the twin touches it.
//
// A 64-bit word is handled as two halves, low and high, each a signed 32-bit
// number. Looking at one goes through a Float64Array, because engines move eight
// aligned bytes at once and a BigInt would have to be allocated; a pattern that
// a double does not keep, a NaN, is read as a BigInt after all.
//
// A plain look is whole but stands in no order with other reads. It is good
// enough for what ends in a compare-and-swap, which looks for itself; what ends
// without one is decided on a look in order.

import { TWO_32 } from './arithmetic.ts';

export interface TwinMemory {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly bytes: Uint8Array;
  /** The word last looked at: low half, high half. Take them out before anything else is called. */
  readonly word: Int32Array;
  look(at: number): void;
  lookInOrder(at: number): void;
  /** One compare-and-swap of a word. When it fails, what was found is the word last looked at. */
  swap(at: number, low: number, high: number, nextLow: number, nextHigh: number): boolean;
  /** Stores a word; what was there is the word last looked at. */
  exchange(at: number, low: number, high: number): void;
  put(at: number, low: number, high: number): void;
  /** Adds a whole number to a 64-bit count. */
  grow(at: number, by: number): void;
  /** The same of 32 bits. `add` answers what was there before. */
  load(at: number): number;
  store(at: number, value: number): void;
  add(at: number, by: number): number;
  swap32(at: number, value: number, next: number): boolean;
}

/** Memory that other threads share. Each thread makes its own of these. */
export function twinMemory(buffer: ArrayBufferLike): TwinMemory {
  const i32 = new Int32Array(buffer);
  const f64 = new Float64Array(buffer);
  const i64 = new BigInt64Array(buffer);
  // Words on their way in or out: seen, expected, next.
  const passage = new ArrayBuffer(24);
  const halves = new Int32Array(passage);
  const doubles = new Float64Array(passage);
  const words = new BigInt64Array(passage);

  function lookInOrder(at: number): void {
    words[0] = Atomics.load(i64, at >>> 3);
  }

  function look(at: number): void {
    const bits = f64[at >>> 3];
    // biome-ignore lint/suspicious/noSelfCompare: the shortest question for a NaN
    if (bits === bits) doubles[0] = bits;
    else lookInOrder(at);
  }

  function swap(at: number, low: number, high: number, nextLow: number, nextHigh: number): boolean {
    halves[2] = low;
    halves[3] = high;
    halves[4] = nextLow;
    halves[5] = nextHigh;
    const expected = words[1];
    const found = Atomics.compareExchange(i64, at >>> 3, expected, words[2]);
    if (found === expected) return true;
    words[0] = found;
    return false;
  }

  function exchange(at: number, low: number, high: number): void {
    halves[4] = low;
    halves[5] = high;
    words[0] = Atomics.exchange(i64, at >>> 3, words[2]);
  }

  function put(at: number, low: number, high: number): void {
    halves[4] = low;
    halves[5] = high;
    Atomics.store(i64, at >>> 3, words[2]);
  }

  /** In halves, which is right for a count that is only ever added to: every addition carries for itself. */
  function grow(at: number, by: number): void {
    const before = Atomics.add(i32, at >>> 2, by) >>> 0;
    const high = Math.floor((before + by) / TWO_32);
    if (high !== 0) Atomics.add(i32, (at >>> 2) + 1, high);
  }

  return {
    i32,
    f64,
    bytes: new Uint8Array(buffer),
    word: halves,
    look,
    lookInOrder,
    swap,
    exchange,
    put,
    grow,
    load: (at) => Atomics.load(i32, at >>> 2),
    store: (at, value) => {
      Atomics.store(i32, at >>> 2, value);
    },
    add: (at, by) => Atomics.add(i32, at >>> 2, by),
    swap32: (at, value, next) => Atomics.compareExchange(i32, at >>> 2, value, next) === value,
  };
}
