// Runs benches: each file in bench/ asks one question and prints its answer.
//
//   node scripts/bench.mjs                all of them
//   node scripts/bench.mjs kernels wheel  bench/kernels.bench.ts and bench/wheel.bench.ts
//   node scripts/bench.mjs kernels --x    flags go to the bench

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildKernels } from './kernels.mjs';
import { root } from './root.mjs';
import { sourceFlags } from './suite.mjs';

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith('-'));
const wanted = words.filter((word) => !word.startsWith('-'));
process.chdir(root);
await buildKernels();

const known = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.slice(0, -'.bench.ts'.length))
  .sort();
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0 || known.length === 0) {
  console.error(
    `no bench is called ${unknown.join(' or ') || 'anything yet'}; there are: ${known.join(', ')}`,
  );
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : known) {
  const file = join('bench', `${name}.bench.ts`);
  const run = spawnSync(process.execPath, [...sourceFlags(process.version), file, ...flags], {
    stdio: 'inherit',
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
