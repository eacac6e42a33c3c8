// Whether threads of this process can read TypeScript.

import { OptionsError } from '../base/errors.ts';

/** What a process says of itself. */
export interface ProcessFacts {
  versions: Readonly<Record<string, string | undefined>>;
  features: { readonly typescript?: unknown };
  execArgv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/** Throws an `OptionsError` for a TypeScript URL where the runtime cannot strip its types. */
export function checkReadable(
  path: string,
  url: string,
  facts: ProcessFacts = process as ProcessFacts,
): void {
  if (!/\.[mc]?tsx?$/.test(new URL(url).pathname) || stripsTypes(facts) || hasHooks(facts)) return;
  throw new OptionsError({
    path,
    expected: 'the URL of a JavaScript file, since this runtime does not strip types',
    received: url,
  });
}

function stripsTypes({ versions, features }: ProcessFacts): boolean {
  return versions.bun !== undefined || versions.deno !== undefined || Boolean(features.typescript);
}

/** Where the process was told to load something first, that may well be what reads TypeScript. */
function hasHooks({ execArgv, env }: ProcessFacts): boolean {
  const words = [...execArgv, ...(env.NODE_OPTIONS ?? '').split(/\s+/)];
  return words.some((word) => /^(--import|--loader|--experimental-loader|--require|-r)(=|$)/.test(word));
}
