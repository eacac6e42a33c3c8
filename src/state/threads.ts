// Threads that take part: each has a row, and in the ledger a cell for every
// policy. When a thread has died its row is revoked and what it held goes back.

import {
  HEADER_THREAD_TOP,
  LAYOUT_VERSION,
  LINE_EVENT,
  THREAD_BYTES,
  THREAD_GEN,
  THREAD_STATE,
} from '../../assembly/layout.ts';
import { OptionsError } from '../base/errors.ts';
import { MAIN_ROW, type PlaneHandle, type StatePlane } from './plane.ts';

const FREE = 0;
const TAKEN = 1;
/** A fence has 24 bits of a signed word: the topmost would make it negative, which means none. */
const FENCES = 0x7f_ffff;

/** What a dead thread gave back, all policies together. */
export interface Reclaimed {
  /** Slots, trials, places in line and isolations. */
  returned: number;
  /** Policies it had held something of. */
  policies: number[];
}

/** The rows of a memory. Only the thread that made the memory uses this. */
export class Threads {
  readonly #plane: StatePlane;

  constructor(plane: StatePlane) {
    this.#plane = plane;
    Atomics.store(plane.i32, this.#stateAt(MAIN_ROW), TAKEN);
  }

  /** Reserves a row for a thread to come, and makes the handle it joins with. */
  reserveOnMain(): PlaneHandle {
    const { i32, sizes, kernels, memory, engine } = this.#plane;
    for (let row = 1; row < sizes.threads; row++) {
      if (Atomics.compareExchange(i32, this.#stateAt(row), FREE, TAKEN) !== FREE) continue;
      const fence = this.#nextFence(row);
      for (let index = 0; index < sizes.policies; index++)
        kernels.grant(this.#plane.cellAt(row, index), fence);
      if (Atomics.load(i32, HEADER_THREAD_TOP >> 2) <= row)
        Atomics.store(i32, HEADER_THREAD_TOP >> 2, row + 1);
      return { memory, layout: LAYOUT_VERSION, row, fence, engine: engine.name };
    }
    throw new OptionsError({
      path: 'memory.threads',
      expected: `one of ${sizes.threads} thread rows to be free`,
      received: 'none: memory.threads raises their number',
    });
  }

  /**
   * Revokes a thread that has died and gives back what it held, once: a second
   * call for the same thread finds the row in other hands and does nothing.
   */
  reclaimOnMain({ row, fence }: { row: number; fence: number }): Reclaimed {
    const { i32, sizes, kernels } = this.#plane;
    const reclaimed: Reclaimed = { returned: 0, policies: [] };
    if (Atomics.load(i32, this.#genAt(row)) !== fence) return reclaimed;
    const next = this.#nextFence(row);
    for (let index = 0; index < sizes.policies; index++) {
      const slot = this.#plane.slotAt(index);
      const returned = kernels.reclaim(slot, this.#plane.cellAt(row, index), row + 1, next);
      if (returned === 0) continue;
      reclaimed.returned += returned;
      reclaimed.policies.push(index);
      Atomics.notify(i32, (slot + LINE_EVENT) >> 2);
    }
    Atomics.store(i32, this.#stateAt(row), FREE);
    return reclaimed;
  }

  /** Whether a fence still stands: false once its thread was declared dead. */
  stands({ row, fence }: { row: number; fence: number }): boolean {
    return Atomics.load(this.#plane.i32, this.#genAt(row)) === fence;
  }

  #nextFence(row: number): number {
    const fence = (Atomics.load(this.#plane.i32, this.#genAt(row)) % FENCES) + 1;
    Atomics.store(this.#plane.i32, this.#genAt(row), fence);
    return fence;
  }

  #stateAt(row: number): number {
    return (this.#plane.geometry.threadsAt + row * THREAD_BYTES + THREAD_STATE) >> 2;
  }

  #genAt(row: number): number {
    return (this.#plane.geometry.threadsAt + row * THREAD_BYTES + THREAD_GEN) >> 2;
  }
}
