// Where histories happen: one policy in one memory, its threads, its time.

import {
  BREAKER_MARK,
  BREAKER_NEXT_MS,
  BREAKER_STATE,
  SLOT_CLOCK_BACK,
  SLOT_VERSION,
} from '../../assembly/layout.ts';
import type { Kernels } from '../../src/state/kernels.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { type Recipe, TestMemory } from '../support/memory.ts';

export const THREADS = 4;
export const MOST_KEY_CELLS = 64;

/** How a world begins. */
export interface Beginning extends Recipe {
  nowMs: number;
  /** Generation that the breaker begins in: late ones come after millions of openings. */
  generation: number;
}

export interface Admission {
  ticket: number;
  thread: number;
  startMs: number;
}

export class World {
  readonly at = new TestMemory({ threads: THREADS, keyCells: MOST_KEY_CELLS });
  readonly #engines: Kernels[];
  #turn = 0;
  /** Whose turn it is. */
  kernels: Kernels;
  nowMs = 0;
  backMs = 0;
  /** The generation of each thread's row. */
  fences: number[] = [];
  /** Attempts that are under way. */
  admissions: Admission[] = [];
  numbers: Partial<PolicyNumbers> = {};

  /** Several engines take turns. */
  constructor(...engines: ((memory: WebAssembly.Memory) => Kernels)[]) {
    this.#engines = engines.map((engine) => engine(this.at.memory));
    this.kernels = this.#engines[0];
  }

  begin(beginning: Beginning): void {
    const { at } = this;
    at.format(beginning, THREADS);
    this.#turn = 0;
    this.turn(0);
    this.nowMs = beginning.nowMs;
    this.backMs = 0;
    this.fences = Array.from({ length: THREADS }, (_, thread) => thread + 5);
    this.admissions = [];
    this.numbers = beginning.numbers;
    for (let thread = 0; thread < THREADS; thread++) this.kernels.grant(at.cell(thread), this.fences[thread]);
    const words = new BigInt64Array(at.memory.buffer);
    words[(this.slot + BREAKER_STATE) >> 3] = BigInt(beginning.generation) << 39n;
    words[(this.slot + BREAKER_MARK) >> 3] = BigInt(beginning.generation & 255);
  }

  /** Gives the turn to the next engine, or to the one named by its place. */
  turn(engine?: number): void {
    // Not strictly in turn, so that neither engine always does the same half of a pair.
    const draw = Math.imul(++this.#turn, 0x9e3779b1) >>> 16;
    this.kernels = this.#engines[engine ?? draw % this.#engines.length];
  }

  get slot(): number {
    return this.at.slot;
  }

  get version(): number {
    return this.at.i32[(this.slot + SLOT_VERSION) >> 2];
  }

  turnBack(ms: number): void {
    this.backMs += ms;
    this.at.f64[(this.slot + SLOT_CLOCK_BACK) >> 3] = this.backMs;
  }

  prepareOpenMs(ms: number): void {
    this.at.f64[(this.slot + BREAKER_NEXT_MS) >> 3] = ms;
  }

  /** A fence as a thread may give it: its own, none at all, or one that no longer stands. */
  fence(thread: number, kind: FenceKind): number {
    return kind === 'none' ? -1 : kind === 'wrong' ? this.fences[thread] + 1 : this.fences[thread];
  }
}

export type FenceKind = 'right' | 'none' | 'wrong';
