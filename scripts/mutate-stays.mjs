// Which tests can run over and over in one process, and what they take there: asked once and remembered until
// something that they reach changes.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateOf } from './mutate-reach.mjs';
import { root } from './root.mjs';

const cache = join(root, 'node_modules/.cache/holdfast/stays');

/** Test file to what it takes in ms; 0 for one that needs a process of its own. Each shower asks some of them. */
export async function readStays(files, texts, showers) {
  const stays = new Map();
  mkdirSync(cache, { recursive: true });
  const left = [...files];
  await Promise.all(
    showers.map(async (shower) => {
      for (let file = left.shift(); file !== undefined; file = left.shift()) {
        const kept = join(cache, `${stateOf(file, texts)}.json`);
        const tookMs = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : await shower.tookMs(file);
        writeFileSync(kept, JSON.stringify(tookMs));
        stays.set(file, tookMs);
        if (tookMs === 0) console.log(`in a process of its own for each mutant: ${file}`);
      }
    }),
  );
  return stays;
}
