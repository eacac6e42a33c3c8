// Options as a tree of plain objects, which is copied where it changes and never written to.

import { readSafely } from '../../base/options.ts';

export interface OptionTree {
  readonly [name: string]: unknown;
}

// No option lies deeper: retry.backoff.maxMs, say. What does is nobody's option and is refused as it is.
const DEEPEST = 4;

export function isTree(value: unknown): value is OptionTree {
  return typeof value === 'object' && Object.prototype.toString.call(value) === '[object Object]';
}

/** A copy of given options without what is undefined. Throws an OptionsError when they cannot be read. */
export function treeOf(path: string, value: unknown): OptionTree {
  return copied(path, value as OptionTree, DEEPEST);
}

/** The path of an option below another; below '' it stands by itself. */
export function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The option at `a.b.c`; `undefined` where there is none. */
export function optionAt(tree: OptionTree, path: string): unknown {
  let at: unknown = tree;
  for (const name of path.split('.')) at = isTree(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return at;
}

/** The tree with `value` at `a.b.c`. */
export function withOption(tree: OptionTree, path: string, value: unknown): OptionTree {
  const [name, ...rest] = path.split('.');
  if (rest.length === 0) return { ...tree, [name]: value };
  const below = isTree(tree[name]) ? tree[name] : {};
  return { ...tree, [name]: withOption(below, rest.join('.'), value) };
}

/** The options of `base`, and of `change` over them. */
export function mergedOptions(base: OptionTree, change: OptionTree): OptionTree {
  const merged = Object.entries(change).map(([name, value]): [string, unknown] => {
    const before = Object.hasOwn(base, name) ? base[name] : undefined;
    return [name, isTree(before) && isTree(value) ? mergedOptions(before, value) : value];
  });
  // Made from entries: a name like __proto__ stays a name, and is refused as one.
  return Object.fromEntries([...Object.entries(base), ...merged]);
}

function copied(path: string, tree: OptionTree, depth: number): OptionTree {
  const kept: [string, unknown][] = [];
  for (const name of readSafely(path, () => Object.keys(tree))) {
    const at = below(path, name);
    const value = readSafely(at, () => tree[name]);
    if (value === undefined) continue;
    const within = depth > 1 && readSafely(at, () => isTree(value));
    kept.push([name, within ? copied(at, value as OptionTree, depth - 1) : value]);
  }
  return Object.fromEntries(kept);
}
