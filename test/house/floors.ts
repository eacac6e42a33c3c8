import type { Source } from '../support/sources.ts';

// 7  src/*.ts                               what is published
// 6  src/admin  src/cluster  src/integrations
// 5  src/control
// 4  src/work, and above it its thread entries, workers
// 3  src/policy  src/testing
// 2  src/state
// 1  src/base
// 0  assembly
const FLOORS = [
  ['assembly'],
  ['src/base'],
  ['src/state'],
  ['src/policy', 'src/testing'],
  ['src/work'],
  ['workers'],
  ['src/control'],
  ['src/admin', 'src/cluster', 'src/integrations'],
  ['src'],
];

/** Two files, because a control channel has two ends. */
const IMPORTERS_ALLOWED: Record<string, number> = { comlink: 2 };

/** Imports of another folder on the same floor or above, and of worker entries, which are reached by URL. */
export function climbingImports(sources: Source[]): string[] {
  return eachImport(sources)
    .filter(({ from, to }) => folderOf(to) !== undefined && folderOf(from) !== folderOf(to))
    .filter(({ from, to }) => floorOf(to) >= floorOf(from) || folderOf(to) === 'workers')
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** Files that stand on no floor. */
export function homeless(sources: Source[]): string[] {
  return sources.map(({ path }) => path).filter((path) => folderOf(path) === undefined);
}

/** Circles of what files load, each once, as the files along it. Types may know each other. */
export function circles(sources: Source[]): string[] {
  const graph = new Map(sources.map(({ path, loads }) => [path, loads]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

/** Third-party packages with the files that import them, where these are too many. */
export function sharedPackages(sources: Source[]): string[] {
  return [...packagesOf(sources)]
    .filter(([name, importers]) => importers.length > (IMPORTERS_ALLOWED[name] ?? 1))
    .map(([name, importers]) => `${name} is imported by ${importers.join(', ')}`);
}

/** Third-party packages by name, with the files that import them. */
export function packagesOf(sources: Source[]): Map<string, string[]> {
  const importers = new Map<string, string[]>();
  for (const { from, to } of eachImport(sources)) {
    if (to.startsWith('node:') || folderOf(to) !== undefined) continue;
    const name = /^(@[^/]+\/)?[^/]+/.exec(to)?.[0] ?? to;
    const known = importers.get(name) ?? [];
    if (!known.includes(from)) importers.set(name, [...known, from]);
  }
  return importers;
}

function eachImport(sources: Source[]): { from: string; to: string }[] {
  return sources.flatMap(({ path, imports }) => imports.map((to) => ({ from: path, to })));
}

function floorOf(path: string): number {
  return FLOORS.findIndex((folders) => folders.includes(folderOf(path) ?? ''));
}

function folderOf(path: string): string | undefined {
  return FLOORS.flat().find((folder) =>
    folder === 'src' ? /^src\/[^/]+\.ts$/.test(path) : path.startsWith(`${folder}/`),
  );
}
