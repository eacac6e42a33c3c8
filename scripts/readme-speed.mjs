// Fills the speed section of README.md from bench/results/*.json; without results it says how to get some.
//
//   node scripts/readme-speed.mjs           writes it
//   node scripts/readme-speed.mjs --check   fails when it is not what the results say

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { headOf, readResults, tableOf } from './bench-report.mjs';
import { root } from './root.mjs';

const README = join(root, 'README.md');
const BLOCK = /(<!-- speed: written by scripts\/readme-speed\.mjs -->\n)[\s\S]*?(<!-- \/speed -->)/;
const NONE = 'No results are kept here yet: `npm run bench` measures on your machine.\n';

/** What a reader asks first; the rest is in bench/results/README.md. */
const SHOWN = ['policies', 'refusals', 'threads'];

/** README.md with the section as the results have it. Throws when the section is missing. */
export function withSpeed(readme) {
  if (!BLOCK.test(readme)) throw new Error('README.md has no speed section');
  return readme.replace(BLOCK, (_all, before, after) => `${before}\n${speed()}\n${after}`);
}

function speed() {
  const all = readResults();
  // The oldest runtime that is supported is the one that targets are set for.
  const chosen = all.find(({ name }) => name === 'node-20') ?? all[0];
  if (chosen === undefined) return NONE;
  const { name, results } = chosen;
  const chart = `bench/results/calls-${name}.svg`;
  const lines = [];
  if (existsSync(join(root, chart))) lines.push(`![What a protected call costs](${chart})`, '');
  lines.push(`${headOf(results)} The ratio, to the row that has 1 in the same run, counts.`, '');
  for (const title of SHOWN) {
    if (results[title]) lines.push(...tableOf(title, { ...results[title], notes: [] }), '');
  }
  const others = all.map(({ name }) => name).join(', ');
  lines.push(
    `[All tables](bench/results/README.md): how each was set up, memory, keys, tasks, a service; ${others}.`,
  );
  return `${lines.join('\n')}\n`;
}

/** Writes it. */
export function writeSpeed() {
  writeFileSync(README, withSpeed(readFileSync(README, 'utf8')));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = readFileSync(README, 'utf8');
  if (!process.argv.includes('--check')) writeSpeed();
  else if (withSpeed(readme) !== readme) {
    console.error(
      'the speed section of README.md is not what bench/results says: node scripts/readme-speed.mjs',
    );
    process.exitCode = 1;
  }
}
