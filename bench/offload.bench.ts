// What does offloading a task cost, beside Piscina and poolifier by themselves with the same number of threads?
//
//   npm run bench -- offload              tasks of 0, 0.1, 1 and 20 ms, alone and by the thousand
//   npm run bench -- offload --tasks=N    another number of the smallest tasks in a flood
//
// Alone: one task after the other, as each comes back. Flooded: all at once. Pools take turns, and each task must
// come back with its own number.

import process from 'node:process';
import { BASELINE, type Pool, startPools } from './offload/pools.ts';
import { type Row, report, roundsOr, rowsOf, short } from './support/measure.ts';

const THREADS = 2;
const ROUNDS = roundsOr(short ? 3 : 16);
const FLOOD = Number(
  process.argv.find((word) => word.startsWith('--tasks='))?.split('=')[1] ?? (short ? 4_000 : 10_000),
);

interface Kind {
  name: string;
  ms: number;
  alone: number;
  flooded: number;
}

const KINDS: readonly Kind[] = [
  { name: 'task of 0 ms', ms: 0, alone: short ? 300 : 500, flooded: FLOOD },
  { name: 'task of 0.1 ms', ms: 0.1, alone: short ? 100 : 250, flooded: short ? 500 : 1_000 },
  { name: 'task of 1 ms', ms: 1, alone: short ? 20 : 50, flooded: short ? 100 : 200 },
  { name: 'task of 20 ms', ms: 20, alone: 3, flooded: short ? 10 : 20 },
];

/** Microseconds a task of many at once. */
async function flooded({ run }: Pool, { ms, flooded: count }: Kind): Promise<number> {
  const startMs = performance.now();
  const running: Promise<unknown>[] = [];
  for (let index = 0; index < count; index++) running.push(run({ index, ms }));
  const results = await Promise.all(running);
  const tookMs = performance.now() - startMs;
  if (results.some((result, index) => result !== index)) throw new Error('a task came back wrong');
  return (tookMs / count) * 1_000;
}

/** Microseconds of each of some tasks, one after the other. */
async function alone({ run }: Pool, { ms, alone: count }: Kind): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < count; index++) {
    const startMs = performance.now();
    if ((await run({ index, ms })) !== index) throw new Error('a task came back wrong');
    took.push((performance.now() - startMs) * 1_000);
  }
  return took.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

const pools = await startPools(THREADS);
const rows: Row[] = [];
const more: Record<string, number> = {};
try {
  for (const pool of pools) await flooded(pool, { ...KINDS[0], flooded: 2_000 });
  for (const kind of KINDS) {
    const floods = new Map<string, number[]>(pools.map(({ name }) => [name, []]));
    const medians = new Map<string, number[]>(pools.map(({ name }) => [name, []]));
    const all = new Map<string, number[]>(pools.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const pool of pools) {
        floods.get(pool.name)?.push(await flooded(pool, kind));
        const took = await alone(pool, kind);
        medians.get(pool.name)?.push(quantile(took, 0.5));
        all.get(pool.name)?.push(...took);
      }
    }
    const named = (way: string, each: Row): Row => ({ ...each, name: `${kind.name}, ${way}: ${each.name}` });
    rows.push(...rowsOf(BASELINE, medians, { unit: 'µs' }).map((row) => named('alone', row)));
    rows.push(...rowsOf(BASELINE, floods, { unit: 'µs' }).map((row) => named('flooded', row)));
    for (const [name, took] of all) {
      took.sort((a, b) => a - b);
      for (const share of [0.5, 0.99]) {
        more[`${kind.name}, alone, µs, ${share * 100}th percentile: ${name}`] = quantile(took, share);
      }
    }
  }
} finally {
  for (const { stop } of pools) await stop();
}
report('offload (ratios to Piscina by itself, of the same kind of task)', rows, more, [
  `${THREADS} threads each; alone: the median of one task after the other; flooded: all tasks at once, the time of one.`,
  `Floods of ${KINDS.map(({ flooded, ms }) => `${flooded} of ${ms} ms`).join(', ')}.`,
]);
// Not every pool has ended its threads on every runtime.
process.exit(0);
