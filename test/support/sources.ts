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
  return { path, text, imports: specifiersIn(text).map((specifier) => resolved(path, specifier)) };
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

function specifiersIn(text: string): string[] {
  const pattern =
    /\b(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...withoutComments(text).matchAll(pattern)].map(([, from, alone]) => from ?? alone);
}

function resolved(importer: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const path = posix.join(posix.dirname(importer), specifier);
  // asc takes its imports without the ending.
  return /\.[a-z]+$/.test(path) ? path : `${path}.ts`;
}
