// How much is tried: a little with the other tests, the same each time; as much as one likes by hand.
//
//   HOLDFAST_FUZZ=100       a hundred times as many cases, from a seed that is printed
//   HOLDFAST_FUZZ_SEED=7    from this seed

import process from 'node:process';

const times = Number(process.env.HOLDFAST_FUZZ ?? 1);
const given = process.env.HOLDFAST_FUZZ_SEED;

const seed = given !== undefined ? Number(given) : times > 1 ? Math.trunc(Date.now() % 2 ** 31) : 20_300;
if (times > 1) console.log(`fuzz: seed ${seed}, ${times} times as much`);

/** For `fc.assert`: so many cases in the quick form, after those that once failed. */
export function sized<Case extends unknown[] = never>(
  quick: number,
  examples: Case[] = [],
): { numRuns: number; seed: number; examples: Case[] } {
  return { numRuns: examples.length + Math.max(1, Math.round(quick * times)), seed, examples };
}
