// Keys of a keyed limiter, handed to the kernel as bytes in this thread's row.

import { THREAD_HASH, THREAD_SCRATCH, THREAD_SCRATCH_BYTES } from '../../assembly/layout.ts';
import type { StatePlane } from '../state/plane.ts';

const MOST_UNITS = THREAD_SCRATCH_BYTES / 2;

/** Hashes keys, one at a time, for the kernel call that follows. */
export class Keys {
  readonly #plane: StatePlane;
  readonly #units: Uint16Array;

  constructor(plane: StatePlane) {
    this.#plane = plane;
    this.#units = new Uint16Array(plane.memory.buffer, plane.rowAt + THREAD_SCRATCH, MOST_UNITS);
  }

  /** Leaves the hash of a key where the kernels look for it. Throws a TypeError for what is no text. */
  use(key: unknown): void {
    if (typeof key !== 'string') {
      throw new TypeError(
        `a keyed limiter needs a key, a text; got ${key === undefined ? 'none' : typeof key}`,
      );
    }
    if (key.length > MOST_UNITS) this.#long(key);
    else this.#hash(key);
  }

  #hash(key: string): void {
    const units = this.#units;
    for (let index = 0; index < key.length; index++) units[index] = key.charCodeAt(index);
    this.#plane.kernels.keyHash(this.#plane.rowAt, key.length * 2);
  }

  // In stretches, each hashed together with the hash of what came before.
  #long(key: string): void {
    const hash = new Uint16Array(this.#plane.memory.buffer, this.#plane.rowAt + THREAD_HASH, 4);
    const step = MOST_UNITS - 4;
    for (let from = 0; from < key.length; from += step) {
      const part = key.slice(from, from + step);
      for (let index = 0; index < 4; index++) this.#units[index] = from === 0 ? 0xffff : hash[index];
      for (let index = 0; index < part.length; index++) this.#units[index + 4] = part.charCodeAt(index);
      this.#plane.kernels.keyHash(this.#plane.rowAt, (part.length + 4) * 2);
    }
  }
}
