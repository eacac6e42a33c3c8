// One policy's slot, as the thread that looks at it sees it.

import {
  BREAKER_NEXT_MS,
  BREAKER_OPEN_MS,
  BREAKER_STATE,
  CALLS_MAX,
  HEADER_KEYS_AT,
  KEY_BYTES,
  OPTIONS_AT,
  OPTIONS_RING,
  SLOT_BUCKET_MS,
  SLOT_BUCKETS,
  SLOT_BUDGET_MS,
  SLOT_CALLS,
  SLOT_CLOCK_BACK,
  SLOT_FEATURES,
  SLOT_GEN,
  SLOT_KEYS_AT,
  SLOT_KEYS_COUNT,
  SLOT_SLICE_MS,
  SLOT_THROTTLE_MS,
  SLOT_VERSION,
  THREAD_SCRATCH,
  VIEW_COUNT,
  WINDOW_MAX,
} from '../../assembly/layout.ts';
import type { KeyRange } from './arena.ts';
import { type PolicyNumbers, type Published, readOptions, writeBlock } from './options-block.ts';
import type { StatePlane } from './plane.ts';

/** What a slot is made for. Unlike its numbers this never changes. */
export interface SlotShape {
  /** F_… bits. */
  features: number;
  /** Buckets and their width of a breaker's time window; calls of its count window. */
  windowBuckets: number;
  bucketMs: number;
  windowCalls: number;
  budgetBucketMs: number;
  throttleBucketMs: number;
  /** Window of each latency view, 0 for those that are not kept: budget, timeout, hedge, rate. */
  viewMs: readonly [number, number, number, number];
  keys: KeyRange | undefined;
}

/** A publish carries one part of the keyed cells over, so each is met twice before the ring of options comes round. */
const CARRY_PARTS = OPTIONS_RING / 2;

/** How often options are read again that others publish without end. */
const READS = 1_000;

/** Fills an empty slot in. The slot must not be published yet. */
export function formatOnMain(
  plane: StatePlane,
  index: number,
  shape: SlotShape,
  numbers: PolicyNumbers,
): void {
  const { i32, f64 } = plane;
  const at = plane.slotAt(index);
  i32[(at + SLOT_FEATURES) >> 2] = shape.features;
  i32[(at + SLOT_BUCKETS) >> 2] = Math.min(Math.max(shape.windowBuckets, 1), WINDOW_MAX);
  i32[(at + SLOT_CALLS) >> 2] = Math.min(Math.max(shape.windowCalls, 1), CALLS_MAX);
  f64[(at + SLOT_BUCKET_MS) >> 3] = shape.bucketMs || 1;
  f64[(at + SLOT_BUDGET_MS) >> 3] = shape.budgetBucketMs || 1;
  f64[(at + SLOT_THROTTLE_MS) >> 3] = shape.throttleBucketMs || 1;
  for (let view = 0; view < 4; view++) {
    // The rate is judged by one whole interval, the other views slide by eighths.
    const slices = view === 3 ? 1 : VIEW_COUNT;
    f64[((at + SLOT_SLICE_MS) >> 3) + view] = (shape.viewMs[view] || slices) / slices;
  }
  if (shape.keys !== undefined) {
    i32[(at + SLOT_KEYS_AT) >> 2] = i32[HEADER_KEYS_AT >> 2] + shape.keys.first * KEY_BYTES;
    i32[(at + SLOT_KEYS_COUNT) >> 2] = shape.keys.count;
  }
  f64[(at + BREAKER_NEXT_MS) >> 3] = numbers.openMs;
  f64[(at + BREAKER_OPEN_MS) >> 3] = numbers.openMs;
  writeBlock(plane, at + OPTIONS_AT, numbers);
}

/** One thread's access to one policy's slot. */
export class Slot {
  readonly plane: StatePlane;
  readonly index: number;
  readonly generation: number;
  /** Addresses: of the slot, and of this thread's cell in the ledger. */
  readonly at: number;
  readonly cell: number;
  readonly features: number;
  readonly #versionWord: number;
  readonly #genWord: number;
  #seen: Published;

  constructor(plane: StatePlane, index: number) {
    this.plane = plane;
    this.index = index;
    this.at = plane.slotAt(index);
    this.cell = plane.cellAt(plane.row, index);
    this.features = plane.i32[(this.at + SLOT_FEATURES) >> 2];
    this.#versionWord = (this.at + SLOT_VERSION) >> 2;
    this.#genWord = (this.at + SLOT_GEN) >> 2;
    this.generation = Atomics.load(plane.i32, this.#genWord);
    const seen = this.#read();
    if (seen === undefined) throw new Error('the options of a policy change faster than they can be read');
    this.#seen = seen;
  }

  /** Whether the policy still is the one this was made for. */
  get lives(): boolean {
    return this.plane.i32[this.#genWord] === this.generation;
  }

  /** Whether the breaker is half-open rather than open or closed, as its word says: a plain read, for errors. */
  get halfOpen(): boolean {
    // The state stands above the 36 bits of the payload, in the word's upper half.
    return ((this.plane.i32[(this.at + BREAKER_STATE + 4) >> 2] >> 4) & 7) === 1;
  }

  /** The version of the options in force: a plain read, cheap enough for every call. */
  get version(): number {
    return this.plane.i32[this.#versionWord];
  }

  /** The numbers in force, read anew only when another version was published. */
  get numbers(): PolicyNumbers {
    if (this.#seen.version !== this.version) this.#seen = this.#read() ?? this.#seen;
    return this.#seen.numbers;
  }

  #read(): Published | undefined {
    for (let tries = 0; tries < READS; tries++) {
      const published = readOptions(this.plane, this.at);
      if (published !== undefined) return published;
    }
    return undefined;
  }

  /**
   * Changes some numbers, all at once for every thread, on top of whatever is
   * in force. False when this could not be done in `tries` because other threads
   * publish without end.
   */
  publish(
    change: (numbers: PolicyNumbers) => Partial<PolicyNumbers>,
    nowMs: number,
    tries = 10_000,
  ): boolean {
    const { plane } = this;
    const block = plane.rowAt + THREAD_SCRATCH;
    for (let i = 0; i < tries; i++) {
      const published = readOptions(plane, this.at);
      if (published === undefined) continue;
      const { version, numbers } = published;
      writeBlock(plane, block, { ...numbers, ...change(numbers) });
      const next = plane.kernels.publish(this.at, block, version, plane.row + 1, nowMs);
      if (next < 0) continue;
      this.#carryKeys(next, nowMs);
      return true;
    }
    return false;
  }

  /** Buckets of keys that nobody uses are brought along too, before the ring forgets what their words mean. */
  #carryKeys(version: number, nowMs: number): void {
    const part = Math.ceil(this.plane.i32[(this.at + SLOT_KEYS_COUNT) >> 2] / CARRY_PARTS);
    const from = (version & (CARRY_PARTS - 1)) * part;
    if (part > 0) this.plane.kernels.keyedCarry(this.at, nowMs, from, from + part);
  }

  /** Tells the kernels how far the policy's clock has gone back in all. */
  setClockBack(ms: number): void {
    this.plane.f64[(this.at + SLOT_CLOCK_BACK) >> 3] = ms;
  }

  /** A f64 word of the slot. */
  readF(offset: number): number {
    return this.plane.f64[(this.at + offset) >> 3];
  }

  writeF(offset: number, value: number): void {
    this.plane.f64[(this.at + offset) >> 3] = value;
  }

  readI(offset: number): number {
    return Atomics.load(this.plane.i32, (this.at + offset) >> 2);
  }
}
