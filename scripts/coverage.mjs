// Coverage of src, as the tests on this Node reach it, threads included.
//
//   npm run coverage            all tests; ends with 1 under 100 % of lines or 98 % of branches
//   npm run coverage -- state/  tests whose path contains the word; prints gaps and asks for no figure
//   npm run coverage -- --again  reads the last run anew instead of running the tests
//
// What cannot be reached, or cannot be seen to be reached, stands with its reason in coverage-exclusions.mjs and is
// left out of the figures. Threads that are ended by force report nothing. Files of nothing but types do not count.

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { transformSync } from 'esbuild';
import { EXCLUSIONS } from './coverage-exclusions.mjs';
import { exclude, gapsOf } from './coverage-read.mjs';
import { root } from './root.mjs';

const LINES = 100;
const BRANCHES = 98;

process.chdir(root);
const words = process.argv.slice(2).filter((word) => word !== '--again');
const again = process.argv.includes('--again');
const whole = words.length === 0;
const startMs = Date.now();
const failed = again ? 0 : runTests();
const ok = report(JSON.parse(readFileSync('coverage/coverage-final.json', 'utf8')));
process.exitCode = failed || (whole && !ok ? 1 : 0);

function runTests() {
  const run = spawnSync(
    process.execPath,
    [
      createRequire(import.meta.url).resolve('c8/bin/c8.js'),
      '--all',
      '--src=src',
      '--include=src/**/*.ts',
      '--exclude=**/*.d.ts',
      '--exclude=src/state/kernels.wasm.ts',
      '--exclude=src/admin/page.html.ts',
      '--reporter=json',
      '--reports-dir=coverage',
      process.execPath,
      'scripts/test.mjs',
      '--test-reporter=dot',
      ...words,
    ],
    { stdio: 'inherit' },
  );
  return run.status ?? 1;
}

function report(files) {
  const sum = { lines: [0, 0], branches: [0, 0] };
  const complaints = EXCLUSIONS.filter(({ file }) => files[join(root, file)] === undefined).map(
    ({ file, text }) => `${file}: excluded, but no such source: ${text}`,
  );
  let excluded = 0;
  for (const path of Object.keys(files).sort()) {
    const source = readFileSync(path, 'utf8');
    if (isTypes(source)) continue;
    const file = relative(root, path).replaceAll('\\', '/');
    // Places are told by where they stand in the text.
    if (!again && statSync(path).mtimeMs > startMs) {
      complaints.push(`${file}: changed while the tests ran, so that its figures are of no use`);
    }
    const gaps = gapsOf(files[path], source);
    const own = EXCLUSIONS.filter((exclusion) => exclusion.file === file);
    const { lines, branches, lost, needless } = exclude(gaps, own, source);
    excluded += gaps.lines.length - lines.length;
    for (const { text } of lost) complaints.push(`${file}: excluded, but no such line: ${text}`);
    if (whole) for (const { text } of needless) complaints.push(`${file}: excluded, but covered: ${text}`);
    add(sum.lines, lines);
    add(sum.branches, branches);
    print(file, lines, branches);
  }
  const [lines, branches] = [share(sum.lines), share(sum.branches)];
  for (const complaint of complaints) console.log(complaint);
  console.log(`\nlines     ${say(sum.lines)}\nbranches  ${say(sum.branches)}`);
  console.log(`left out  ${EXCLUSIONS.length} places, ${excluded} lines, by scripts/coverage-exclusions.mjs`);
  return lines >= LINES && branches >= BRANCHES && complaints.length === 0;
}

function print(file, lines, branches) {
  const [unrun, untaken] = [lines, branches].map((all) => all.filter(({ covered }) => !covered));
  if (unrun.length + untaken.length === 0) return;
  console.log(file);
  if (unrun.length > 0) console.log(`  lines not run: ${unrun.map(({ line }) => line).join(' ')}`);
  for (const { line, text } of untaken) console.log(`  branch not taken: ${line}: ${text.trim()}`);
}

function add(sum, each) {
  sum[0] += each.filter(({ covered }) => covered).length;
  sum[1] += each.length;
}

function share([covered, all]) {
  return (100 * covered) / all;
}

function say(sum) {
  return `${share(sum).toFixed(2)} %  (${sum[0]} of ${sum[1]})`;
}

/** Whether nothing is left of a file once its types are gone. */
function isTypes(source) {
  const { code } = transformSync(source, { loader: 'ts', format: 'esm' });
  return code.replace(/^(import .*|export \{\s*\};?)$/gm, '').trim() === '';
}
