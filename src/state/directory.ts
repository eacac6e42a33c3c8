// Names of policies, in the memory itself: a thread finds a policy by its name
// without asking anybody.

import {
  ENTRY_BYTES,
  ENTRY_GEN,
  ENTRY_LENGTH,
  ENTRY_NAME,
  ENTRY_NAME_BYTES,
  ENTRY_STATE,
  HEADER_DIRECTORY_GEN,
  SLOT_GEN,
} from '../../assembly/layout.ts';
import { OptionsError } from '../base/errors.ts';
import { show } from '../base/show.ts';
import type { StatePlane } from './plane.ts';

const DEFINED = 1;
const REMOVED = 2;

/** A policy as the directory has it. */
export interface Entry {
  name: string;
  index: number;
  generation: number;
}

const encoder = new TextEncoder();
// What begins with a byte order mark is another name.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function entryAt(plane: StatePlane, index: number): number {
  return plane.geometry.directoryAt + index * ENTRY_BYTES;
}

/** The bytes of a name. Throws an `OptionsError` at `path` for one that has none, or too many, or is no text. */
export function checkName(path: string, name: string): Uint8Array {
  const encoded = encoder.encode(name);
  if (encoded.length === 0 || encoded.length > ENTRY_NAME_BYTES || decoder.decode(encoded) !== name) {
    throw new OptionsError({
      path,
      expected: `a name of 1 to ${ENTRY_NAME_BYTES} bytes in UTF-8`,
      received: `one of ${encoded.length}: ${show(name)}`,
    });
  }
  return encoded;
}

/** Publishes the slot `index` under a name. Throws an `OptionsError` at `path` when the name is too long. */
export function enterOnMain(plane: StatePlane, path: string, name: string, index: number): void {
  const encoded = checkName(path, name);
  const at = entryAt(plane, index);
  plane.bytes.set(encoded, at + ENTRY_NAME);
  plane.i32[(at + ENTRY_LENGTH) >> 2] = encoded.length;
  plane.i32[(at + ENTRY_GEN) >> 2] = Atomics.load(plane.i32, (plane.slotAt(index) + SLOT_GEN) >> 2);
  // Stored last: whoever sees the entry defined sees all of it.
  Atomics.store(plane.i32, (at + ENTRY_STATE) >> 2, DEFINED);
  Atomics.add(plane.i32, HEADER_DIRECTORY_GEN >> 2, 1);
}

/** Takes a name out again. */
export function removeOnMain(plane: StatePlane, index: number): void {
  Atomics.store(plane.i32, (entryAt(plane, index) + ENTRY_STATE) >> 2, REMOVED);
  Atomics.add(plane.i32, HEADER_DIRECTORY_GEN >> 2, 1);
}

/** Changes whenever a name comes or goes, in any thread. */
export function directoryGeneration(plane: StatePlane): number {
  return Atomics.load(plane.i32, HEADER_DIRECTORY_GEN >> 2);
}

/** All policies defined now. */
export function entries(plane: StatePlane): Entry[] {
  const found: Entry[] = [];
  for (let index = 0; index < plane.sizes.policies; index++) {
    const at = entryAt(plane, index);
    // Past those that were never used too: a slot is taken before its name is entered, if it has one.
    if (Atomics.load(plane.i32, (at + ENTRY_STATE) >> 2) !== DEFINED) continue;
    const length = plane.i32[(at + ENTRY_LENGTH) >> 2];
    // A copy: decoders refuse views of shared memory.
    const name = decoder.decode(plane.bytes.slice(at + ENTRY_NAME, at + ENTRY_NAME + length));
    found.push({ name, index, generation: plane.i32[(at + ENTRY_GEN) >> 2] });
  }
  return found;
}
