// What got slower between two files of results, beyond what their rounds differ by anyway.
//
// Ratios to a baseline of the same run are compared: times drift with the machine.

import { readFileSync } from 'node:fs';

/** Less than this is not told apart from luck, however quiet the rounds were. */
const LEAST = 0.1;

/** `before` and `now` are ratios; `change` is how many times worse it is now, `allowed` how many may be noise. */
export function differences(older, newer) {
  const found = [];
  for (const [bench, { rows = [] }] of tablesOf(newer)) {
    const before = new Map((older[bench]?.rows ?? []).map((row) => [row.name, row]));
    for (const now of rows) {
      const was = before.get(now.name);
      if (was === undefined || !(was.ratio > 0 && now.ratio > 0)) continue;
      const change = now.higher ? was.ratio / now.ratio : now.ratio / was.ratio;
      const allowed = 1 + LEAST + noise(was) + noise(now);
      const verdict = change > allowed ? 'slower' : 1 / change > allowed ? 'faster' : 'same';
      found.push({ bench, name: now.name, before: was.ratio, now: now.ratio, change, allowed, verdict });
    }
  }
  return found;
}

/** What one file tells of and the other does not: a figure that is gone was perhaps the slow one. */
export function missing(older, newer) {
  return tablesOf(older).flatMap(([bench, { rows = [] }]) => {
    const names = new Set((newer[bench]?.rows ?? []).map(({ name }) => name));
    return rows.filter(({ name }) => !names.has(name)).map(({ name }) => `${bench}: ${name}`);
  });
}

/** Prints them; 1 when something is slower, 2 when there is nothing to compare. */
export function compareFiles(olderFile, newerFile) {
  if (!olderFile || !newerFile) {
    console.error('compare takes two files: npm run bench -- compare OLD.json NEW.json');
    return 2;
  }
  const [older, newer] = [olderFile, newerFile].map((file) => JSON.parse(readFileSync(file, 'utf8')));
  if (older.machine !== newer.machine) {
    console.log(`these were measured on different machines: ${older.machine}; ${newer.machine}`);
  }
  const found = differences(older, newer);
  if (found.length === 0) {
    console.error('the files have no figure in common');
    return 2;
  }
  for (const { bench, name, before, now, change, allowed, verdict } of found) {
    if (verdict === 'same') continue;
    const ratios = `${before.toFixed(2)} → ${now.toFixed(2)}`;
    const times = verdict === 'slower' ? change : 1 / change;
    const said = `${times.toFixed(2)} × ${verdict} (${allowed.toFixed(2)} may be noise)`;
    console.log(`${bench}: ${name}: ${ratios}, ${said}`);
  }
  for (const name of missing(older, newer)) console.log(`${name}: only in ${olderFile}`);
  const slower = found.filter(({ verdict }) => verdict === 'slower').length;
  const alike = found.filter(({ change }) => Math.max(change, 1 / change) <= 1 + LEAST).length;
  console.log(`${found.length} figures compared, ${slower} slower; ${alike} agree within ${LEAST * 100} %`);
  return slower > 0 ? 1 : 0;
}

function noise({ noise, spread = 0 }) {
  return noise ?? spread;
}

function tablesOf(results) {
  return Object.entries(results).filter(([, table]) => Array.isArray(table?.rows));
}
