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
  fc.pre(fallenBack(history) * fastest(beginning, history) < 2 ** 52);
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

// A bucket may owe 2^53 units, which the twin's doubles count exactly. It could owe more only by a clock that goes
// back, in the finest of units; and policies hand the kernels a time that never does.

/** The ms that time ever stands behind what it was. */
function fallenBack(history: readonly Step[]): number {
  let now = 0;
  let latest = 0;
  let back = 0;
  for (const [name, ms] of history) {
    if (name !== 'pass') continue;
    now += Number(ms);
    latest = Math.max(latest, now);
    back = Math.max(back, latest - now);
  }
  return back;
}

/** The most units in a ms that any options of a history have. */
function fastest({ numbers }: Beginning, history: readonly Step[]): number {
  const published = history.flatMap((step) => step as readonly unknown[]).filter((part) => isNumbers(part));
  return Math.max(...[numbers, ...published].map(({ unitsPerMs = 0 }) => unitsPerMs));
}

const isNumbers = (part: unknown): part is Beginning['numbers'] =>
  typeof part === 'object' && part !== null && 'unitsPerMs' in part;

type Answer = ReturnType<typeof play>;

/** Whether two answers are the same to the last bit. */
export function same(one: Answer, other: Answer): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return Object.is(one, other);
  return one.every((part, index) => Object.is(part, other[index]));
}

const show = (answer: Answer): string => (Array.isArray(answer) ? answer.join(', ') : String(answer));
