// Builds the benches and what they measure as the package is built, so that plain JavaScript is measured: the
// same on every runtime, and what a user gets.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { root } from './root.mjs';

const ENTRIES = {
  holdfast: 'src/index.js',
  'holdfast/worker': 'src/worker.js',
  'holdfast/testing': 'src/testing/index.js',
};

/** A folder of their own for each run, below the repository so that packages are found; `remove` when done. */
export function buildBenches() {
  const parent = join(root, '.bench');
  mkdirSync(parent, { recursive: true });
  writeFileSync(join(parent, '.gitignore'), '*\n');
  const folder = mkdtempSync(join(parent, 'run-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const home = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const words = ['-p', 'tsconfig.json', '--noEmit', 'false', '--rootDir', '.', '--outDir', folder];
  const { stdout, status } = spawnSync(process.execPath, [join(home, 'bin/tsc'), ...words], {
    cwd: root,
    encoding: 'utf8',
  });
  // What does not type is told, and measured all the same: it may be a test that somebody is writing.
  if (status !== 0) console.error(stdout);
  for (const name of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js')))
    pointAtJavaScript(folder, join(folder, name));
  return { folder, remove };
}

// tsc points imports at what it has made, but not URLs, and not the package at itself.
function pointAtJavaScript(folder, file) {
  const text = readFileSync(file, 'utf8');
  const here = (entry) => relative(dirname(file), join(folder, ENTRIES[entry])).replace(/^(?!\.)/, './');
  const made = text
    .replace(/(new URL\('\.[^']*)\.ts'/g, "$1.js'")
    .replace(/(\bfrom |\bimport\()'(holdfast(?:\/\w+)?)'/g, (all, before, name) =>
      Object.hasOwn(ENTRIES, name) ? `${before}'${here(name)}'` : all,
    );
  if (made !== text) writeFileSync(file, made);
}
