// Runs the whole suite on this Node, Node 24, Bun and Deno, and fails when a test fails on one of them or is
// missing from it.
//
//   node scripts/runtimes.mjs                  every file on each
//   node scripts/runtimes.mjs races/ keyed     files whose path contains one of the words
//   node scripts/runtimes.mjs --only=bun,deno  on those named

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDashboard } from './dashboard.mjs';
import { runtimes } from './install-runtimes.mjs';
import { testsIn } from './junit.mjs';
import { buildKernels } from './kernels.mjs';
import { root } from './root.mjs';
import { CONCURRENCY, FILE_TIMEOUT_MS, preloads, sourceFlags, testFiles } from './suite.mjs';

const words = process.argv.slice(2);
const only = words
  .find((word) => word.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const filters = words.filter((word) => !word.startsWith('-'));

process.chdir(root);
await buildKernels();
await buildDashboard();
const reports = mkdtempSync(join(tmpdir(), 'holdfast-'));
process.exitCode = (await everywhere()) ? 0 : 1;
rmSync(reports, { recursive: true, force: true });

async function everywhere() {
  const files = testFiles(filters);
  const chosen = runtimes().filter(({ name }) => !only || only.some((part) => name.includes(part)));
  const answers = new Map();
  for (const runtime of chosen) {
    const startMs = performance.now();
    answers.set(runtime, await suiteOn(runtime, files));
    const tests = [...answers.get(runtime).values()].flat();
    const count = (outcome) => tests.filter((test) => test.outcome === outcome).length;
    console.log(
      `${runtime.name}: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
    );
    console.log(`  ${files.length} files in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  }
  const tests = [...answers.values()].flatMap((byFile) => [...byFile.values()].flat());
  const same = differences(answers, chosen, files).map((line) => console.error(line)).length === 0;
  return same && tests.length > 0 && tests.every(({ outcome }) => outcome === 'passed');
}

// What one runtime did not run, or did that the first one did not.
function differences(answers, [first, ...others], files) {
  const lines = [];
  const titles = (runtime, file) =>
    answers
      .get(runtime)
      .get(file)
      .map(({ title }) => title);
  for (const file of files) {
    for (const other of others) {
      for (const title of surplus(titles(first, file), titles(other, file))) {
        lines.push(`${file}: "${title}" ran on ${first.name} and not on ${other.name}`);
      }
      for (const title of surplus(titles(other, file), titles(first, file))) {
        lines.push(`${file}: "${title}" ran on ${other.name} and not on ${first.name}`);
      }
    }
  }
  return lines;
}

function surplus(titles, others) {
  const left = [...others];
  return titles.filter((title) => {
    const at = left.indexOf(title);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

async function suiteOn(runtime, files) {
  const answers = new Map();
  const waiting = [...files];
  const lane = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      answers.set(file, await fileOn(runtime, file));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return answers;
}

// Each file has a process of its own, as under `node --test`: what one leaves behind does not reach the next.
async function fileOn(runtime, file) {
  const report = join(reports, `${runtime.name}-${file.replaceAll('/', '-')}.xml`);
  const { code, output } = await run(runtime.binary, argumentsFor(runtime, file, report));
  const tests = testsIn(reportAt(report));
  // A file that ends badly has failed even if each of its tests passed: an error nobody caught, a hang.
  if (code !== 0 && !tests.some(({ outcome }) => outcome === 'failed')) {
    tests.push({ title: `(the file itself: ${code})`, outcome: 'failed' });
  }
  const failed = tests.filter(({ outcome }) => outcome !== 'passed');
  if (failed.length > 0) {
    console.error(`${runtime.name}: ${file}`);
    for (const { title, outcome } of failed) console.error(`  ${outcome}: ${title}`);
    console.error(`${output}\n${runtime.kind === 'node' ? reportAt(report) : ''}`.replace(/^/gm, '    | '));
  }
  return tests;
}

function argumentsFor({ kind, name }, file, report) {
  const before = preloads([file]);
  if (kind === 'bun') {
    const timeout = `--timeout=${FILE_TIMEOUT_MS}`;
    const loaded = before.flatMap((each) => ['--preload', fileURLToPath(each)]);
    return ['test', ...loaded, timeout, '--reporter=junit', `--reporter-outfile=${report}`, `./${file}`];
  }
  if (kind === 'deno') {
    const loaded = before.map((each) => `--preload=${each}`);
    return ['test', '-A', '--no-check', '--no-lock', ...loaded, `--junit-path=${report}`, file];
  }
  const flags = [...sourceFlags(name.slice('node-'.length)), ...before.flatMap((each) => ['--import', each])];
  return [...flags, '--test-reporter=junit', `--test-reporter-destination=${report}`, file];
}

function run(binary, args) {
  return new Promise((resolve) => {
    const child = spawn(binary, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: FILE_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: error.message, output }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

function reportAt(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
