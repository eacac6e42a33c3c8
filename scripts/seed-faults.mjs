// Whether the tests of breaker and limiter notice when the source is wrong: plants one small fault at a time in
// a copy of the sources and runs the tests of its area there.
//
//   node scripts/seed-faults.mjs            all faults
//   node scripts/seed-faults.mjs limiter    those whose area, file or description contains the word
//
// A fault is caught when a test fails, or hangs. Each must be caught; one that no test can see says why.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildKernels } from './kernels.mjs';
import { root } from './root.mjs';
import { AREAS, FAULTS } from './seeded-faults.mjs';
import { sourceFlags } from './suite.mjs';

const HANGS_AFTER_MS = 120_000;

const words = process.argv.slice(2);
const chosen = FAULTS.filter(({ area, file, what }) =>
  words.every((word) => `${area} ${file} ${what}`.includes(word)),
);

process.chdir(root);
await buildKernels();
const copy = mkdtempSync(join(tmpdir(), 'holdfast-faults-'));
try {
  for (const part of ['src', 'test', 'assembly', 'scripts', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  process.exitCode = seedAll() ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function seedAll() {
  const areas = Object.keys(AREAS).filter((area) => chosen.some((fault) => fault.area === area));
  for (const area of areas) {
    const { status, output } = runTests(area);
    if (status === 0) continue;
    console.error(`${area}: its tests fail without any fault\n${output}`);
    return false;
  }
  const counts = { caught: 0, missed: 0, explained: 0 };
  for (const fault of chosen) {
    const outcome = seed(fault);
    counts[outcome]++;
    const because = outcome === 'explained' ? ` (${fault.unseen})` : '';
    console.log(`${outcome.padEnd(9)} ${fault.area.padEnd(8)} ${fault.file}: ${fault.what}${because}`);
  }
  console.log(`${counts.caught} caught, ${counts.missed} missed, ${counts.explained} explained`);
  return chosen.length > 0 && counts.missed === 0;
}

function seed({ area, file, from, to, unseen }) {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file}: not exactly once there: ${from}`);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const { status } = runTests(area);
  writeFileSync(path, source);
  if (status !== 0) return 'caught';
  return unseen === undefined ? 'missed' : 'explained';
}

// In one process: what is asked is whether anything fails, not what.
function runTests(area) {
  const imports = AREAS[area].map(
    (file) => `await import(${JSON.stringify(pathToFileURL(join(copy, file)).href)});`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...sourceFlags(process.version), '--input-type=module', '--eval', imports.join('\n')],
    { cwd: copy, timeout: HANGS_AFTER_MS, killSignal: 'SIGKILL', encoding: 'utf8', maxBuffer: 2 ** 27 },
  );
  return { status, output: `${stdout}${stderr}` };
}
