// Compiles kernels inside a test: a source written there, or the shipped ones with a bug planted.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** One change to one file of `assembly/`: the text is found exactly once, or the plant is refused. */
export interface Plant {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The shipped kernels with these changes. */
export function compilePlanted(...plants: readonly Plant[]): Promise<Uint8Array> {
  const missing = new Set(plants);
  const planted = compile((name, base) => {
    const path = join(base, name);
    if (!existsSync(path)) return null;
    let text = readFileSync(path, 'utf8');
    for (const plant of plants) {
      if (path !== join(root, plant.file)) continue;
      if (text.split(plant.find).length !== 2)
        throw new Error(`${plant.file} does not hold once: ${plant.find}`);
      text = text.replace(plant.find, () => plant.replace);
      missing.delete(plant);
    }
    return text;
  });
  return planted.then((binary) => {
    for (const { file } of missing) throw new Error(`${file} is not part of the kernels`);
    return binary;
  });
}

/** Kernels from one source text, compiled as the shipped ones are. */
export function compileText(source: string): Promise<Uint8Array> {
  return compile((name, base) => {
    if (join(base, name) === join(root, 'assembly/index.ts')) return source;
    const path = join(base, name);
    return path.startsWith(join(root, 'assembly')) || !existsSync(path) ? null : readFileSync(path, 'utf8');
  });
}

async function compile(readFile: (name: string, base: string) => string | null): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['--baseDir', root, '--config', 'asconfig.json', '--outFile', 'kernels.wasm'],
    {
      readFile,
      listFiles: (name, base) => (existsSync(join(base, name)) ? readdirSync(join(base, name)).sort() : null),
      writeFile: (_name, contents) => {
        if (contents instanceof Uint8Array) binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`the kernels do not compile\n${stderr.toString()}`, { cause: error });
  return binary;
}
