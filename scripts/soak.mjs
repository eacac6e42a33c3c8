// Goes on for a long time and prints what was done, and what was lost, which must be nothing.
//
//   node scripts/soak.mjs                                tasks of all kinds on the pool for a minute
//   node scripts/soak.mjs --seconds 60 --seed 1234       the same draws again
//   node scripts/soak.mjs --kills 1000                   until a thousand threads were lost, or after an hour
//   node scripts/soak.mjs --weather --minutes 60         the whole product: an hour in a minute or two
//   node scripts/soak.mjs --weather --runtime=bun        on another runtime: node-24, bun or deno

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runtimes } from './install-runtimes.mjs';
import { buildKernels } from './kernels.mjs';
import { root } from './root.mjs';
import { sourceFlags } from './suite.mjs';

const words = process.argv.slice(2);
const seed = flagOf('seed') ?? String(Math.floor(Math.random() * 1e9));

await buildKernels();
const { binary, flags } = runtimeCalled(flagOf('runtime'));
const script = words.includes('--weather')
  ? ['test/soak/weather-script.ts', positive('minutes', '60'), seed]
  : ['test/work/soak-script.ts', ...pool()];
const run = spawnSync(binary, [...flags, join(root, script[0]), ...script.slice(1)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;

function pool() {
  const kills = flagOf('kills');
  const seconds = positive('seconds', kills === undefined ? '60' : '3600');
  return [seconds, seed, ...(kills === undefined ? [] : [kills])];
}

/** Each runtime's own way to run TypeScript, with its collector within reach. */
function runtimeCalled(name) {
  if (name === undefined) {
    return { binary: process.execPath, flags: ['--expose-gc', ...sourceFlags(process.version)] };
  }
  const all = runtimes();
  const found = all.find((each) => each.name === name) ?? all.find((each) => each.name.startsWith(name));
  if (found === undefined)
    fail(`--runtime: expected one of ${all.map((each) => each.name).join(', ')}, got ${name}`);
  const { kind, binary } = found;
  if (kind === 'bun') return { binary, flags: ['run', '--expose-gc'] };
  if (kind === 'deno')
    return { binary, flags: ['run', '-A', '--no-check', '--no-lock', '--v8-flags=--expose-gc'] };
  return { binary, flags: ['--expose-gc', ...sourceFlags(found.name.slice('node-'.length))] };
}

function positive(name, otherwise) {
  const given = flagOf(name) ?? otherwise;
  if (!(Number(given) > 0)) fail(`--${name}: expected a number above 0, got ${given}`);
  return given;
}

function flagOf(name) {
  const at = words.indexOf(`--${name}`);
  return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith(`--${name}=`))?.split('=')[1];
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
