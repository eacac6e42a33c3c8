// How long until a runtime without threads is up, its import included, beside a process that does nothing?
//
// Each time a fresh process, of what `npm run build` has made.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { report, roundsOr, rowsOf, short } from './support/measure.ts';

const entry = resolve('dist/src/index.js');
if (!existsSync(entry)) throw new Error('there is no dist: npm run build');

// Below the repository, where Deno finds packages.
mkdirSync('.bench', { recursive: true });
const folder = mkdtempSync(resolve('.bench/start-'));
const empty = join(folder, 'empty.mjs');
const started = join(folder, 'started.mjs');
writeFileSync(empty, "process.stdout.write('0');\n");
writeFileSync(
  started,
  `const beganMs = performance.now();
const { createHoldfast } = await import(${JSON.stringify(pathToFileURL(entry).href)});
const holdfast = createHoldfast({
  policies: { send: { circuitBreaker: { consecutiveFailures: 5 }, timeout: { attemptMs: 1_000 } } },
});
await holdfast.start();
process.stdout.write(String(performance.now() - beganMs));
await holdfast.stop();
`,
);

/** How a runtime is told to run a line, and a file. */
const [evaluate, run] = process.versions.deno ? [['eval'], ['run', '-A', '--no-lock']] : [['-e'], []];

/** Runs a fresh process; how long it took in all, and what it says itself, in ms. */
function fresh(...words: string[]): { wholeMs: number; saidMs: number } {
  const beganMs = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  const wholeMs = performance.now() - beganMs;
  if (status !== 0) throw new Error(stderr);
  return { wholeMs, saidMs: Number(stdout) };
}

const bare: number[] = [];
const nothing: number[] = [];
const whole: number[] = [];
const said: number[] = [];
for (let round = -1; round < roundsOr(short ? 5 : 15); round++) {
  const times = [fresh(...evaluate, '0').wholeMs, fresh(...run, empty).wholeMs];
  const { wholeMs, saidMs } = fresh(...run, started);
  // The first one reads the files from the disk.
  if (round < 0) continue;
  bare.push(times[0]);
  nothing.push(times[1]);
  whole.push(wholeMs);
  said.push(saidMs);
}
rmSync(folder, { recursive: true });

report(
  'start',
  rowsOf(
    'a process that runs 0',
    new Map([
      ['a process that runs 0', bare],
      ['a process that imports nothing', nothing],
      ['a process that imports Holdfast, makes a runtime, starts and stops it', whole],
      ['of that: import, createHoldfast and start', said],
    ]),
    { unit: 'ms' },
  ),
  {
    'import, createHoldfast and start: best, ms': Math.min(...said),
    'a bare process: best, ms': Math.min(...bare),
  },
);
