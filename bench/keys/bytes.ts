// What a key holds, in a process that does nothing else: of one that measures as well, the heap's own coming and
// going would be counted.

import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { rateLimiter } from '../../src/index.ts';
import { heldBytes } from '../../test/support/garbage.ts';
import { again, askedFor } from '../support/again.ts';
import { keyOf } from './rounds.ts';

const FLAG = '--bytes-of=';

/** How many keys this process is to hold, when it is one of ours. */
export function keysAsked(): number | undefined {
  const word = askedFor(FLAG);
  return word === undefined ? undefined : Number(word);
}

/** Fills a limiter to the brim and prints what the process has grown by, heap and shared memory, a key. */
export function printBytesPerKey(keys: number): void {
  // The text of the keys is garbage soon, but the heap stays as large as it was made.
  for (let i = 0; i < keys; i++) keyOf(i).charCodeAt(1);
  heldBytes();
  const before = process.memoryUsage().rss;
  const limiter = rateLimiter({ permitsPerSecond: 1 / 86_400, burst: 1_000, perKey: { maxKeys: keys } });
  let got = 0;
  for (let i = 0; i < keys; i++) if (limiter.tryAcquire(1, keyOf(i))) got++;
  // Resident, since shared memory that is not touched takes none; keys that were made on the way are garbage.
  heldBytes();
  const bytes = process.memoryUsage().rss - before;
  if (got !== keys || limiter.available(keyOf(0)) > 999.5)
    throw new Error(`${got} of ${keys} keys got a bucket`);
  console.log(bytes / keys);
}

/** Bytes a key of so many, told by a process of its own. */
export function bytesPerKey(keys: number): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, again(FLAG + keys), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`bytes of ${keys} keys were not measured\n${stderr}`);
  return Number(stdout);
}
