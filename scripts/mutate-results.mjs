// What is known of the mutants, as it is committed: test/mutation/results/<folder>.json, and beside it
// test/mutation/equivalents/<folder>.json with the mutants that nobody could notice, each with its reason.
//
// A file's mutants are numbered in the order of its text. They belong to one text of the file, by its hash; a mutant
// that a test killed is known for as long as that test file is what it was.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './root.mjs';

/** Sixteen digits that stand for a text. */
export const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

const fileOf = (kind, folder) => join(root, 'test/mutation', kind, `${folder}.json`);

function read(path, without) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : without;
}

/** `{ operators, files: { path: { source, mutants, killed, timedOut, survived } } }` */
export function readResults(folder) {
  return read(fileOf('results', folder), { files: {} });
}

/** Writes a folder's results, files in order, in the repository's own form. */
export function writeResults(folder, results) {
  const path = fileOf('results', folder);
  const files = Object.fromEntries(
    Object.entries(results.files).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ ...results, files }, null, 2));
  spawnSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', path], { cwd: root });
}

/** `{ path: [{ line, mutant, why, times }] }`; `times` where the same mutant of the same text is equal in several places. */
export function readEquivalents(folder) {
  return read(fileOf('equivalents', folder), {});
}

/**
 * One file's entry. `outcomes`: for each mutant `{ outcome, by }`, in order; `tests`: hash of each test file.
 * Killed and timed out name the test file, its hash, and the numbers of the mutants.
 */
export function entryOf(source, mutants, outcomes, tests) {
  const group = (wanted) => {
    const by = {};
    for (const [number, { outcome, by: test }] of outcomes.entries()) {
      if (outcome === wanted) by[test] = [...(by[test] ?? []), number];
    }
    const entries = Object.entries(by).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(
      entries.map(([test, numbers]) => [test, { test: tests(test), mutants: toRanges(numbers) }]),
    );
  };
  const survived = mutants.flatMap(({ line, lineText, what, operator }, number) =>
    outcomes[number].outcome === 'survived'
      ? [{ number, at: line, operator, line: lineText, mutant: what }]
      : [],
  );
  return {
    source,
    mutants: mutants.length,
    killed: group('killed'),
    timedOut: group('timed out'),
    survived,
  };
}

/** What an entry knows of each mutant: number to `{ outcome, by, test }`. */
export function outcomesIn({ killed, timedOut, survived }) {
  const known = new Map();
  for (const [outcome, groups] of [
    ['killed', killed],
    ['timed out', timedOut],
  ]) {
    for (const [by, { test, mutants }] of Object.entries(groups)) {
      for (const number of fromRanges(mutants)) known.set(number, { outcome, by, test });
    }
  }
  for (const { number } of survived) known.set(number, { outcome: 'survived' });
  return known;
}

/** Whether a reason stands for this survivor. */
export function explains(equivalents, path, survivor) {
  return reasonFor(equivalents, path, survivor) !== undefined;
}

function reasonFor(equivalents, path, { line, mutant }) {
  return equivalents[path]?.find((each) => each.line === line && each.mutant === mutant);
}

/** In how many places there is what a reason is about: one that is true of one line need not be of its like. */
function placesOf({ line, mutant }, survived) {
  return survived.filter((each) => each.line === line && each.mutant === mutant).length;
}

/**
 * What a folder's results come to: counts, score in percent, the survivors without a reason, and the reasons that
 * stand for no survivor. A reason stands for one place, or for as many as it says: for more it stands for none.
 */
export function sumOf(results, equivalents) {
  const sum = { mutants: 0, killed: 0, timedOut: 0, explained: 0, survivors: [], needless: [] };
  const count = (groups) =>
    Object.values(groups).reduce((all, { mutants }) => all + fromRanges(mutants).length, 0);
  for (const [path, entry] of Object.entries(results.files)) {
    sum.mutants += entry.mutants;
    sum.killed += count(entry.killed);
    sum.timedOut += count(entry.timedOut);
    for (const survivor of entry.survived) {
      const reason = reasonFor(equivalents, path, survivor);
      if (reason !== undefined && placesOf(reason, entry.survived) <= (reason.times ?? 1)) sum.explained++;
      else sum.survivors.push({ path, ...survivor });
    }
  }
  for (const [path, reasons] of Object.entries(equivalents)) {
    const survived = results.files[path]?.survived ?? [];
    for (const reason of reasons) {
      if (placesOf(reason, survived) < (reason.times ?? 1)) sum.needless.push({ path, ...reason });
    }
  }
  const noticed = sum.killed + sum.timedOut;
  return { ...sum, score: (100 * noticed) / Math.max(1, sum.mutants - sum.explained) };
}

/** 0,1,2,5 as `0-2,5`. */
export function toRanges(numbers) {
  const parts = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const last = parts.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** `0-2,5` as 0,1,2,5. */
export function fromRanges(text) {
  return text.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
