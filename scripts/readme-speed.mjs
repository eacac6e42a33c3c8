// Fills the speed section of README.md from bench/results/*.json; without results it says how to get some.
//
//   node scripts/readme-speed.mjs           writes it
//   node scripts/readme-speed.mjs --check   fails when it is not what the results say

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { root } from './root.mjs';

const README = join(root, 'README.md');
const RESULTS = join(root, 'bench/results');
const BLOCK = /(<!-- speed: written by scripts\/readme-speed\.mjs -->\n)[\s\S]*?(<!-- \/speed -->)/;
const NONE = 'No results are kept here yet: `npm run bench` measures on your machine.\n';

/** README.md with the section as the results have it. Throws when the section is missing. */
export function withSpeed(readme) {
  if (!BLOCK.test(readme)) throw new Error('README.md has no speed section');
  return readme.replace(BLOCK, (_all, before, after) => `${before}\n${speed()}\n${after}`);
}

function speed() {
  const files = existsSync(RESULTS)
    ? readdirSync(RESULTS)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];
  return files.length === 0 ? NONE : files.map(machineTables).join('\n');
}

function machineTables(file) {
  const { machine, commit, load, ...benches } = JSON.parse(readFileSync(join(RESULTS, file), 'utf8'));
  const tables = Object.entries(benches).map(([bench, { rows }]) => {
    const lines = rows.map(({ name, ns, ratio, spread }) => {
      return `| ${name} | ${ns.toFixed(1)} | ${ratio.toFixed(2)} | ${(spread * 100).toFixed(0)} % |`;
    });
    return `| ${bench} | ns | ratio | ± |\n|---|---:|---:|---:|\n${lines.join('\n')}\n`;
  });
  const head = `${machine}; commit ${commit ?? 'unknown'}, load ${load ?? 'unknown'}. The ratio, to the first line's kind of work in the same run, counts.\n`;
  return `${head}\n${tables.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = readFileSync(README, 'utf8');
  const wanted = withSpeed(readme);
  if (!process.argv.includes('--check')) writeFileSync(README, wanted);
  else if (wanted !== readme) {
    console.error(
      'the speed section of README.md is not what bench/results says: node scripts/readme-speed.mjs',
    );
    process.exitCode = 1;
  }
}
