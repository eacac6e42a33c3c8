// Builds what is published: assembly/ to WebAssembly, WebAssembly to a TypeScript file, TypeScript to dist, and its
// many files to a few.
//
//   node scripts/build.mjs             everything
//   node scripts/build.mjs --kernels   only the kernels, and only when their sources have changed

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.mjs';
import { buildDashboard } from './dashboard.mjs';
import { buildKernels } from './kernels.mjs';
import { root } from './root.mjs';

const onlyKernels = process.argv.includes('--kernels');
process.chdir(root);

const compiled = await buildKernels({ force: !onlyKernels });
if (!onlyKernels) await buildDashboard({ force: true });
if (onlyKernels) {
  console.log(compiled ? 'kernels compiled' : 'kernels are up to date');
} else {
  // A file whose source is gone must not live on in the package.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  process.exitCode = tsc(['-p', 'tsconfig.build.json']);
  pointTypesAtTypes();
  await bundle(join(root, 'dist'));
}

// tsc rewrites `./x.ts` to `./x.js` in code and leaves it in declarations, where the package has no such file.
function pointTypesAtTypes() {
  const dist = join(root, 'dist');
  for (const name of readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
    const file = join(dist, name);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(\bfrom '|\bimport\('|^import ')(\.[^']*)\.ts'/gm, "$1$2.js'"));
  }
}

function tsc(args) {
  const home = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  return spawnSync(process.execPath, [join(home, 'bin/tsc'), ...args], { stdio: 'inherit' }).status ?? 1;
}
