// Measuring: rounds in turn, so that what the machine does meanwhile falls on all alike; medians; a check that
// the work was done.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform } from 'node:os';

export interface Subject {
  name: string;
  /** Does something `times` times and says how often it was really done. */
  run(times: number): Promise<number> | number;
  /** Share of the usual number of times, for what is slow. */
  share?: number;
}

export interface Row {
  name: string;
  ns: number;
  /** To the baseline. */
  ratio: number;
  /** Half the spread of the middle rounds over the median. */
  spread: number;
}

const TIMES = Number(process.env.HOLDFAST_BENCH_TIMES ?? 200_000);
const ROUNDS = Number(process.env.HOLDFAST_BENCH_ROUNDS ?? 15);

/** Runs all subjects in turn for some rounds; ratios are to the one called `baseline`. Throws when work was not done. */
export async function compare(baseline: string, subjects: readonly Subject[]): Promise<Row[]> {
  const taken = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -3; round < ROUNDS; round++) {
    for (const { name, run, share = 1 } of subjects) {
      const times = Math.max(1, Math.round(TIMES * share));
      const start = process.hrtime.bigint();
      const did = await run(times);
      const ns = Number(process.hrtime.bigint() - start) / times;
      if (did !== times) throw new Error(`${name}: done ${did} of ${times} times`);
      if (round >= 0) taken.get(name)?.push(ns);
    }
  }
  const base = median(taken.get(baseline) ?? []);
  return subjects.map(({ name }) => {
    const all = (taken.get(name) ?? []).sort((a, b) => a - b);
    const ns = median(all);
    const quarter = Math.floor(all.length / 4);
    return { name, ns, ratio: ns / base, spread: (all[all.length - 1 - quarter] - all[quarter]) / 2 / ns };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** What it ran on. */
export function machine(): string {
  const { bun, deno, node } = process.versions as Record<string, string | undefined>;
  const runtime = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;
  return `${runtime}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
}

/** Prints rows as a table; `--json=FILE` adds them, with the machine, to a file of results. */
export function report(
  bench: string,
  rows: readonly Row[],
  more: Readonly<Record<string, number>> = {},
): void {
  console.log(`${bench}: ${machine()}`);
  for (const { name, ns, ratio, spread } of rows) {
    const columns = `${ns.toFixed(1).padStart(10)} ns ${ratio.toFixed(2).padStart(8)} ×`;
    console.log(`${name.padEnd(56)}${columns}  ± ${(spread * 100).toFixed(0)} %`);
  }
  for (const [name, value] of Object.entries(more))
    console.log(`${name.padEnd(56)}${value.toFixed(1).padStart(10)}`);
  const file = process.argv.find((word) => word.startsWith('--json='))?.slice('--json='.length);
  if (file !== undefined) addResults(file, bench, rows, more);
}

function addResults(file: string, bench: string, rows: readonly Row[], more: object): void {
  const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const name = bench.split(' ')[0];
  const about = { machine: machine(), commit: commit(), load: loadavg()[0].toFixed(1) };
  writeFileSync(file, `${JSON.stringify({ ...about, ...results, [name]: { rows, more } }, null, 2)}\n`);
}

function commit(): string {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  return stdout?.trim() || 'unknown';
}
