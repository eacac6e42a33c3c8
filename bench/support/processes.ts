// The same tables measured in several processes, one after the other: an engine optimises a program differently each
// time it is started, by a tenth and more, and that would pass for a difference between two versions.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { again, askedFor } from './again.ts';
import {
  ROUNDS,
  type Rounds,
  type Row,
  report,
  roundsBeside,
  rowsOfRounds,
  type Subject,
  short,
} from './measure.ts';

export interface Table {
  title: string;
  baseline: string;
  subjects: readonly Subject[];
  notes?: readonly string[];
}

const PROCESSES = short ? 1 : 4;
const FLAG = '--rounds-to=';

type Taken = [string, Rounds][][];

/** Measures and reports all tables; ends the process, since a peer's timer may lie a day ahead. */
export async function reportOfProcesses(tables: readonly Table[], end: () => void): Promise<never> {
  const file = askedFor(FLAG);
  if (PROCESSES > 1 && file === undefined) {
    const each = Array.from({ length: PROCESSES }, measuredApart);
    for (const [at, table] of tables.entries())
      told(
        table,
        together(
          table,
          each.map((taken) => taken[at]),
        ),
      );
  } else {
    const many = Math.ceil(ROUNDS / PROCESSES);
    const taken: Taken = [];
    for (const { baseline, subjects } of tables)
      taken.push([...(await roundsBeside(baseline, subjects, many))]);
    if (file !== undefined) writeFileSync(file, JSON.stringify(taken));
    else
      for (const [at, table] of tables.entries())
        told(table, rowsOfRounds(table.baseline, new Map(taken[at])));
  }
  end();
  process.exit(0);
}

function told({ title, notes }: Table, rows: Row[]): void {
  report(title, rows, {}, notes);
}

function measuredApart(_: unknown, index: number): Taken {
  const file = join(tmpdir(), `rounds-${process.pid}-${index}.json`);
  const { status } = spawnSync(process.execPath, again(FLAG + file), {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('a process in which rounds were to be measured has failed');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(file);
  }
}

/** Rows of the rounds of all processes. */
function together({ baseline }: Table, each: Taken[number][]): Row[] {
  const rounds = each[0].map(([name], at) => {
    const own = each.map((taken) => taken[at][1]);
    return [
      name,
      { taken: own.flatMap(({ taken }) => taken), beside: own.flatMap(({ beside }) => beside) },
    ] as const;
  });
  return rowsOfRounds(baseline, new Map(rounds));
}
