// Compiles kernels inside a test: the shipped ones with the names of their functions and the places of their
// accesses, or with a bug planted, or a source written there.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accessesIn } from './code.ts';
import { PLACES, placesOf } from './places.ts';
import { remembered } from './remember.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null);

/** One change to one file of `assembly/`: the text is found exactly once, or the plant is refused. */
export interface Plant {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The kernels of `assembly/` with these changes, as they are shipped but with names for functions and accesses. */
export async function compileKernels(...plants: readonly Plant[]): Promise<Uint8Array> {
  const sources = new Map<string, string>();
  for (const name of readdirSync(join(root, 'assembly')).sort()) {
    if (name.endsWith('.ts')) sources.set(`assembly/${name}`, read(`assembly/${name}`) ?? '');
  }
  for (const { file, find, replace } of plants) {
    const text = sources.get(file) ?? '';
    if (text.split(find).length !== 2) throw new Error(`${file} does not hold exactly once: ${find}`);
    sources.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return compile(sources, []);
}

/** Kernels from one source text, optimised by the compiler itself. */
export function compileText(source: string): Promise<Uint8Array> {
  return compile(new Map([['assembly/index.ts', source]]), ['--optimizeLevel', '3', '--shrinkLevel', '1']);
}

/** Kernels from sources of one's own, by name, hardly optimised. */
export function compileSources(sources: ReadonlyMap<string, string>): Promise<Uint8Array> {
  return compile(sources, ['--optimizeLevel', '1']);
}

const FLAGS = ['--config', 'asconfig.json', '--debug', '--sourceMap', '--outFile', 'kernels.wasm'];
const OPTIMISER = 'scripts/optimise-kernels.mjs';
const RECIPE = [
  'asconfig.json',
  OPTIMISER,
  'node_modules/assemblyscript/package.json',
  'node_modules/binaryen/package.json',
  ...['code', 'compile', 'places', 'source-map', 'traced'].map(
    (name) => `test/interleavings/harness/${name}.ts`,
  ),
];

type Sources = ReadonlyMap<string, string>;

/** With flags of its own a source is not optimised as the kernels are. */
function compile(sources: Sources, flags: readonly string[]): Promise<Uint8Array> {
  const recipe = [...RECIPE.map((path) => read(path) ?? ''), ...flags];
  return remembered([...recipe, ...[...sources].flat()], () => run(sources, flags));
}

async function run(sources: Sources, flags: readonly string[]): Promise<Uint8Array> {
  const { default: asc } = await import('assemblyscript/asc');
  let emitted: Uint8Array | undefined;
  let map = '';
  const { error, stderr } = await asc.main([...FLAGS, ...flags], {
    readFile: (name) => (name.startsWith('assembly/') ? (sources.get(name) ?? null) : read(name)),
    listFiles: () => null,
    writeFile: (_name, contents) => {
      if (contents instanceof Uint8Array) emitted = contents;
      else map = contents;
    },
  });
  if (error || !emitted)
    throw new Error(`the kernels do not compile\n${stderr.toString()}`, { cause: error });
  const labels = placesOf(emitted, map, sources);
  const { binary, origins } = flags.length > 0 ? asItIs(emitted) : await optimise(emitted);
  const places = origins.map((origin) => (origin === undefined ? null : labels[origin]));
  return withSection(binary, PLACES, JSON.stringify(places));
}

async function optimise(emitted: Uint8Array) {
  const { optimised } = await import('../../../scripts/optimise-kernels.mjs');
  const { traced } = await import('./traced.ts');
  return traced(emitted, (bytes) => optimised(bytes, { names: true }));
}

function asItIs(binary: Uint8Array) {
  return { binary, origins: accessesIn(binary).map((_, index) => index) };
}

function withSection(binary: Uint8Array, name: string, text: string): Uint8Array {
  const content = Buffer.concat([number(name.length), Buffer.from(name), Buffer.from(text)]);
  return Buffer.concat([binary, Uint8Array.of(0), number(content.length), content]);
}

/** In the binary's own form: seven bits a byte, lowest first. */
function number(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}
