// Runs test files of a copy in a process of their own.

import { spawn } from 'node:child_process';

const FLAGS = [
  // A mutant that gathers for ever shall not take the machine with it.
  '--max-old-space-size=768',
  '--test-reporter=./scripts/mutate-reporter.mjs',
  '--test-reporter-destination=stdout',
  'scripts/mutate-tests.mjs',
];

const running = new Set();

/**
 * Resolves to `passed`, `failed` or `timed out`, with the path of the file that failed where that is known, what was
 * printed, and the time it took.
 */
export function runTests(copy, files, { limitMs, env = {} }) {
  const startMs = performance.now();
  const child = spawn(process.execPath, [...FLAGS, ...files.map(compiledName)], {
    cwd: copy.folder,
    env: { ...process.env, ...env },
    // A group of its own: what the tests start ends with them.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  const keep = (text) => {
    if (output.length < 20_000) output += text;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    end(child);
  }, limitMs);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(limit);
      running.delete(child);
      end(child);
      const outcome = late ? 'timed out' : code === 0 ? 'passed' : 'failed';
      resolve({ outcome, file: failedFile(output, files), output, tookMs: performance.now() - startMs });
    });
  });
}

/** Ends what is still running. */
export function endAll() {
  for (const child of running) end(child);
}

function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has ended by itself.
  }
}

const compiledName = (file) => file.replace(/\.ts$/, '.js');

function failedFile(output, files) {
  const [, path] = /^failed: (.*?): /m.exec(output) ?? [];
  return files.find((file) => path?.endsWith(compiledName(file)));
}
