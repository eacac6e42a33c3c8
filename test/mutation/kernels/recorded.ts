// Stands in for the module that plays the same history in several worlds. The histories are drawn once, from a fixed
// seed, and played once by the twin; a mutant has to give its answers and leave its words behind.

import fc from 'fast-check';
import { twinKernels } from '../../../src/state/twin/twin.ts';
import { play, type Step } from '../../twin/steps.ts';
import { type Beginning, World } from '../../twin/world.ts';
import { alive } from './alive.ts';
import { current } from './gathered.ts';
import { useMutant, wasmKernels } from './mutated-engine.ts';

const SEED = 20_261_123;
/** The most histories of one kind, of those that the tests play anew each time. */
const MOST = 150;

type Answer = ReturnType<typeof play>;

export interface History {
  readonly name: string;
  readonly beginning: Beginning;
  readonly steps: readonly Step[];
  /** By the twin: what each step answered, and a hash of the memory at the end. */
  answers?: readonly Answer[];
  left?: number;
}

export const recorded: History[] = [];

export function histories(
  beginning: fc.Arbitrary<Beginning>,
  step: fc.Arbitrary<Step>,
  { runs, length }: { runs: number; length: number },
): void {
  const history = fc.array(step, { minLength: 1, maxLength: length, size: 'max' });
  const drawn = fc.sample(fc.tuple(beginning, history), { seed: SEED, numRuns: Math.min(runs, MOST) });
  for (const [start, steps] of drawn) recorded.push({ name: current.name, beginning: start, steps });
}

export function sameInAllWorlds(beginning: Beginning, steps: readonly Step[]): void {
  recorded.push({ name: current.name, beginning, steps });
}

export function same(one: Answer, other: Answer): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return Object.is(one, other);
  return one.every((part, index) => Object.is(part, other[index]));
}

let mutated: World | undefined;

/** Plays a history on the mutant that is in force; says in what it differs from the twin, if it does. */
export function difference(history: History): string | undefined {
  alive();
  mutated ??= new World(wasmKernels);
  answeredByTwin(history);
  try {
    mutated.begin(history.beginning);
    for (const [index, step] of history.steps.entries()) {
      if (!same(play(mutated, step), history.answers?.[index])) return `${step[0]} answers otherwise`;
    }
  } catch (error) {
    return (error as Error).message;
  }
  return hashOf(mutated) === history.left ? undefined : 'other words are left behind';
}

/** Leaves out histories beyond what the twin can count, as the tests do: there even the right kernels differ. */
export function leaveOutUncountable(): void {
  useMutant(0);
  const countable = recorded.filter((history) => difference(history) === undefined);
  if (countable.length < recorded.length * 0.95)
    throw new Error('kernels and twin differ without any mutant');
  recorded.splice(0, recorded.length, ...countable);
}

let twin: World | undefined;

function answeredByTwin(history: History): void {
  if (history.answers) return;
  twin ??= new World(twinKernels);
  const world = twin;
  world.begin(history.beginning);
  history.answers = history.steps.map((step) => play(world, step));
  history.left = hashOf(world);
}

function hashOf({ at }: World): number {
  const words = new Int32Array(at.memory.buffer, 0, at.bytes.length >> 2);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) {
    if (words[i] !== 0) hash = Math.imul(hash ^ words[i] ^ Math.imul(i, 0x9e3779b1), 0x01000193);
  }
  return hash;
}
