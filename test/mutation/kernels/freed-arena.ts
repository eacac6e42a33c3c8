// The arena of the memory that all tests of the state plane share: what a test took is given back when it is over, so
// that they can be played once for each mutant.

import { CELL_BYTES, SLOT_BYTES } from '../../../assembly/layout.ts';
import { type KeyRange, Arena as Real } from '../../../src/state/arena.ts';
import type { StatePlane } from '../../../src/state/plane.ts';

const arenas = new Set<WeakRef<Arena>>();

export class Arena extends Real {
  readonly #plane: StatePlane;
  readonly #slots = new Set<number>();
  readonly #ranges = new Set<KeyRange>();

  constructor(plane: StatePlane) {
    super(plane);
    this.#plane = plane;
    arenas.add(new WeakRef(this));
  }

  override takeOnMain(path: string): number {
    const index = super.takeOnMain(path);
    this.#slots.add(index);
    return index;
  }

  override freeOnMain(index: number): void {
    this.#slots.delete(index);
    super.freeOnMain(index);
  }

  override takeKeysOnMain(path: string, maxKeys: number): KeyRange {
    const range = super.takeKeysOnMain(path, maxKeys);
    this.#ranges.add({ ...range });
    return range;
  }

  freeAll(): void {
    const { bytes, sizes } = this.#plane;
    for (const index of this.#slots) {
      const slot = this.#plane.slotAt(index);
      bytes.fill(0, slot, slot + SLOT_BYTES);
      for (let row = 0; row < sizes.threads; row++) {
        const cell = this.#plane.cellAt(row, index);
        bytes.fill(0, cell, cell + CELL_BYTES);
      }
      super.freeOnMain(index);
    }
    for (const range of this.#ranges) this.freeKeysOnMain(range);
    this.#slots.clear();
    this.#ranges.clear();
  }
}

/** Between two tests: nothing that was taken is in use any more. */
export function freeArenas(): void {
  for (const reference of arenas) {
    const arena = reference.deref();
    if (arena) arena.freeAll();
    else arenas.delete(reference);
  }
}
