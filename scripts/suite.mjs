// Which files are tests, and how each runtime is told to run them.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './root.mjs';

/** Test files below test/, sorted; with filters, those whose path contains one of them. */
export function testFiles(filters = []) {
  return readdirSync(join(root, 'test'), { recursive: true })
    .map((name) => `test/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => filters.length === 0 || filters.some((part) => name.includes(part)))
    .sort();
}

/** Flags with which a Node of this version runs TypeScript sources, in its worker threads too. */
export function sourceFlags(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  const stripsTypes = major > 22 || (major === 22 && minor >= 18);
  return stripsTypes
    ? []
    : ['--enable-source-maps', '--import', new URL('register.mjs', import.meta.url).href];
}

/** What is loaded before test files, if anything: under `CI`, what fixes the draws of those that draw. */
export function preloads(files) {
  return process.env.CI && files.some(draws) ? [new URL('fixed-draws.mjs', import.meta.url).href] : [];
}

/** Whether a test file makes up some of what it tries. */
export function draws(file) {
  return readFileSync(resolve(root, file), 'utf8').includes(`from 'fast-check'`);
}

/** The suite never takes both cores of a small machine for longer than it must, nor more than it has. */
export const CONCURRENCY = 2;

/** A file that has not ended by then hangs. */
export const FILE_TIMEOUT_MS = 600_000;
