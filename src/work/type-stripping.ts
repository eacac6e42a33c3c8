// Whether this runtime's threads can read TypeScript.

import process from 'node:process';
import { OptionsError } from '../base/errors.ts';

/** Throws an `OptionsError` for a TypeScript URL where the runtime cannot strip its types. */
export function checkReadable(path: string, url: string): void {
  if (!/\.[mc]?tsx?$/.test(new URL(url).pathname) || stripsTypes() || hasHooks()) return;
  throw new OptionsError({
    path,
    expected: 'the URL of a JavaScript file, since this runtime does not strip types',
    received: url,
  });
}

function stripsTypes(): boolean {
  const { versions, features } = process as unknown as {
    versions: Record<string, string | undefined>;
    features: { typescript?: unknown };
  };
  return versions.bun !== undefined || versions.deno !== undefined || Boolean(features.typescript);
}

/** Where the process was told to load something first, that may well be what reads TypeScript. */
function hasHooks(): boolean {
  const words = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  return words.some((word) => /^(--import|--loader|--experimental-loader|--require|-r)(=|$)/.test(word));
}
