// A memory with one policy in it and no plane around it: what engines are compared on. It is the second of
// two that there is room for, so that rows and indices count.

import {
  CELL_BYTES,
  HEADER_BYTES,
  HEADER_KEYS_AT,
  HEADER_LEDGER_AT,
  HEADER_POLICIES,
  HEADER_SEED,
  HEADER_THREAD_TOP,
  OPTIONS_BYTES,
  SLOT_BYTES,
  SLOT_GEN,
  SLOT_INDEX,
  THREAD_BYTES,
  THREAD_SCRATCH,
} from '../../assembly/layout.ts';
import { geometryOf } from '../../src/state/geometry.ts';
import { type PolicyNumbers, writeBlock } from '../../src/state/options-block.ts';
import type { StatePlane } from '../../src/state/plane.ts';
import { formatOnMain, type SlotShape } from '../../src/state/slot.ts';

const POLICIES = 2;
const INDEX = 1;

export interface MemorySizes {
  threads: number;
  /** Keyed cells, a power of two or none. */
  keyCells: number;
}

/** What a policy's slot is made with; what is left out is zero. */
export interface Recipe extends Partial<Omit<SlotShape, 'keys'>> {
  numbers: Partial<PolicyNumbers>;
  /** Keyed cells in use. */
  keyCells?: number;
}

/** Addresses are in bytes, as kernels take them. */
export class TestMemory {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly slot: number;
  readonly #geometry;

  constructor(sizes: MemorySizes) {
    const { pages, ...geometry } = geometryOf({
      policies: POLICIES,
      threads: sizes.threads,
      keys: sizes.keyCells,
    });
    this.#geometry = geometry;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.bytes = new Uint8Array(this.memory.buffer, 0, geometry.bytes);
    this.i32 = new Int32Array(this.memory.buffer);
    this.f64 = new Float64Array(this.memory.buffer);
    this.slot = geometry.slotsAt + INDEX * SLOT_BYTES;
  }

  /** A thread's cell in the ledger, its row, and the scratch area in its row. */
  cell = (thread: number): number => this.#geometry.ledgerAt + (thread * POLICIES + INDEX) * CELL_BYTES;
  row = (thread: number): number => this.#geometry.threadsAt + thread * THREAD_BYTES;
  scratch = (thread: number): number => this.row(thread) + THREAD_SCRATCH;

  /** Forgets everything and makes the policy anew. */
  format({ numbers, keyCells = 0, ...shape }: Recipe, threads: number): void {
    const { i32, f64, bytes } = this;
    bytes.fill(0);
    i32[HEADER_POLICIES >> 2] = POLICIES;
    i32[HEADER_LEDGER_AT >> 2] = this.#geometry.ledgerAt;
    i32[HEADER_KEYS_AT >> 2] = this.#geometry.keysAt;
    i32[HEADER_THREAD_TOP >> 2] = threads;
    for (let i = 0; i < 16; i++) bytes[HEADER_SEED + i] = 37 * i + 11;
    i32[(this.slot + SLOT_GEN) >> 2] = 1;
    i32[(this.slot + SLOT_INDEX) >> 2] = INDEX;
    const plane = { i32, f64, memory: this.memory, slotAt: () => this.slot } as unknown as StatePlane;
    formatOnMain(
      plane,
      0,
      { ...PLAIN, ...shape, keys: keyCells ? { first: 0, count: keyCells } : undefined },
      {
        openMs: 1000,
        ...numbers,
      } as PolicyNumbers,
    );
  }

  /** Writes a whole options block, as `publish` takes it. */
  writeBlock(at: number, numbers: Partial<PolicyNumbers>): void {
    this.bytes.fill(0, at, at + OPTIONS_BYTES);
    writeBlock({ memory: this.memory } as StatePlane, at, numbers);
  }

  /** The words of this memory that are not those of another. */
  differences(other: TestMemory): string[] {
    if (Buffer.compare(this.bytes, other.bytes) === 0) return [];
    const words = new BigUint64Array(this.memory.buffer, 0, this.bytes.length >> 3);
    const others = new BigUint64Array(other.memory.buffer);
    const found: string[] = [];
    for (let i = 0; i < words.length && found.length < 20; i++) {
      if (words[i] !== others[i]) found.push(`${this.#nameOf(i * 8)}: ${hex(words[i])} ≠ ${hex(others[i])}`);
    }
    return found;
  }

  #nameOf(at: number): string {
    const { threadsAt, slotsAt, ledgerAt, keysAt } = this.#geometry;
    if (at >= keysAt) return `keys + ${at - keysAt}`;
    if (at >= ledgerAt) return `ledger + ${at - ledgerAt}`;
    if (at >= slotsAt) return `slot + ${at - this.slot}`;
    return at >= threadsAt && at >= HEADER_BYTES ? `threads + ${at - threadsAt}` : `header + ${at}`;
  }
}

const PLAIN: SlotShape = {
  features: 0,
  windowBuckets: 0,
  bucketMs: 0,
  windowCalls: 0,
  budgetBucketMs: 0,
  throttleBucketMs: 0,
  viewMs: [0, 0, 0, 0],
  keys: undefined,
};

const hex = (word: bigint): string => word.toString(16).padStart(16, '0');
