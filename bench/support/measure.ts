// Measuring: rounds in turn, each beside one of the baseline, and a check that the work was done.
//
// A machine that others use as well is half as fast for seconds at a time, so that times of the same program differ
// by a factor from run to run. Whatever comes between only adds: what a program takes by itself is what its best
// round took, and a ratio is that of best rounds. Of two whole runs one after another 95 in 100 such ratios agree
// within a tenth, where of ratios of rounds side by side, their middle, 75 in 100 do.
// Where several threads or processes have two cores between them a best round is luck, and figures in other units are
// no times: there a ratio is that of a round to the baseline's beside it, and of all of them the middle.

import process from 'node:process';
import { bestRatio, figureOf, middleOf, noiseOf } from './figures.ts';

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
  /** To the baseline, which has 1: of best rounds, or of rounds side by side, their middle; see above. */
  ratio: number;
  /** That more is better: threads, requests a second. */
  higher?: boolean;
  /** Half the spread of the middle rounds over the figure. */
  spread: number;
  /** The same of the ratios of rounds side by side. */
  noise?: number;
  best?: number;
  rounds?: number;
}

/** A short run, for CI: less of everything. */
export const short = process.env.HOLDFAST_BENCH_SHORT === '1';

const TIMES = Number(process.env.HOLDFAST_BENCH_TIMES ?? (short ? 10_000 : 50_000));

/** How many rounds are measured: as usual, unless HOLDFAST_BENCH_ROUNDS says otherwise. */
export function roundsOr(usual: number): number {
  return Number(process.env.HOLDFAST_BENCH_ROUNDS ?? usual);
}

export const ROUNDS = roundsOr(short ? 12 : 40);

/** Rounds of one subject: what each took, and what the baseline took beside it. */
export interface Rounds {
  taken: readonly number[];
  beside: readonly number[];
}

/** Runs all subjects in turn for some rounds; ratios are to the one called `baseline`. Throws when work was not done. */
export async function compare(baseline: string, subjects: readonly Subject[]): Promise<Row[]> {
  return rowsOfRounds(baseline, await roundsBeside(baseline, subjects));
}

/** The rounds by themselves, for who puts those of several processes together. */
export async function roundsBeside(
  baseline: string,
  subjects: readonly Subject[],
  many = ROUNDS,
): Promise<Map<string, Rounds>> {
  const base = subjects.find(({ name }) => name === baseline);
  if (base === undefined) throw new Error(`nothing is called ${baseline}`);
  const rounds = new Map(
    subjects.map(({ name }) => [name, { taken: [] as number[], beside: [] as number[] }]),
  );
  for (let round = -3; round < many; round++) {
    let before = await took(base);
    for (const subject of subjects) {
      const ns = subject === base ? before : await took(subject);
      const after = subject === base ? before : await took(base);
      if (round >= 0) {
        rounds.get(subject.name)?.taken.push(ns);
        rounds.get(subject.name)?.beside.push((before + after) / 2);
      }
      before = after;
    }
  }
  return rounds;
}

/** Nanoseconds of doing it once. */
async function took({ name, run, share = 1 }: Subject): Promise<number> {
  const times = Math.max(1, Math.round(TIMES * share));
  // Node keeps a note of each rejection until the event loop comes round: nobody's notes fall on the next.
  await new Promise((resolve) => setImmediate(resolve));
  const start = process.hrtime.bigint();
  const did = await run(times);
  const ns = Number(process.hrtime.bigint() - start) / times;
  if (did !== times) throw new Error(`${name}: done ${did} of ${times} times`);
  return ns;
}

interface Kind {
  unit?: string;
  higher?: boolean;
}

/** Rows of figures that were taken in rounds, side by side; ratios are to the one called `baseline`. */
export function rowsOf(
  baseline: string,
  taken: ReadonlyMap<string, readonly number[]>,
  kind: Kind = {},
): Row[] {
  const beside = taken.get(baseline);
  if (beside === undefined) throw new Error(`nothing is called ${baseline}`);
  return rowsOfRounds(
    baseline,
    new Map([...taken].map(([name, all]) => [name, { taken: all, beside }])),
    kind,
  );
}

/** The same of rounds that each have the baseline's beside them. */
export function rowsOfRounds(
  baseline: string,
  rounds: ReadonlyMap<string, Rounds>,
  { unit, higher = false }: Kind = {},
): Row[] {
  const base = rounds.get(baseline);
  if (base === undefined) throw new Error(`nothing is called ${baseline}`);
  return [...rounds].map(([name, { taken, beside }]) => {
    const { figure, ...rest } = figureOf(taken, higher);
    const ratios = taken.map((value, round) => value / beside[round]);
    const more = { ...(unit && { unit }), ...(higher && { higher }) };
    const ratio = unit === undefined ? bestRatio(taken, base.taken) : middleOf(ratios);
    return { name, ns: figure, ...more, ratio, ...rest, noise: noiseOf(ratios) };
  });
}
