// Runs benches: each file in bench/ asks one question and prints its answer.
//
//   node scripts/bench.mjs                      all of them; writes bench/results/<runtime>.json, tables, charts, README
//   node scripts/bench.mjs kernels keys         bench/kernels.bench.ts and bench/keys.bench.ts, printed
//   node scripts/bench.mjs kernels --json FILE  and written to a file
//   node scripts/bench.mjs --runtime=bun        on another runtime: bun, deno, node-24
//   node scripts/bench.mjs --short              a minute of them; fails when one is worse than bench/floors.json allows
//   node scripts/bench.mjs compare OLD NEW      two files of results; fails when something got slower beyond noise
//   node scripts/bench.mjs kernels --x          other flags go to the bench

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { buildBenches } from './bench-build.mjs';
import { compareFiles } from './bench-compare.mjs';
import { brokenFloors, readFloors } from './bench-floors.mjs';
import { reportResults } from './bench-report.mjs';
import { runtimes } from './install-runtimes.mjs';
import { buildKernels } from './kernels.mjs';
import { writeSpeed } from './readme-speed.mjs';
import { root } from './root.mjs';

/** A noisy minute is not a slower program: a floor is broken when it is broken each time. */
const TRIES = 3;

const { words, flags, json, short, runtime } = read(process.argv.slice(2));
if (words[0] === 'compare') {
  process.exitCode = compareFiles(words[1], words[2]);
} else {
  const jsonAt = json === undefined ? undefined : resolve(json);
  process.chdir(root);
  const { name, kind, binary } = chosen(runtime);
  const benches = wanted(words);
  await buildKernels();
  const built = buildBenches();
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.once('exit', built.remove);
  // Load is sent by the same program whatever the runtime that it is sent to.
  const env = {
    ...process.env,
    HOLDFAST_NODE: process.execPath,
    // What benches write goes with the build; and Deno finds packages only from a program below the repository.
    TMPDIR: built.folder,
    ...(short && { HOLDFAST_BENCH_SHORT: '1' }),
  };
  const run = (bench, ...more) => {
    const startMs = performance.now();
    const file = join(built.folder, 'bench', `${bench}.bench.js`);
    const { status } = spawnSync(binary, [...before(kind), file, ...more, ...flags], {
      stdio: 'inherit',
      env,
    });
    console.log(`${bench}: ${((performance.now() - startMs) / 1_000).toFixed(1)} s\n`);
    return status === 0;
  };
  if (short) process.exitCode = await inShort(run, words.length > 0 ? benches : undefined);
  else if (words.length > 0) process.exitCode = some(benches, run, jsonAt);
  else process.exitCode = all(benches, run, jsonAt ?? join(root, 'bench/results', `${shortName(name)}.json`));
}

function all(benches, run, file) {
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  const draft = `${file}.draft`;
  rmSync(draft, { force: true });
  const startMs = performance.now();
  const failed = benches.filter((bench) => !run(bench, `--json=${draft}`));
  console.log(`${benches.length} benches in ${((performance.now() - startMs) / 60_000).toFixed(1)} min`);
  // What was measured is kept: a bench that failed has no table, and says why above.
  if (failed.length > 0) console.error(`without results: ${failed.join(', ')}`);
  if (!existsSync(draft)) return 1;
  renameSync(draft, file);
  reportResults();
  writeSpeed();
  return failed.length > 0 ? 1 : 0;
}

function some(benches, run, file) {
  const told = file === undefined ? [] : [`--json=${file}`];
  return benches.map((bench) => run(bench, ...told)).every(Boolean) ? 0 : 1;
}

async function inShort(run, benches) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  let floors = readFloors().filter(({ file }) => benches === undefined || benches.includes(file));
  if (floors.length === 0) return some(benches, run);
  for (let tried = 1; ; tried++) {
    const results = join(folder, `${tried}.json`);
    for (const file of new Set(floors.map(({ file }) => file))) if (!run(file, `--json=${results}`)) return 1;
    const broken = brokenFloors(floors, JSON.parse(readFileSync(results, 'utf8')));
    for (const { said } of broken) console.error(`${tried}: ${said}`);
    if (broken.length === 0) return 0;
    if (tried === TRIES) return 1;
    floors = broken.map(({ floor }) => floor);
  }
}

function before(kind) {
  if (kind === 'deno') return ['run', '-A', '--no-check', '--no-lock', '--v8-flags=--expose-gc'];
  return ['--expose-gc'];
}

function chosen(word) {
  const here = { name: `node-${process.versions.node}`, kind: 'node', binary: process.execPath };
  if (word === undefined || word === 'node') return here;
  const found = runtimes().find(
    ({ name }) => name === word || name.startsWith(`${word}-`) || name.startsWith(`${word}.`),
  );
  return (
    found ??
    quit(
      `no runtime is called ${word}; there are: ${runtimes()
        .map(({ name }) => name)
        .join(', ')}`,
    )
  );
}

/** node-20, bun-1: results of a later patch take the place of those before. */
function shortName(name) {
  return name.replace(/\..*/, '');
}

function wanted(words) {
  const known = readdirSync(join(root, 'bench'))
    .filter((name) => name.endsWith('.bench.ts'))
    .map((name) => name.slice(0, -'.bench.ts'.length))
    .sort();
  const unknown = words.filter((name) => !known.includes(name));
  if (unknown.length > 0) quit(`no bench is called ${unknown.join(' or ')}; there are: ${known.join(', ')}`);
  return words.length > 0 ? words : known;
}

function read(given) {
  const words = [];
  const flags = [];
  const own = { json: undefined, runtime: undefined, short: false };
  for (let at = 0; at < given.length; at++) {
    const word = given[at];
    const [name, value] = word.split(/=(.*)/s);
    if (word === '--short') own.short = true;
    else if (name === '--json' || name === '--runtime') own[name.slice(2)] = value ?? given[++at];
    else (word.startsWith('-') ? flags : words).push(word);
  }
  return { words, flags, ...own };
}

function quit(said) {
  console.error(said);
  process.exit(1);
}
