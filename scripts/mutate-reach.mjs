// Which test file reaches what, and in what time: asked of each file once and remembered until a source changes.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { infectedCopy, tellingCopy } from './mutate-copy.mjs';
import { runTests } from './mutate-process.mjs';
import { hashOf } from './mutate-results.mjs';
import { root } from './root.mjs';

const LIMIT_MS = 120_000;
const kept = join(root, 'node_modules/.cache/holdfast');

/**
 * Runs test files without a mutant, as many at a time as there are workers. Yields a map from test file to
 * `{ tookMs, reached: Set of 'path point', infected: Set of 'path #number' }`; a file that fails without a mutant is
 * left out and named. `infected` is missing where a file fails when it is asked for that.
 */
export async function reach(files, { texts, sources, workers }) {
  const ask = (kind, all, makeCopy) => askAll(kind, all, { texts, sources, workers, makeCopy });
  const reached = await ask('reached', files, tellingCopy);
  const infected = await ask('infected', [...reached.keys()], infectedCopy);
  return new Map(
    [...reached].map(([file, { tookMs, told }]) => [
      file,
      { tookMs, reached: told, infected: infected.get(file)?.told },
    ]),
  );
}

/** What each file writes down in a copy: `{ tookMs, told: Set }`. */
async function askAll(kind, files, { texts, sources, workers, makeCopy }) {
  const cache = join(kept, kind);
  const known = new Map();
  const keyOf = (file) => join(cache, `${stateOf(file, texts)}.json`);
  const unknown = [];
  for (const file of files) {
    const before = readKept(keyOf(file));
    if (before === undefined) unknown.push(file);
    else known.set(file, { tookMs: before.tookMs, told: new Set(before.reached) });
  }
  if (unknown.length === 0) return known;

  const copy = makeCopy(texts, sources);
  const notes = mkdtempSync(join(tmpdir(), 'holdfast-reached-'));
  try {
    const left = [...unknown];
    const ask = async () => {
      for (let file = left.shift(); file !== undefined; file = left.shift()) {
        const found = await askOne(copy, file, join(notes, hashOf(file)));
        if (found === undefined) continue;
        known.set(file, found);
        mkdirSync(cache, { recursive: true });
        writeFileSync(keyOf(file), JSON.stringify({ tookMs: found.tookMs, reached: [...found.told] }));
      }
    };
    await Promise.all(Array.from({ length: workers }, ask));
  } finally {
    copy.remove();
    rmSync(notes, { recursive: true, force: true });
  }
  return known;
}

/** Digits that stand for all that a test file can reach. */
export function stateOf(file, texts) {
  const paths = [...below(file, texts)].sort();
  return hashOf(paths.map((path) => texts.get(path)).join('\0'));
}

/** A test file and all that it names, directly or not: what it reaches can only change with one of them. */
function below(file, texts, found = new Set()) {
  if (found.has(file) || !texts.has(file)) return found;
  found.add(file);
  for (const [, path] of texts.get(file).matchAll(/["'`](\.{1,2}\/[^"'`\n]*\.ts)["'`]/g)) {
    below(posix.join(posix.dirname(file), path), texts, found);
  }
  return found;
}

async function askOne(copy, file, note) {
  writeFileSync(note, '');
  const { outcome, output, tookMs } = await runTests(copy, [file], {
    limitMs: LIMIT_MS,
    env: { HOLDFAST_REACHED: note },
  });
  if (outcome !== 'passed') {
    console.log(`left out: ${file} ${outcome} without a mutant: ${output.trim().split('\n').at(-1)}`);
    return undefined;
  }
  return { tookMs, told: new Set(readFileSync(note, 'utf8').split('\n').filter(Boolean)) };
}

function readKept(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
