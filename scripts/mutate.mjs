// Whether the tests notice when a source is wrong: makes every small mistake in it, one at a time, in a copy of the
// repository, and runs the tests that reach the place.
//
//   npm run mutate                      every folder; what is known and unchanged is not run again
//   npm run mutate -- base twin         folders by name (see mutate-folders.mjs), or `kernels`
//   npm run mutate -- base timer-wheel  files of the folder whose path contains the word
//   npm run mutate -- policy/retry      files of any folder whose path contains the word
//   npm run mutate -- --list base       prints the survivors that are known, runs nothing
//   npm run mutate -- --check           runs nothing: are the results those of these sources and tests, are they good enough?
//
//   --workers N   processes of tests at a time (1)
//   --all         runs what is known as well
//   --new         runs only what was never tried: not those that are known to survive
//   --far         shows survivors to the tests of other folders too, twenty seconds of them for each
//
// Killed: a test fails. Timed out: the tests hang. Survived: nothing notices. Explained: survived, and the reason why
// nobody could notice stands in test/mutation/equivalents/<folder>.json, found by the text of the line and of the
// mutant as they are printed; where the same is true in several places, `times` says in how many. Score: killed and
// timed out, of all that are not explained.
// Results are written to test/mutation/results/<folder>.json; survivors without a reason are tried again each time.
// Ends with 1 when a folder is below its floor, a reason explains nothing, or (--check) something is stale.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildKernels } from './kernels.mjs';
import { readAll } from './mutate-copy.mjs';
import { mutateFolder, staleIn } from './mutate-folder.mjs';
import { FOLDERS, sourcesOf } from './mutate-folders.mjs';
import { endAll } from './mutate-process.mjs';
import { readEquivalents, readResults, sumOf } from './mutate-results.mjs';
import { printTable } from './mutate-table.mjs';
import { root } from './root.mjs';

const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    workers: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    new: { type: 'boolean', default: false },
    far: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});
const workers = Number(flags.workers);
const names = Object.keys(FOLDERS);
const filters = words.filter((word) => !names.includes(word) && word !== 'kernels');
const chosen = words.length === filters.length ? names : names.filter((name) => words.includes(name));

process.chdir(root);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    endAll();
    process.exit(1);
  });
}
await buildKernels();

const quiet = flags.check || flags.list;
const rows = [];
let sound = true;
for (const name of chosen) {
  const texts = readAll();
  const paths = sourcesOf(FOLDERS[name], [...texts.keys()]);
  const wanted = paths.filter((path) => filters.length === 0 || filters.some((word) => path.includes(word)));
  if (wanted.length === 0) continue;
  if (!quiet)
    await mutateFolder(name, {
      texts,
      paths,
      wanted,
      workers,
      all: flags.all,
      onlyNew: flags.new,
      far: flags.far,
    });
  const results = readResults(name);
  const sum = sumOf(results, readEquivalents(name));
  const stale = filters.length === 0 ? staleIn(results, { texts, paths }) : [];
  const told = (path) => wanted.includes(path);
  for (const { path, at, operator, line, mutant } of sum.survivors.filter(({ path }) => told(path))) {
    console.log(`survived  ${path}:${at}  ${operator}\n    line    ${line}\n    mutant  ${mutant}`);
  }
  for (const { path, line, mutant } of sum.needless.filter(({ path }) => told(path))) {
    console.log(`explains nothing  ${path}\n    line    ${line}\n    mutant  ${mutant}`);
  }
  for (const each of stale) console.log(`stale     ${each}`);
  rows.push({ name, ...sum, floor: FOLDERS[name].floor });
  if (sum.score < FOLDERS[name].floor || sum.needless.length > 0 || stale.length > 0) sound = false;
}

// The kernels have mutants of their own, made of the binary's sources: mutate-kernels.mjs exports
// `mutateKernels({ workers, all, run })`, which yields a row as above and `stale`, a list of texts. `run` is false
// where nothing may be run.
const kernels = new URL('mutate-kernels.mjs', import.meta.url);
if ((words.length === 0 || words.includes('kernels')) && existsSync(kernels)) {
  const { mutateKernels } = await import(kernels.href);
  const row = await mutateKernels({ filters, workers, all: flags.all, run: !quiet });
  for (const each of row.stale) console.log(`stale     ${each}`);
  rows.push({ name: 'kernels', ...row });
  if (row.score < row.floor || row.stale.length > 0) sound = false;
}

if (rows.length === 0) {
  console.error(`no source's path contains ${filters.join(' or ')}`);
  sound = false;
}
printTable(rows);
process.exitCode = sound ? 0 : 1;
