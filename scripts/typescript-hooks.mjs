// Module hooks that turn a .ts file into JavaScript, remembering the answer on disk.
//
// Each thread has hooks of its own, so what they load counts. With the answers on disk the compiler is not
// even read, and a thread of a test starts in half the time that it takes with tsx.
//
// In here `holdfast` is its own sources, so that examples run what is written now and not what was built last.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cache = new URL('../node_modules/.cache/holdfast/', import.meta.url);
const sources = {
  holdfast: new URL('../src/index.ts', import.meta.url).href,
  'holdfast/worker': new URL('../src/worker.ts', import.meta.url).href,
  'holdfast/testing': new URL('../src/testing/index.ts', import.meta.url).href,
};
const options = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline' };

export async function resolve(specifier, context, nextResolve) {
  const url = Object.hasOwn(sources, specifier) ? sources[specifier] : undefined;
  return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
}

export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const path = fileURLToPath(url);
  return {
    format: 'module',
    source: await javascriptOf(readFileSync(path, 'utf8'), path),
    shortCircuit: true,
  };
}

async function javascriptOf(source, path) {
  const key = createHash('sha256').update(path).update('\0').update(source).digest('hex');
  const kept = new URL(`${key}.mjs`, cache);
  return read(kept) ?? remember(kept, await compile(source, path));
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function compile(source, path) {
  const { transform } = await import('esbuild');
  return (await transform(source, { ...options, sourcefile: path })).code;
}

function remember(file, code) {
  mkdirSync(cache, { recursive: true });
  // Renamed into place: another thread reads the whole file or none.
  const draft = new URL(`${file.href}.${process.pid}.${process.hrtime.bigint()}`);
  writeFileSync(draft, code);
  renameSync(draft, file);
  return code;
}
