// Compiles kernels with mutants in them, unoptimised and in this process.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { MUTANT_EXPORT, MUTANT_FILE, MUTANT_SOURCE } from './mutate-kernels-schemata.mjs';
import { root } from './root.mjs';

const INDEX = 'assembly/index.ts';

/** Files whose words both engines read are not mutated here: comparing the two shows nothing. */
const SHARED = new Set(['assembly/layout.ts', INDEX]);

/** `assembly/` as it lies there, by name. */
export function kernelSources() {
  const names = readdirSync(join(root, 'assembly')).filter((name) => name.endsWith('.ts'));
  return new Map(names.sort().map((name) => [`assembly/${name}`, read(`assembly/${name}`)]));
}

export const mutable = (file) => !SHARED.has(file);

/** The binary of `sources` with one file replaced; undefined, where it does not compile. */
export async function compiled(sources, file, text) {
  const all = new Map([...sources, [file, text], [MUTANT_FILE, MUTANT_SOURCE]]);
  all.set(INDEX, all.get(INDEX) + MUTANT_EXPORT);
  let binary;
  const { error, stderr } = await asc.main(['--config', 'asconfig.json', '--outFile', 'kernels.wasm'], {
    readFile: (name) => (name.startsWith('assembly/') ? (all.get(name) ?? null) : read(name)),
    listFiles: () => null,
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents;
    },
  });
  return error ? { complaints: stderr.toString() } : { binary };
}

function read(name) {
  const path = join(root, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
