// Whether the tests notice when a kernel is wrong: makes every small mistake in assembly/, one at a time, and plays on
// each the histories that compare kernels with their twin, from a fixed seed, and the tests of the state plane; on
// those that survive without a reason, the scenarios of the interleavings. Atomic accesses that are made to be none are
// not among the mistakes: npm run mutate:interleavings makes those.
//
//   npm run mutate -- kernels             what is known and unchanged is not run again
//   npm run mutate -- kernels rate keyed  files whose path contains one of the words
//
// Left out: layout.ts, whose words the twin reads as well, so that no comparison shows a wrong one, and index.ts, which
// has none. What is printed and what is written down is as for other folders: see mutate.mjs and mutate-results.mjs.

import { compiled, kernelSources, mutable } from './mutate-kernels-compile.mjs';
import { Judge } from './mutate-kernels-judge.mjs';
import { mutantsOf } from './mutate-kernels-mutants.mjs';
import { judgeOrders } from './mutate-kernels-orders.mjs';
import { siteNumbers, withAll, withOne, withReach } from './mutate-kernels-schemata.mjs';
import {
  entryOf,
  explains,
  hashOf,
  outcomesIn,
  readEquivalents,
  readResults,
  sumOf,
  writeResults,
} from './mutate-results.mjs';

const FLOOR = 90;
const NAME = 'kernels';

/**
 * A row of the table, and the names of files whose results are not those of their text. With `firstLook` mutants are
 * tried on a few histories only, to see soon what survives them.
 */
export async function mutateKernels({
  filters = [],
  workers = 1,
  all = false,
  run = true,
  firstLook = false,
}) {
  const sources = kernelSources();
  const paths = [...sources.keys()].filter(mutable);
  const wanted = paths.filter((path) => filters.length === 0 || filters.some((word) => path.includes(word)));
  if (run) await judgeFiles(sources, paths, wanted, { workers, all, firstLook });
  const results = readResults(NAME);
  const sum = sumOf(results, readEquivalents(NAME));
  const survivors = sum.survivors.filter(({ path }) => wanted.includes(path));
  for (const { path, at, operator, line, mutant } of survivors) {
    console.log(`survived  ${path}:${at}  ${operator}\n    line    ${line}\n    mutant  ${mutant}`);
  }
  for (const { path, line, mutant } of sum.needless) {
    console.log(`explains nothing  ${path}\n    line    ${line}\n    mutant  ${mutant}`);
  }
  const changed = paths.filter((path) => results.files[path]?.source !== hashOf(sources.get(path)));
  const stale = [...changed, ...sum.needless.map(({ path, mutant }) => `${path}: ${mutant}`)];
  return { ...sum, floor: FLOOR, stale: filters.length === 0 ? stale : [] };
}

async function judgeFiles(sources, paths, wanted, { workers, all, firstLook }) {
  const results = readResults(NAME);
  // The longest first, so that no worker is left with it at the end.
  const queue = [...wanted].sort((a, b) => sources.get(b).length - sources.get(a).length);
  const work = async () => {
    const judge = new Judge();
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const entry = await judgeFile(judge, sources, path, all ? undefined : results.files[path], firstLook);
      if (!entry) continue;
      // Read again: another run may have written other files meanwhile.
      Object.assign(results.files, { ...readResults(NAME).files, [path]: entry });
      for (const known of Object.keys(results.files)) if (!paths.includes(known)) delete results.files[known];
      writeResults(NAME, results);
    }
    judge.end();
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** A file's entry; undefined where all is known. */
async function judgeFile(judge, sources, path, entry, firstLook) {
  const source = sources.get(path);
  const { mutants, loops } = mutantsOf(path, source);
  const known = entry?.source === hashOf(source) ? outcomesIn(entry) : new Map();
  const equivalents = readEquivalents(NAME);
  const explained = ({ from, to }) => explains(equivalents, path, { line: from, mutant: to });
  const settled = (mutant, number) => {
    const { outcome } = known.get(number) ?? {};
    return known.size > 0 && (outcome !== 'survived' || explained(mutant));
  };
  const open = mutants
    .map((mutant, index) => ({ mutant, index, number: index + 1 }))
    .filter(({ mutant, index }) => !settled(mutant, index));
  if (open.length === 0) return undefined;
  const started = performance.now();
  const outcomes = new Map(known);
  const tell = (number, killer, hangs) => {
    if (killer === null) outcomes.set(number - 1, { outcome: 'survived' });
    else outcomes.set(number - 1, { outcome: hangs ? 'timed out' : 'killed', by: suiteOf(killer) });
  };
  const within = open.filter(({ mutant }) => mutant.site);
  const brief = within.filter(({ mutant }) => firstLook || explained(mutant)).map(({ number }) => number);
  await judgeTogether(judge, sources, path, { source, loops, numbered: within, brief }, tell);
  const right = base64((await compiled(sources, path, withReach(source, [], []))).binary);
  for (const { mutant, number } of open.filter(({ mutant }) => !mutant.site)) {
    const { binary } = await compiled(sources, path, withOne(source, mutant, loops));
    if (binary) await judge.judge({ binary: base64(binary), right, mutants: [[number]] }, tell);
  }
  const unexplained = within.filter(
    ({ mutant, index }) => outcomes.get(index)?.outcome === 'survived' && !explained(mutant),
  );
  if (unexplained.length > 0 && !firstLook) {
    await judgeOrders(judge, path, { source, numbered: unexplained }, tell);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const alive = open.filter(({ index }) => outcomes.get(index)?.outcome === 'survived').length;
  console.log(`${path}: ${open.length} mutants, ${alive} survive, ${seconds} s`);
  return written(hashOf(source), mutants, outcomes);
}

/** All mutants in one binary, or, where that does not compile, each half in one. */
async function judgeTogether(judge, sources, path, { source, loops, numbered, brief }, tell) {
  if (numbered.length === 0) return;
  const { binary, complaints } = await compiled(sources, path, withAll(source, numbered, loops));
  if (!binary) {
    if (numbered.length === 1) return;
    if (process.env.SHOW) console.log(complaints);
    const half = numbered.length >> 1;
    for (const part of [numbered.slice(0, half), numbered.slice(half)]) {
      await judgeTogether(judge, sources, path, { source, loops, numbered: part, brief }, tell);
    }
    return;
  }
  const reach = await compiled(sources, path, withReach(source, numbered, loops));
  const places = siteNumbers(numbered);
  const mutants = numbered.map(({ number }) => [number, places.get(number)]);
  await judge.judge({ binary: base64(binary), right: base64(reach.binary), mutants, brief }, tell);
}

/** What does not compile is no mutant. */
function written(source, mutants, outcomes) {
  const told = mutants.map(({ line, from, to, what }) => ({
    line,
    lineText: from,
    what: to,
    operator: what,
  }));
  const all = mutants.map((_, index) => outcomes.get(index) ?? { outcome: 'does not compile' });
  const entry = entryOf(source, told, all, () => undefined);
  return { ...entry, mutants: all.filter(({ outcome }) => outcome !== 'does not compile').length };
}

const suiteOf = (killer) => killer.split(' › ')[0];

const base64 = (binary) => Buffer.from(binary).toString('base64');
