// What does a decision cost by itself, what would it cost if threads shared nothing, and what in JavaScript?
//
// Baseline of each case: the same in plain objects of one thread. One thread, no clock read, each engine in
// processes of its own, in turn, so that no call site sees both. What was decided is counted and checked.

import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { cases } from './kernels/cases.ts';
import { ENGINES, type EngineWord, measured } from './kernels/measured.ts';
import { bareAwaitNs } from './support/bare-await.ts';
import { report, rowsOf, short } from './support/measure.ts';

type Rounds = Record<string, number[]>;

const TURNS = short ? 2 : 4;
/** The twin is not what anybody waits for. */
const MEASURED = short ? ENGINES.filter((name) => name !== 'js') : ENGINES;
const NAMES: Record<EngineWord, string> = {
  plain: 'plain objects',
  wasm: 'WASM, shared',
  js: 'JavaScript twin, shared',
};

const word = process.argv.find((word) => word.startsWith('--engine='))?.slice('--engine='.length);
const engine = ENGINES.find((name) => name === word);

if (engine !== undefined) {
  console.log(JSON.stringify(Object.fromEntries(cases.map((one) => [one.name, measured(one, engine)]))));
} else {
  const bareNs = await bareAwaitNs();
  const turns = Array.from({ length: TURNS }, () => MEASURED.map((name) => [name, inProcess(name)] as const));
  const rows = cases.flatMap(({ name }) => {
    const rounds = MEASURED.map((engine) => {
      const own = turns.flatMap((turn) => turn.filter(([word]) => word === engine));
      return [`${name}: ${NAMES[engine]}`, own.flatMap(([, figures]) => figures[name])] as const;
    });
    return rowsOf(rounds[0][0], new Map(rounds));
  });
  const more = { 'a bare await, ns': Math.min(bareNs, await bareAwaitNs()) };
  report('kernels (ratio to plain objects of one thread: what sharing costs)', rows, more, [
    'Plain objects: counters, rings and histograms of the same sizes, in closures and classes that one thread owns; a Map of strings for keys.',
    'WASM and twin work on shared memory by atomic operations. Hashing is compared with finding a string in a Map.',
  ]);
}

function inProcess(name: EngineWord): Rounds {
  const words = [...process.execArgv, process.argv[1], `--engine=${name}`];
  const run = 'Deno' in globalThis ? ['run', '-A', '--no-check', '--no-lock', ...words] : words;
  const { stdout, stderr, status } = spawnSync(process.execPath, run, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the ${name} engine was not measured\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}
