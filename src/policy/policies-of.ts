// Policies in a module of their own, which every thread loads: so functions in
// their options work everywhere.

import { readSafely, refuseValue } from '../base/options.ts';
import type { PolicyOptions } from './options/policy-options.ts';

const MODULE = Symbol.for('holdfast.policiesOf');

/** Named options that carry the URL of the module they came from. */
export type PoliciesModule<Names extends string = string> = Readonly<Record<Names, PolicyOptions>> & {
  readonly [MODULE]: string;
};

/**
 * Options from a module, for `createHoldfast({ policies })`: the module itself for types and immediate use, its
 * URL for threads that join later. Its exports that are objects are policies; a default export, or an export
 * `policies`, that is an object of policies serves as well. Throws an OptionsError.
 */
export function policiesOf<Module extends object>(
  url: URL | string,
  module: Module,
): PoliciesModule<PolicyNames<Module>> {
  const found = readSafely('policiesOf(module)', () =>
    typeof module === 'object' && module !== null ? policiesIn(module) : undefined,
  );
  if (found === undefined) return refuseValue('policiesOf(module)', 'a loaded module', module);
  const text = readSafely('policiesOf(url)', () => (url instanceof URL ? url.href : url));
  if (typeof text !== 'string' || !URL.canParse(text)) return refuseValue('policiesOf(url)', 'a URL', url);
  return Object.defineProperty({ ...found }, MODULE, { value: text }) as never;
}

type PolicyNames<Module> = Module extends { policies: infer Inner }
  ? keyof Inner & string
  : Module extends { default: infer Inner }
    ? keyof Inner & string
    : keyof Module & string;

/** The policies that a loaded module offers. */
export function policiesIn(module: object): Record<string, PolicyOptions> {
  const exports = module as { policies?: unknown; default?: unknown };
  for (const inner of [exports.policies, exports.default]) {
    if (typeof inner === 'object' && inner !== null) return { ...inner } as Record<string, PolicyOptions>;
  }
  const own = Object.entries(module).filter(([, value]) => typeof value === 'object' && value !== null);
  return Object.fromEntries(own) as Record<string, PolicyOptions>;
}

/** The URL of the module that options came from; undefined for inline ones. */
export function moduleOf(policies: unknown): string | undefined {
  return (policies as { [MODULE]?: string } | undefined)?.[MODULE];
}
