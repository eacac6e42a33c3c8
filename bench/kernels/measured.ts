import assert from 'node:assert/strict';
import process from 'node:process';
import type { Kernels } from '../../src/state/kernels.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { type Recipe, TestMemory } from '../../test/support/memory.ts';
import { short } from '../support/measure.ts';
import type { Decide } from './plain-cases.ts';

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
  make(place: Place): Decide;
  /** The same in objects of one thread. */
  plain(): Decide;
}

/** `await` decides nothing: what times are compared with on another machine. */
export const ENGINES = ['plain', 'wasm', 'js', 'await'] as const;
export type EngineWord = (typeof ENGINES)[number];

const ROUND_MS = short ? 2 : 4;

/** Makes and warms up a case; each call of what it yields is a short round, and tells nanoseconds a decision. */
export function prepared({ name, recipe, make, plain }: Case, engine: 'plain' | 'wasm' | 'js'): () => number {
  const decide = engine === 'plain' ? plain() : make(placed(recipe, engine));
  let first = 0;
  const ms = (times: number): number => {
    const start = process.hrtime.bigint();
    const did = decide(times, first);
    const took = Number(process.hrtime.bigint() - start) / 1e6;
    assert.equal(did, times, `${name}: decided as it should be`);
    first += times;
    return took;
  };
  for (let i = 0; i < 20; i++) ms(2_000);
  const times = Math.ceil(2_000 * Math.max(1, ROUND_MS / ms(2_000)));
  return () => (ms(times) / times) * 1e6;
}

/** Generation of the measured thread's row. */
export const FENCE = 7;

let memory: TestMemory | undefined;
let kernels: Kernels | undefined;

function placed(recipe: Recipe, engine: 'wasm' | 'js'): Place {
  // One memory for all cases, as a thread has one: engines optimise closures for the only ones there are.
  memory ??= new TestMemory({ threads: 2, keyCells: 4096 });
  kernels ??= (engine === 'wasm' ? wasmKernels : twinKernels)(memory.memory);
  memory.format(recipe, 2);
  const place = { k: kernels, memory, slot: memory.slot, cell: memory.cell(1), row: memory.row(1) };
  kernels.grant(place.cell, FENCE);
  return place;
}
