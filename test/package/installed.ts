// The package as it is published, installed in an empty project.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, 'node_modules/.cache/holdfast/package');
const consumer = fileURLToPath(new URL('./consumer', import.meta.url));

/** All that the build may read and the package may hold; not what is made, and what only this repository uses. */
const PARTS = readdirSync(root).filter(
  (name) => !/^\.|^(node_modules|dist|coverage|test|docs|bench|examples)$|\.(tgz|wasm|wat)$/.test(name),
);

export interface Packed {
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string }[];
}

export interface Installed {
  /** The project: `node_modules/holdfast` is in it, and what `consumer/` holds. */
  folder: string;
  tarball: string;
  packed: Packed;
}

/** Builds, packs and installs; once for the same sources, so that it costs later runs nothing. */
export function installed(): Installed {
  const home = join(cache, digest());
  if (!existsSync(home)) prepare(home);
  const [packed] = JSON.parse(readFileSync(join(home, 'packed.json'), 'utf8')) as Packed[];
  return { folder: join(home, 'project'), tarball: join(home, packed.filename), packed };
}

function prepare(home: string): void {
  const draft = `${home}.${process.pid}`;
  // Elsewhere: below node_modules the compiler takes sources for a package's and leaves them out.
  const build = mkdtempSync(join(tmpdir(), 'holdfast-build-'));
  const project = join(draft, 'project');
  mkdirSync(draft, { recursive: true });
  for (const part of PARTS) cpSync(join(root, part), join(build, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(build, 'node_modules'), 'dir');
  run('node', ['scripts/build.mjs'], build);
  const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', draft], build);
  writeFileSync(join(draft, 'packed.json'), packed);
  rmSync(build, { recursive: true, force: true });

  cpSync(consumer, project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const [{ filename }] = JSON.parse(packed) as Packed[];
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(draft, filename)], project);
  forget();
  renameSync(draft, home);
}

// What earlier sources left.
function forget(): void {
  for (const name of readdirSync(cache)) {
    if (!name.includes('.')) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/** Runs a program to its end and gives what it printed; throws what it said when it failed. */
export function run(program: string, words: string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd: folder, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    `${program} ${words.join(' ')}: ${error?.message ?? `status ${status}`}\n${stdout}\n${stderr}`,
  );
}

function digest(): string {
  const hash = createHash('sha256');
  for (const file of [...PARTS.flatMap(filesOf), ...filesOf('test/package/consumer')]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

function filesOf(part: string): string[] {
  if (statSync(join(root, part)).isFile()) return [part];
  return readdirSync(join(root, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .sort();
}
