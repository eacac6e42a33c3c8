import process from 'node:process';

export interface RuntimeHere {
  name: string;
  binary: string;
  /** What stands before the file. */
  words: string[];
}

const { areInstalled, runtimes } = await import(
  new URL('../../scripts/install-runtimes.mjs', import.meta.url).href
);

/**
 * This runtime; and, where it is the oldest Node that is supported, the others as far as `npm run test:runtimes`
 * has installed them. On those others the suite is run too, and then each sees to itself.
 */
export function runtimesHere(): RuntimeHere[] {
  const kind = process.versions.bun ? 'bun' : process.versions.deno ? 'deno' : 'node';
  const oldest = kind === 'node' && process.versions.node.startsWith('20.');
  const here = { name: `this ${kind}`, kind, binary: process.execPath };
  const others: (typeof here)[] = oldest && areInstalled() ? runtimes().slice(1) : [];
  return [here, ...others].map(({ name, kind, binary }) => {
    return { name, binary, words: kind === 'deno' ? ['run', '-A', '--no-lock'] : [] };
  });
}
