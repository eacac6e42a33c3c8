import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A source file, its path from the root with forward slashes. */
export interface Source {
  path: string;
  text: string;
  /** What it imports, types too: a path from the root for a file, the specifier as written otherwise. */
  imports: string[];
  /** The same without what is imported for its types alone: that leaves nothing behind when it runs. */
  loads: string[];
}

/** Source files below these folders, sorted by path; what is generated is left out. */
export function sourcesIn(...folders: string[]): Source[] {
  return folders
    .flatMap((folder) => filesIn(folder))
    .filter((path) => /\.(ts|mjs)$/.test(path) && !/\.wasm\.ts$|\.d\.ts$/.test(path))
    .sort()
    .map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')));
}

/** The source that this text would be at this path. */
export function sourceOf(path: string, text: string): Source {
  const all = importsIn(text).map(({ specifier, typesOnly }) => ({
    to: resolved(path, specifier),
    typesOnly,
  }));
  return {
    path,
    text,
    imports: all.map(({ to }) => to),
    loads: all.filter(({ typesOnly }) => !typesOnly).map(({ to }) => to),
  };
}

/** The text with its comments blanked out, line breaks kept. */
export function withoutComments(text: string): string {
  const pattern =
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replace(pattern, (comment, literal?: string) => literal ?? comment.replace(/[^\n]/g, ' '));
}

function filesIn(folder: string): string[] {
  try {
    const names = readdirSync(join(root, folder), { recursive: true }) as string[];
    return names.map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
  } catch {
    return []; // a folder that does not exist yet
  }
}

function importsIn(text: string): { specifier: string; typesOnly: boolean }[] {
  const pattern =
    /\b(?:import|export)\b([^;'"`]*?)\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...withoutComments(text).matchAll(pattern)].map(([, clause, from, alone]) => ({
    specifier: from ?? alone,
    typesOnly: clause !== undefined && isTypesOnly(clause.trim()),
  }));
}

/** `type { A }`, `type * as A`, `{ type A, type B }`. */
function isTypesOnly(clause: string): boolean {
  if (/^type\b(?!\s*,)/.test(clause)) return true;
  const names = /^\{([^}]*)\}$/
    .exec(clause)?.[1]
    .split(',')
    .map((name) => name.trim());
  return (
    names?.some((name) => name !== '') === true &&
    names.every((name) => name === '' || name.startsWith('type '))
  );
}

function resolved(importer: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const path = posix.join(posix.dirname(importer), specifier);
  // asc takes its imports without the ending.
  return /\.[a-z]+$/.test(path) ? path : `${path}.ts`;
}
