import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a script left: its output's lines, how it ended, and how long it took. */
export interface Ended {
  lines: string[];
  errors: string;
  code: number | null;
  tookMs: number;
}

/** Runs a TypeScript file as a process of its own, on the runtime that this test runs on. */
export function runScript(url: URL, ...args: string[]): Promise<Ended> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [...flags(), fileURLToPath(url), ...args], { timeout: 60_000 });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = output.split('\n').filter((line) => line !== '');
      resolve({ lines, errors, code, tookMs: performance.now() - startMs });
    });
  });
}

function flags(): string[] {
  if (process.versions.bun) return [];
  if (process.versions.deno) return ['run', '-A', '--no-check', '--no-lock'];
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return [];
  return ['--import', new URL('../../scripts/register.mjs', import.meta.url).href];
}
