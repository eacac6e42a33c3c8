// Copies of the sources and tests as plain JavaScript.
//
// Compiled once, so that a process of tests begins in a tenth of a second. Imports of a .ts file become imports of the .js file that it was compiled to.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { withInfections } from './mutate-infected.mjs';
import { MUTANT_MODULE, withAll } from './mutate-schemata.mjs';
import { root } from './root.mjs';

const PARTS = ['src', 'workers', 'test', 'assembly', 'examples'];
const KEPT = ['scripts', 'package-lock.json', 'tsconfig.json', 'docs', 'asconfig.json'];

/** Compiles one source as it stands in a copy. */
export function compiled(text, path) {
  const { code } = transformSync(text, { loader: 'ts', format: 'esm', target: 'node20', sourcefile: path });
  return code.replace(/(["'`])(\.{1,2}\/[^"'`\n]*)\.ts\1/g, '$1$2.js$1');
}

/** Every source and test of the repository, read once: path to text. */
export function readAll() {
  const texts = new Map();
  for (const part of PARTS) {
    for (const name of readdirSync(join(root, part), { recursive: true })) {
      const path = `${part}/${String(name).replaceAll('\\', '/')}`;
      if (path.endsWith('.ts') && !path.endsWith('.d.ts'))
        texts.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return texts;
}

/** One copy, in a folder of its own. `change(path, text)` may hand in another source for a file. */
export class Copy {
  constructor(texts, change = (_path, text) => text) {
    this.folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
    // However the run ends.
    process.once('exit', () => this.remove());
    for (const part of PARTS) cpSync(join(root, part), join(this.folder, part), { recursive: true });
    for (const part of KEPT) cpSync(join(root, part), join(this.folder, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    this.#writeManifest();
    writeFileSync(join(this.folder, 'reached.mjs'), TELLER);
    for (const [path, text] of texts) {
      const code = compiled(change(path, text, this.folder), path);
      writeFileSync(join(this.folder, path.replace(/\.ts$/, '.js')), code);
    }
  }

  /** What a copy means by `holdfast` is the copy. */
  #writeManifest() {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const exports = {
      '.': './src/index.js',
      './worker': './src/worker.js',
      './testing': './src/testing/index.js',
    };
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ ...manifest, exports }));
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A copy in which these sources have all their mutants in them. `first`: path to the number of its first mutant. */
export function mutatedCopy(texts, sources, first) {
  return new Copy(texts, (path, text, folder) => {
    if (!first.has(path)) return text;
    const module = join(folder, 'mutant.mjs');
    writeFileSync(module, MUTANT_MODULE);
    return withAll(sources.get(path), first.get(path), pathToFileURL(module).href);
  });
}

/** A copy whose sources write down what is reached in them, in the file that HOLDFAST_REACHED names. */
export function tellingCopy(texts, sources) {
  return new Copy(texts, (path, text, folder) => {
    if (!sources.has(path)) return text;
    const teller = pathToFileURL(join(folder, 'reached.mjs')).href;
    const told = `import { teller as __teller } from '${teller}'; const __told = __teller('${path}');`;
    return `${told} ${sources.get(path).marked('__told')}`;
  });
}

/** A copy whose sources write down which mutants would have had another value, in the same file. */
export function infectedCopy(texts, sources) {
  return new Copy(texts, (path, text, folder) => {
    if (!sources.has(path)) return text;
    const teller = pathToFileURL(join(folder, 'reached.mjs')).href;
    return `import { teller as __teller } from '${teller}'; ${withInfections(sources.get(path), `__teller('${path}')`)}`;
  });
}

// Written at once, since a thread may be ended at any time.
const TELLER = `
import { appendFileSync } from 'node:fs';
const file = process.env.HOLDFAST_REACHED;
export const teller = (path) => (point) => {
  if (file) appendFileSync(file, path + ' ' + point + '\\n');
};
`;
