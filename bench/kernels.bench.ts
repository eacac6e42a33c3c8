// What does a decision cost by itself, what would it cost if threads shared nothing, and what in JavaScript?
//
// Baseline of each case: the same in plain objects of one thread. One thread, no clock read, each engine in a
// process of its own, round by round in turn, in several sets of processes, since an engine optimises differently
// each time. What was decided is counted and checked.

import process from 'node:process';
import { cases } from './kernels/cases.ts';
import { answerRounds, EngineProcess, engineAsked } from './kernels/engines.ts';
import { ENGINES, type EngineWord } from './kernels/measured.ts';
import { bestRatio, figureOf } from './support/figures.ts';
import { report, rowsOf, short } from './support/measure.ts';

const SETS = short ? 2 : 5;
const ROUNDS = short ? 8 : 12;
/** The twin is not what anybody waits for. */
const MEASURED = ENGINES.filter((name) => !short || name !== 'js');
const NAMES: Record<EngineWord, string> = {
  plain: 'plain objects',
  wasm: 'WASM, shared',
  js: 'JavaScript twin, shared',
  await: 'bare await',
};

type Taken = Map<EngineWord, number[]>;

const asked = engineAsked();
if (asked !== undefined) {
  await answerRounds(asked);
  process.exit(0);
}

const taken: Taken[] = cases.map(() => new Map(MEASURED.map((engine) => [engine, []])));
for (let set = 0; set < SETS; set++) {
  const processes = MEASURED.map((engine) => [engine, new EngineProcess(engine)] as const);
  for (const index of cases.keys()) {
    for (let round = -2; round < ROUNDS; round++) {
      for (const [engine, one] of processes) {
        const ns = await one.round(index);
        if (round >= 0) taken[index].get(engine)?.push(ns);
      }
    }
  }
  for (const [, one] of processes) one.end();
}

const rows = cases.flatMap(({ name }, index) => {
  const named = [...taken[index]].filter(([engine]) => engine !== 'await');
  return rowsOf(
    `${name}: ${NAMES.plain}`,
    new Map(named.map(([engine, all]) => [`${name}: ${NAMES[engine]}`, all])),
  );
});
const more: Record<string, number> = {
  'a bare await, ns': figureOf(taken.flatMap((one) => one.get('await') ?? [])).figure,
};
for (const [index, { name }] of cases.entries()) {
  const [wasm, bare] = (['wasm', 'await'] as const).map((engine) => taken[index].get(engine) ?? []);
  more[`in bare awaits beside it, ${name}: ${NAMES.wasm}`] = bestRatio(wasm, bare);
}
report('kernels (ratio to plain objects of one thread: what sharing costs)', rows, more, [
  'Plain objects: counters, rings and histograms of the same sizes, in closures and classes that one thread owns; a Map of strings for keys.',
  'WASM and twin work on shared memory by atomic operations. Hashing is compared with finding a string in a Map.',
]);
