import assert from 'node:assert/strict';
import type { Kernels } from '../../src/state/kernels.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { type Recipe, TestMemory } from '../../test/support/memory.ts';

/** Where a case decides. */
export interface Place {
  k: Kernels;
  memory: TestMemory;
  slot: number;
  cell: number;
  row: number;
}

export interface Case {
  name: string;
  recipe: Recipe;
  /** Decides `times` times, from the `first` on; answers how many went as they should. */
  make(place: Place): (times: number, first: number) => number;
}

const ROUNDS = 40;
const ROUND_MS = 4;

/** What a decision takes. */
export interface Figure {
  ns: number;
  /** Half the spread of the middle rounds over the figure. */
  spread: number;
}

const memory = new TestMemory({ threads: 2, keyCells: 4096 });
let kernels: Kernels | undefined;

/** Short rounds, and of those the lower quartile: whatever disturbs a round makes it longer. */
export function measured({ name, recipe, make }: Case, engine: 'wasm' | 'js'): Figure {
  // One memory for all cases, as a thread has one: engines optimise closures for the only ones there are.
  kernels ??= (engine === 'wasm' ? wasmKernels : twinKernels)(memory.memory);
  const k = kernels;
  memory.format(recipe, 2);
  const place = { k, memory, slot: memory.slot, cell: memory.cell(1), row: memory.row(1) };
  k.grant(place.cell, FENCE);
  const run = make(place);
  let first = 0;
  const round = (times: number): number => {
    const startMs = performance.now();
    assert.equal(run(times, first), times, `${name}: decided as it should be`);
    first += times;
    return performance.now() - startMs;
  };
  for (let i = 0; i < 20; i++) round(2_000);
  const times = Math.ceil(2_000 * Math.max(1, ROUND_MS / round(2_000)));
  const figures = Array.from({ length: ROUNDS }, () => (round(times) / times) * 1e6);
  figures.sort((a, b) => a - b);
  const [ns, upper] = [figures[ROUNDS >> 2], figures[ROUNDS - 1 - (ROUNDS >> 2)]];
  return { ns, spread: (upper - ns) / 2 / ns };
}

/** Generation of the measured thread's row. */
export const FENCE = 7;
