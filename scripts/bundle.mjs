// Joins what tsc has made of some 240 small files into a few: reading them one by one took longer than running them.
//
// A part that some users never load stays a file of its own, so that it is not loaded for them and bundlers can
// leave it out. Declarations stay as they are.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** Files that keep their places: what others import by name, and where a thread begins. */
const ENTRIES = [
  'src/index',
  'src/worker',
  'src/testing/index',
  'workers/lane',
  // Apart from the policies, which are all that many programs use.
  'src/create-holdfast',
];

/** Bundles the JavaScript in `dist` in place. */
export async function bundle(dist) {
  const { outputFiles } = await build({
    absWorkingDir: dist,
    entryPoints: ENTRIES.map((name) => ({ in: `${name}.js`, out: name })),
    outdir: dist,
    outbase: dist,
    // As deep as the sources: what starts a thread finds its file from its own place.
    chunkNames: 'src/parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    legalComments: 'none',
    allowOverwrite: true,
    write: false,
  });
  for (const file of scripts(dist)) rmSync(file);
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
}

function scripts(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name));
}
