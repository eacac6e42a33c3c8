// Joins what tsc has made of some 240 small files into a few: reading them one by one took longer than running them.
//
// Three things decide which files there are. What a file is imported as, or a thread begins with, keeps its place.
// What is loaded on demand stays apart, so that whoever has no pool or server loads none. And the policies are apart
// from the runtime, so that a bundler leaves the runtime out, with the packages it needs, where nothing asks for it.
// Everything else that the front door needs is one file: each further one made a start 2 to 3 ms longer.
// Comments stay behind, in the declarations, where editors read them, and so does every letter beyond ASCII: an engine
// reads what is left a tenth faster.

import { readdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { rollup } from '@rollup/wasm-node';
import { transform } from 'esbuild';

const FRONT = 'src/index';
const RUNTIME = 'src/create-holdfast';
const ENTRIES = [FRONT, 'src/worker', 'src/testing/index', 'workers/lane'];

/** Bundles the JavaScript in `dist` in place. */
export async function bundle(dist) {
  const fileOf = (name) => join(dist, `${name}.js`);
  const bundled = await rollup({
    input: Object.fromEntries(ENTRIES.map((name) => [name, fileOf(name)])),
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    // Modules of ours do nothing when they are loaded.
    treeshake: { moduleSideEffects: false },
    onwarn: complain,
  });
  // All are read: what is left behind would be published beside what is written.
  for (const file of scripts(dist)) rmSync(file);
  await bundled.write({
    dir: dist,
    format: 'es',
    entryFileNames: '[name].js',
    // As deep as the sources: what starts a thread finds its file from its own place.
    chunkFileNames: 'src/parts/[name].js',
    manualChunks: partsBetween(fileOf(FRONT), fileOf(RUNTIME)),
    hoistTransitiveImports: false,
    generatedCode: 'es2015',
    plugins: [{ name: 'plain', renderChunk: plain }],
  });
  await bundled.close();
}

/** Puts what the front door reaches into `core`, and what only the runtime reaches, into `runtime`. */
function partsBetween(front, runtime) {
  let core;
  let beyond;
  return (id, { getModuleInfo }) => {
    core ??= reached(front, new Set([runtime]), getModuleInfo);
    beyond ??= reached(runtime, core, getModuleInfo);
    if (id === front) return undefined;
    return core.has(id) ? 'core' : beyond.has(id) ? 'runtime' : undefined;
  };
}

/** What is loaded together with a file, but for what `others` bring. */
function reached(from, others, getModuleInfo) {
  const found = new Set();
  const next = [from];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    const module = getModuleInfo(id);
    if (found.has(id) || module.isExternal || (others.has(id) && id !== from)) continue;
    found.add(id);
    next.push(...module.importedIds);
  }
  return found;
}

/** The same program without comments, in ASCII. Names and lines are left for whoever follows a stack trace. */
async function plain(text) {
  const { code } = await transform(text, { charset: 'ascii', legalComments: 'none', target: 'es2022' });
  return { code, map: null };
}

function complain({ code, message }) {
  // tsc's helpers ask for an older copy of themselves, which a module has not.
  if (code !== 'THIS_IS_UNDEFINED') throw new Error(message);
}

function scripts(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name));
}
