// What a bench ran on.

import { spawnSync } from 'node:child_process';
import { arch, cpus, loadavg, platform } from 'node:os';
import process from 'node:process';

export interface About {
  machine: string;
  /** With a word about changes that no commit holds. */
  commit: string;
  /** Processes that wanted to run, in the minute before. */
  load: string;
}

export function machine(): string {
  const { bun, deno, node } = process.versions as Record<string, string | undefined>;
  const runtime = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;
  return `${runtime}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
}

export function about(): About {
  return { machine: machine(), commit: commit(), load: loadavg()[0].toFixed(1) };
}

function commit(): string {
  const name = git('rev-parse', '--short', 'HEAD');
  const changed = git(
    'status',
    '--porcelain',
    '--',
    'assembly',
    'src',
    'workers',
    'bench',
    ':!bench/results',
  );
  return `${name || 'unknown'}${changed ? ' and changes' : ''}`;
}

function git(...words: string[]): string {
  return spawnSync('git', words, { encoding: 'utf8' }).stdout?.trim() ?? '';
}
