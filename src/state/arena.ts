// Which policy slots and which keyed cells are in use. Only the thread that made
// the memory allocates, so there is no lock and no ABA.

import {
  CELL_PLACES,
  CELL_SLOTS,
  CELL_TRIALS,
  HEADER_SEED,
  SLOT_BYTES,
  SLOT_GEN,
  SLOT_INDEX,
} from '../../assembly/layout.ts';
import { OptionsError } from '../base/errors.ts';
import { secretBytes } from '../base/random.ts';
import { cellsFor } from './geometry.ts';
import type { StatePlane } from './plane.ts';

// What of a ledger cell's words says that something is held. The generation of trials that came home stays in theirs.
const HELD: readonly (readonly [word: number, mask: bigint])[] = [
  [CELL_SLOTS, 0xff_ffff_ffffn],
  [CELL_TRIALS, 0xfffn],
  [CELL_PLACES, 0xff_ffff_ffffn],
];
const SEED_BYTES = 16;

/** A stretch of keyed cells: where it starts and how many there are. */
export interface KeyRange {
  first: number;
  count: number;
}

/** Hands out slots, oldest freed first, and zeroed when they were used before. */
export class Arena {
  readonly #plane: StatePlane;
  #fresh = 0;
  readonly #freed: number[] = [];
  readonly #keys: KeyRange[];
  #freeCells: number;

  constructor(plane: StatePlane) {
    this.#plane = plane;
    this.#keys = [{ first: 0, count: plane.geometry.keyCells }];
    this.#freeCells = plane.geometry.keyCells;
  }

  /** Slots that can still be taken. */
  get free(): number {
    return this.#plane.sizes.policies - this.#fresh + this.#freed.length;
  }

  /** Keyed cells that can still be taken. */
  get freeCells(): number {
    return this.#freeCells;
  }

  /** The index of an empty slot, in a new generation. Throws an `OptionsError` at `path` when all are taken. */
  takeOnMain(path: string): number {
    const { i32, bytes, sizes } = this.#plane;
    // A slot that a late result may still reach is passed over.
    const at = this.#freed.findIndex((index) => this.#isQuiet(index));
    const index = at >= 0 ? this.#freed.splice(at, 1)[0] : this.#fresh < sizes.policies ? this.#fresh++ : -1;
    if (index < 0) {
      throw new OptionsError({
        path,
        expected: `one of ${sizes.policies} policy slots to be free`,
        received: 'none: memory.policies raises their number',
      });
    }
    const slot = this.#plane.slotAt(index);
    const generation = Atomics.load(i32, (slot + SLOT_GEN) >> 2) + 1;
    if (at >= 0) bytes.fill(0, slot, slot + SLOT_BYTES);
    i32[(slot + SLOT_INDEX) >> 2] = index;
    Atomics.store(i32, (slot + SLOT_GEN) >> 2, generation);
    return index;
  }

  /** Gives a slot back. From now on its generation is over: what still runs under it finds that out. */
  freeOnMain(index: number): void {
    const slot = this.#plane.slotAt(index);
    Atomics.add(this.#plane.i32, (slot + SLOT_GEN) >> 2, 1);
    this.#freed.push(index);
  }

  /** A stretch of cells for `maxKeys` keys, all unused. */
  takeKeysOnMain(path: string, maxKeys: number): KeyRange {
    const count = cellsFor(maxKeys);
    const at = this.#keys.findIndex((range) => range.count >= count);
    if (at < 0) {
      throw new OptionsError({
        path,
        expected: `room for ${maxKeys} keys`,
        received: `room for ${this.#mostKeys()} left in this memory: memory.keys raises their number`,
      });
    }
    this.#seedHash();
    const range = this.#keys[at];
    const taken = { first: range.first, count };
    range.first += count;
    range.count -= count;
    if (range.count === 0) this.#keys.splice(at, 1);
    this.#freeCells -= count;
    return taken;
  }

  freeKeysOnMain({ first, count }: KeyRange): void {
    const { keysAt } = this.#plane.geometry;
    this.#plane.bytes.fill(0, keysAt + first * 16, keysAt + (first + count) * 16);
    this.#keys.push({ first, count });
    this.#keys.sort((a, b) => a.first - b.first);
    for (let i = this.#keys.length - 1; i > 0; i--) {
      const [before, after] = [this.#keys[i - 1], this.#keys[i]];
      if (before.first + before.count !== after.first) continue;
      before.count += after.count;
      this.#keys.splice(i, 1);
    }
    this.#freeCells += count;
  }

  /** The most keys that one table could still have. */
  #mostKeys(): number {
    const cells = Math.max(0, ...this.#keys.map(({ count }) => count));
    return cells < cellsFor(1) ? 0 : 2 ** Math.floor(Math.log2(cells)) / 2;
  }

  /** Draws the key of the keyed hash, with the first table. */
  #seedHash(): void {
    const { bytes } = this.#plane;
    const drawn = bytes.subarray(HEADER_SEED, HEADER_SEED + SEED_BYTES).some((byte) => byte !== 0);
    if (!drawn) bytes.set(secretBytes(SEED_BYTES), HEADER_SEED);
  }

  #isQuiet(index: number): boolean {
    const { sizes } = this.#plane;
    const words = new BigInt64Array(this.#plane.memory.buffer);
    for (let row = 0; row < sizes.threads; row++) {
      const cell = this.#plane.cellAt(row, index);
      for (const [word, mask] of HELD) {
        if ((Atomics.load(words, (cell + word) >> 3) & mask) !== 0n) return false;
      }
    }
    return true;
  }
}
