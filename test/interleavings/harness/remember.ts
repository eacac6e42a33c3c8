// Compiling and instrumenting take seconds, and many test files need the same answers: they are kept on disk,
// under a digest of everything they were made from.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const folder = new URL('../../../node_modules/.cache/holdfast/', import.meta.url);

/** The answer that was made from these inputs before, or else now. */
export async function remembered(
  inputs: readonly (string | Uint8Array)[],
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const digest = createHash('sha256');
  for (const input of inputs) digest.update(`${input.length}:`).update(input);
  const kept = new URL(`interleavings-${digest.digest('hex').slice(0, 32)}`, folder);
  const known = read(kept);
  if (known) return known;
  const made = await make();
  mkdirSync(folder, { recursive: true });
  // Renamed into place: another process reads the whole file or none.
  const draft = new URL(`${kept.href}.${process.pid}`);
  writeFileSync(draft, made);
  renameSync(draft, kept);
  return made;
}

function read(file: URL): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(file));
  } catch {
    return undefined;
  }
}
