import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { type Installed, installed, run } from './installed.ts';
import { runtimesHere } from './runtimes-here.ts';

const MOST_PACKED = 400_000;

describe('the package, installed in an empty project', () => {
  let project: Installed;

  before(() => {
    project = installed();
  });

  it('is used on this runtime and on the others that are installed: a policy, threads, the testing kit', () => {
    for (const { name, binary, words } of runtimesHere()) {
      const said = run(binary, [...words, 'use.mjs'], project.folder);
      assert.deepEqual(
        JSON.parse(said),
        {
          engine: 'wasm',
          late: 'HF_TIMEOUT',
          refused: true,
          back: 'back',
          doubled: 42,
          through: 'consumer/send, attempt 1',
          state: 'stopped',
        },
        name,
      );
    }
  });

  it('holds what it needs and nothing else', () => {
    const { packed } = project;
    const odd = packed.files
      .map(({ path }) => path)
      .filter(
        (path) =>
          !/^dist\/(src|workers|assembly)\/.*\.(js|d\.ts)$|^bin\/[a-z]+\.mjs$|^[A-Za-z]+(\.md|\.json)?$/.test(
            path,
          ),
      );
    assert.deepEqual(odd, []);
    assert.ok(packed.size <= MOST_PACKED, `${packed.size} bytes`);
    console.log(`packed ${packed.size} bytes, unpacked ${packed.unpackedSize}, ${packed.files.length} files`);
  });

  it('gives a service of one policy that esbuild bundles into one file, with no package beside it', async () => {
    const bundle = await bundled('service.mjs', []);
    const alone = mkdtempSync(join(tmpdir(), 'holdfast-'));
    try {
      writeFileSync(join(alone, 'service.mjs'), bundle);
      assert.equal(run('node', ['service.mjs'], alone), 'attempt 1\n');
    } finally {
      rmSync(alone, { recursive: true, force: true });
    }
    console.log(`a service of one policy: ${bundle.length} bytes, minified`);
  });

  it('gives a service with threads that esbuild bundles, the package left beside it', async () => {
    writeFileSync(join(project.folder, 'bundled.mjs'), await bundled('use.mjs', ['holdfast']));
    assert.equal(JSON.parse(run('node', ['bundled.mjs'], project.folder)).doubled, 42);
  });

  it('types each of its entries', () => {
    const compiler = join(homeOf('typescript'), 'bin/tsc');
    const types = join(homeOf('@types/node'), '..');
    for (const module of [
      ['--module', 'nodenext'],
      ['--module', 'esnext', '--moduleResolution', 'bundler'],
    ]) {
      const words = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2024,esnext.disposable'];
      const found = ['--typeRoots', types, '--types', 'node', '--ignoreConfig', 'types.ts'];
      run('node', [compiler, ...words, ...module, ...found], project.folder);
    }
  });

  it('leaves publint nothing to say', () => {
    const publint = join(homeOf('publint'), 'src/cli.js');
    const said = run(
      'node',
      [publint, 'node_modules/holdfast', '--strict', '--pack', 'false'],
      project.folder,
    );
    assert.match(said, /All good!/);
  });

  it('has types that resolve as its code does, says attw', () => {
    const attw = join(homeOf('@arethetypeswrong/cli'), 'dist/index.js');
    const said = run(
      'node',
      [attw, project.tarball, '--profile', 'esm-only', '--format', 'ascii'],
      project.folder,
    );
    const answers = [...said.matchAll(/^(?:node16 \(from ESM\)|bundler): (.*)$/gm)].map(
      ([, answer]) => answer,
    );
    assert.equal(answers.length, 8);
    assert.ok(
      answers.every((answer) => answer.startsWith('🟢')),
      said,
    );
  });

  it('brings a program: a demo, a bench, and a word about what it does not know', () => {
    const program = join(project.folder, 'node_modules/holdfast/bin/holdfast.mjs');
    assert.match(run('node', [program, 'demo'], project.folder), /circuit: half-open → closed/);
    assert.match(run('node', [program, 'bench'], project.folder), /a bare await +\d+ ns +1\.00 ×/);
    assert.match(run('node_modules/.bin/holdfast', ['--version'], project.folder), /^\d+\.\d+\.\d+/);
    assert.throws(() => run('node', [program, 'dance'], project.folder), /there is no "dance"/);
  });

  async function bundled(entry: string, external: string[]): Promise<string> {
    const { outputFiles } = await build({
      entryPoints: [join(project.folder, entry)],
      bundle: true,
      write: false,
      minify: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external,
      logLevel: 'silent',
    });
    return outputFiles[0].text;
  }
});

function homeOf(name: string): string {
  const require = createRequire(import.meta.url);
  const folders = require.resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      return dirname(require.resolve(join(folder, name, 'package.json')));
    } catch {}
  }
  throw new Error(`${name} is not installed for ${process.execPath}`);
}
