// Measuring: rounds in turn, so that what the machine does meanwhile falls on all alike, and a check that the
// work was done.
//
// A figure is the best round but a tenth of them: whatever disturbs a round makes it longer, and a round is long
// enough to hold its share of the garbage collector. On a machine that others use as well, the middle of the rounds
// differs by a third from run to run, and so do ratios of middles; those of undisturbed rounds hardly do.

import process from 'node:process';
import { figureOf, noiseOf } from './figures.ts';

export { report } from './report.ts';

export interface Subject {
  name: string;
  /** Does something `times` times and says how often it was really done. */
  run(times: number): Promise<number> | number;
  /** Share of the usual number of times, for what is slow. */
  share?: number;
}

export interface Row {
  name: string;
  /** The figure, in nanoseconds unless `unit` says otherwise. */
  ns: number;
  /** `B`, `ms`, `/s`, `count`; nanoseconds by default. */
  unit?: string;
  /** To the baseline, which has 1. */
  ratio: number;
  /** That more is better: threads, requests a second. */
  higher?: boolean;
  /** Half the spread of the middle rounds over the figure. */
  spread: number;
  /** The same of the ratios of rounds that were measured side by side. */
  noise?: number;
  best?: number;
  median?: number;
  rounds?: number;
}

/** A short run, for CI: less of everything. */
export const short = process.env.HOLDFAST_BENCH_SHORT === '1';

const TIMES = Number(process.env.HOLDFAST_BENCH_TIMES ?? (short ? 10_000 : 50_000));

/** How many rounds are measured: as usual, unless HOLDFAST_BENCH_ROUNDS says otherwise. */
export function roundsOr(usual: number): number {
  return Number(process.env.HOLDFAST_BENCH_ROUNDS ?? usual);
}

const ROUNDS = roundsOr(short ? 12 : 40);

/** Runs all subjects in turn for some rounds; ratios are to the one called `baseline`. Throws when work was not done. */
export async function compare(baseline: string, subjects: readonly Subject[]): Promise<Row[]> {
  const taken = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -3; round < ROUNDS; round++) {
    for (const { name, run, share = 1 } of subjects) {
      const times = Math.max(1, Math.round(TIMES * share));
      // Node keeps a note of each rejection until the event loop comes round: nobody's notes fall on the next.
      await new Promise((resolve) => setImmediate(resolve));
      const start = process.hrtime.bigint();
      const did = await run(times);
      const ns = Number(process.hrtime.bigint() - start) / times;
      if (did !== times) throw new Error(`${name}: done ${did} of ${times} times`);
      if (round >= 0) taken.get(name)?.push(ns);
    }
  }
  return rowsOf(baseline, taken);
}

/** Rows of figures that were taken in rounds, side by side; ratios are to the one called `baseline`. */
export function rowsOf(
  baseline: string,
  taken: ReadonlyMap<string, readonly number[]>,
  { unit, higher = false }: { unit?: string; higher?: boolean } = {},
): Row[] {
  const bases = taken.get(baseline);
  if (bases === undefined) throw new Error(`nothing is called ${baseline}`);
  const base = figureOf(bases, higher).figure;
  return [...taken].map(([name, all]) => {
    const { figure, ...rest } = figureOf(all, higher);
    const noise = noiseOf(all.map((value, round) => value / bases[round]));
    const more = { ...(unit && { unit }), ...(higher && { higher }) };
    return { name, ns: figure, ...more, ratio: figure / base, ...rest, noise };
  });
}
