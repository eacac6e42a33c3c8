// Brings the results of one folder up to date, and says which are not.

import { readFileSync } from 'node:fs';
import { FOLDERS, isMutated } from './mutate-folders.mjs';
import { hunt } from './mutate-hunt.mjs';
import { isCompared } from './mutate-infected.mjs';
import {
  entryOf,
  explains,
  hashOf,
  outcomesIn,
  readEquivalents,
  readResults,
  writeResults,
} from './mutate-results.mjs';
import { readSource } from './mutate-source.mjs';

/** Other operators make other mutants: nothing that was known of the old ones holds. */
const operators = hashOf(
  ['mutate-operators.mjs', 'mutate-source.mjs']
    .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
    .join(''),
);

const KEEP_EVERY_MS = 30_000;

/**
 * Runs what is not known of the wanted files: mutants of a file that has changed, those whose test has changed, and
 * survivors without a reason. With `all`, every mutant.
 */
export async function mutateFolder(name, { texts, paths, wanted, workers, all, onlyNew, far }) {
  const sources = new Map();
  for (const [path, text] of texts)
    if (path.startsWith('src/') && isMutated(path)) sources.set(path, readSource(text));
  const results = readResults(name);
  const equivalents = readEquivalents(name);
  const known = results.operators === operators ? results.files : {};
  const files = {};
  const hashes = new Map();
  const testHash = (path) => {
    if (!hashes.has(path)) hashes.set(path, texts.has(path) ? hashOf(texts.get(path)) : 'gone');
    return hashes.get(path);
  };

  const tasks = [];
  const outcomes = new Map();
  for (const path of paths) {
    const entry = known[path];
    // What was known stays until more is: a run may be ended at any time.
    if (entry !== undefined) files[path] = entry;
    if (!wanted.includes(path)) continue;
    const { mutants } = sources.get(path);
    const before = entry?.source === hashOf(texts.get(path)) ? outcomesIn(entry) : new Map();
    const found = mutants.map((mutant, number) => {
      const was = before.get(number);
      if (!all && was !== undefined && holds(was, path, mutant)) return was;
      const compared = isCompared(texts.get(path), mutant);
      tasks.push({ path, number, mutant, hint: was?.by, compared });
      return undefined;
    });
    outcomes.set(path, found);
    keep(path);
  }
  if (tasks.length > 0) console.log(`${name}: ${tasks.length} mutants to try`);

  let done = 0;
  let keptAtMs = performance.now();
  await hunt(tasks, {
    folder: FOLDERS[name],
    texts,
    sources,
    workers,
    far,
    onOutcome({ path, number }, outcome) {
      outcomes.get(path)[number] = outcome;
      done++;
      keep(path);
      if (performance.now() - keptAtMs < KEEP_EVERY_MS) return;
      keptAtMs = performance.now();
      writeResults(name, { operators, files });
      console.log(`${name}: ${done} of ${tasks.length} tried`);
    },
  });
  writeResults(name, { operators, files });

  function holds({ outcome, by, test }, path, { lineText, what }) {
    if (outcome === 'survived' && onlyNew) return true;
    if (outcome === 'survived') return explains(equivalents, path, { line: lineText, mutant: what });
    return test === testHash(by);
  }

  /** A file is known when all of its mutants are. */
  function keep(path) {
    const found = outcomes.get(path);
    if (found.includes(undefined)) return;
    files[path] = entryOf(hashOf(texts.get(path)), sources.get(path).mutants, found, testHash);
  }
}

/** The sources whose results are missing or belong to another text, and the tests that have changed since. */
export function staleIn(results, { texts, paths }) {
  if (results.operators !== operators) return ['every file: the operators have changed'];
  const stale = [];
  const changed = new Set();
  for (const path of paths) {
    const entry = results.files[path];
    if (entry === undefined) stale.push(`${path}: no results`);
    else if (entry.source !== hashOf(texts.get(path))) stale.push(`${path}: has changed`);
    else {
      for (const [test, { test: hash }] of [
        ...Object.entries(entry.killed),
        ...Object.entries(entry.timedOut),
      ]) {
        if (!texts.has(test) || hashOf(texts.get(test)) !== hash) changed.add(test);
      }
    }
  }
  for (const path of Object.keys(results.files)) if (!paths.includes(path)) stale.push(`${path}: is gone`);
  return [...stale, ...[...changed].sort().map((test) => `${test}: has changed since it killed mutants`)];
}
