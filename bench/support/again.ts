// A bench that runs itself in another process, with a word that says what it is to do there.

import process from 'node:process';

/** Words for `process.execPath` that run this program once more. */
export function again(word: string): string[] {
  const words = [...process.execArgv, process.argv[1], word];
  // There execArgv holds nothing of how a program is run.
  if (!('Deno' in globalThis)) return words;
  return ['run', '-A', '--no-check', '--no-lock', '--v8-flags=--expose-gc', ...words];
}

/** What follows the flag in the words that this process was run with. */
export function askedFor(flag: string): string | undefined {
  return process.argv.find((word) => word.startsWith(flag))?.slice(flag.length);
}
