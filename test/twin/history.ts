// The same history in three worlds: one decided by the kernels, one by the twin, one by both in turn.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { play, type Step } from './steps.ts';
import { type Beginning, World } from './world.ts';

let worlds: { kernel: World; twin: World; mixed: World } | undefined;

/** Plays the history in each world and fails at the first answer, or the first word left behind, that differs. */
export function sameInAllWorlds(beginning: Beginning, history: readonly Step[]): void {
  // Made once: a run begins by forgetting everything.
  worlds ??= {
    kernel: new World(wasmKernels),
    twin: new World(twinKernels),
    mixed: new World(wasmKernels, twinKernels),
  };
  const { kernel, twin, mixed } = worlds;
  for (const world of [kernel, twin, mixed]) world.begin(beginning);
  for (const [index, step] of history.entries()) {
    const answer = play(kernel, step);
    mixed.turn();
    for (const [name, world] of [
      ['twin', twin],
      ['mixed', mixed],
    ] as const) {
      const other = play(world, step);
      if (!same(other, answer)) {
        assert.fail(
          `${name}, step ${index}, ${step[0]}: ${show(other)} where the kernel says ${show(answer)}`,
        );
      }
    }
  }
  assert.deepEqual(twin.at.differences(kernel.at), [], 'what the twin left behind');
  assert.deepEqual(mixed.at.differences(kernel.at), [], 'what both left behind');
}

/** Tries many histories. `length`: steps of the longest. */
export function histories(
  beginning: fc.Arbitrary<Beginning>,
  step: fc.Arbitrary<Step>,
  { runs, length }: { runs: number; length: number },
): void {
  const history = fc.array(step, { minLength: 1, maxLength: length, size: 'max' });
  fc.assert(fc.property(beginning, history, sameInAllWorlds), { numRuns: runs * FACTOR });
}

/** How many times the usual number of histories: HOLDFAST_HISTORIES=100 for a night of them. */
const FACTOR = Number(process.env.HOLDFAST_HISTORIES ?? 1);

type Answer = ReturnType<typeof play>;

/** Whether two answers are the same to the last bit. */
export function same(one: Answer, other: Answer): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return Object.is(one, other);
  return one.every((part, index) => Object.is(part, other[index]));
}

const show = (answer: Answer): string => (Array.isArray(answer) ? answer.join(', ') : String(answer));
