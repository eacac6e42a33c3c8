import { readdirSync, readFileSync } from 'node:fs';

const docs = new URL('../../docs/', import.meta.url);
const root = new URL('../../', import.meta.url);

export interface Page {
  name: string;
  text: string;
}

/** The pages of docs/, and what stands beside the sources. */
export function pages(): Page[] {
  const inDocs = readdirSync(docs)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => ({ name: `docs/${name}`, text: readFileSync(new URL(name, docs), 'utf8') }));
  const beside = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].map((name) => {
    return { name, text: readFileSync(new URL(name, root), 'utf8') };
  });
  return [...beside, ...inDocs];
}

/** Blocks of a page that are marked as runnable. */
export function runnableBlocks(text: string): string[] {
  return [...text.matchAll(/^```ts runnable\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
}

const SOURCES: Record<string, string> = {
  holdfast: 'src/index.ts',
  'holdfast/testing': 'src/testing/index.ts',
  'holdfast/worker': 'src/worker.ts',
};

/** The block as a module of this repository: the package is its sources. */
export function asModule(block: string): string {
  return block.replace(/(from ')(holdfast(?:\/\w+)?)(')/g, (_all, before, name, after) => {
    return `${before}${new URL(SOURCES[name], root).href}${after}`;
  });
}
