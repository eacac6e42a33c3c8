// Runs tasks of all kinds on the pool for a time, with floods, aborts, crashes and timeouts from a seed, and prints
// what was submitted, what settled and what was lost, which must be nothing.
//
//   node scripts/soak.mjs --seconds 60              another seed each time
//   node scripts/soak.mjs --seconds 60 --seed 1234  the same draws again
//   node scripts/soak.mjs --kills 1000              until a thousand threads were lost, or after an hour

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildKernels } from './kernels.mjs';
import { root } from './root.mjs';
import { sourceFlags } from './suite.mjs';

const words = process.argv.slice(2);
const kills = flagOf('kills');
const seconds = flagOf('seconds') ?? (kills === undefined ? '60' : '3600');
const seed = flagOf('seed') ?? String(Math.floor(Math.random() * 1e9));
if (!(Number(seconds) > 0)) {
  console.error(`--seconds: expected a number above 0, got ${seconds}`);
  process.exit(1);
}
await buildKernels();
const script = join(root, 'test/work/soak-script.ts');
const run = spawnSync(
  process.execPath,
  [
    '--expose-gc',
    ...sourceFlags(process.version),
    script,
    seconds,
    seed,
    ...(kills === undefined ? [] : [kills]),
  ],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.exitCode = run.status ?? 1;

function flagOf(name) {
  const at = words.indexOf(`--${name}`);
  return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith(`--${name}=`))?.split('=')[1];
}
