// Compiles kernels inside a test: the shipped ones with the names of their functions, or with a bug planted, or
// a source written there.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { remembered } from './remember.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null);

/** One change to one file of `assembly/`: the text is found exactly once, or the plant is refused. */
export interface Plant {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The kernels of `assembly/` with these changes, as they are shipped but with the names of their functions. */
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
  return compile(sources);
}

/** Kernels from one source text, compiled in the same way. */
export function compileText(source: string): Promise<Uint8Array> {
  return compile(new Map([['assembly/index.ts', source]]));
}

function compile(sources: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const around = ['asconfig.json', 'node_modules/assemblyscript/package.json'].map(
    (path) => read(path) ?? '',
  );
  return remembered([...around, ...[...sources].flat()], () => run(sources));
}

async function run(sources: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const { default: asc } = await import('assemblyscript/asc');
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['--config', 'asconfig.json', '--debug', '--outFile', 'kernels.wasm'],
    {
      readFile: (name) => (name.startsWith('assembly/') ? (sources.get(name) ?? null) : read(name)),
      listFiles: () => null,
      writeFile: (_name, contents) => {
        if (contents instanceof Uint8Array) binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`the kernels do not compile\n${stderr.toString()}`, { cause: error });
  return binary;
}
