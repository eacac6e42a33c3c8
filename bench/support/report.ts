// Saying what was measured: a table for people, a file of results for programs.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { about, machine } from './machine.ts';
import type { Row } from './measure.ts';

const printed = new Set<string>();

/**
 * Prints rows as a table, what else there is to say about numbers, and how things were set up; `--json=FILE`
 * adds them to a file of results. The first word of `bench` is the name of the table.
 */
export function report(
  bench: string,
  rows: readonly Row[],
  more: Readonly<Record<string, number>> = {},
  notes: readonly string[] = [],
): void {
  const broken = rows.find(({ ns, ratio }) => !(Number.isFinite(ns) && Number.isFinite(ratio)));
  if (broken) throw new Error(`${bench}: ${broken.name} has no figure`);
  if (printed.size === 0) console.log(`${machine()}\n`);
  const name = bench.split(/[ :]/)[0];
  printed.add(name);
  console.log(bench);
  for (const { name, ns, unit = 'ns', ratio, spread } of rows) {
    const columns = `${digits(ns).padStart(12)} ${unit.padEnd(3)} ${ratio.toFixed(2).padStart(8)} ×`;
    console.log(`  ${name.padEnd(78)}${columns}  ± ${(spread * 100).toFixed(0)} %`);
  }
  for (const [name, value] of Object.entries(more))
    console.log(`  ${name.padEnd(78)}${digits(value).padStart(12)}`);
  for (const note of notes) console.log(`  ${note}`);
  console.log();
  const file = process.argv.find((word) => word.startsWith('--json='))?.slice('--json='.length);
  if (file !== undefined) addResults(file, name, { rows, more, notes });
}

function addResults(file: string, name: string, table: object): void {
  const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : about();
  writeFileSync(file, `${JSON.stringify({ ...results, [name]: table }, null, 2)}\n`);
}

function digits(value: number): string {
  return value.toFixed(Math.abs(value) < 100 ? 2 : Math.abs(value) < 1_000 ? 1 : 0);
}
