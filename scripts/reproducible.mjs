// Builds twice in two folders and fails when a byte of dist differs.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';

const PARTS = [
  'assembly',
  'dashboard',
  'src',
  'workers',
  'scripts',
  'package.json',
  'package-lock.json',
  'asconfig.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

const [first, second] = [built('a'), built('b, a folder of another name')];
const differing = [...new Set([...first.keys(), ...second.keys()])]
  .filter((name) => first.get(name) !== second.get(name))
  .sort();
for (const name of differing) console.error(`dist/${name} differs from one build to the next`);
if (differing.length === 0)
  console.log(`the build is reproducible: ${first.size} files, the same bytes twice`);
process.exitCode = differing.length === 0 && first.size > 0 ? 0 : 1;

function built(name) {
  const home = mkdtempSync(join(tmpdir(), `holdfast ${name} `));
  try {
    for (const part of PARTS) {
      // What an earlier build made stays behind.
      const filter = (path) => !/\.(wasm|html)\.ts$/.test(path);
      if (existsSync(join(root, part)))
        cpSync(join(root, part), join(home, part), { recursive: true, filter });
    }
    symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'), 'dir');
    const build = spawnSync(process.execPath, [join(home, 'scripts/build.mjs')], { stdio: 'inherit' });
    if (build.status !== 0) throw new Error('the build fails');
    return digests(join(home, 'dist'));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function digests(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      return [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}
