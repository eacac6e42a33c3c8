// A policy's options as text in its slot, so that a thread which comes to know
// the policy later reads them there and nobody has to be asked.

import { SLOT_TEXT, SLOT_TEXT_BYTES, SLOT_TEXT_LENGTH } from '../../assembly/layout.ts';
import type { StatePlane } from '../state/plane.ts';

/** What of a policy's options crosses threads. */
export interface OptionsText {
  /** The options without functions, made backoffs as data. */
  data: unknown;
  /** Paths of functions that stayed behind. */
  inline: readonly string[];
}

const INFINITY = '\u0000Infinity';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes the options to the slot; nothing when they are too long, and then only the defining thread has them. */
export function writeOptionsText(plane: StatePlane, slot: number, text: OptionsText): void {
  const json = JSON.stringify(text, (_key, value) => (value === Number.POSITIVE_INFINITY ? INFINITY : value));
  const encoded = encoder.encode(json);
  if (encoded.length > SLOT_TEXT_BYTES) return;
  plane.bytes.set(encoded, slot + SLOT_TEXT);
  Atomics.store(plane.i32, (slot + SLOT_TEXT_LENGTH) >> 2, encoded.length);
}

/** Reads them back; undefined when they did not fit. */
export function readOptionsText(plane: StatePlane, slot: number): OptionsText | undefined {
  const length = Atomics.load(plane.i32, (slot + SLOT_TEXT_LENGTH) >> 2);
  if (length === 0) return undefined;
  // A copy: decoders refuse views of shared memory.
  const json = decoder.decode(plane.bytes.slice(slot + SLOT_TEXT, slot + SLOT_TEXT + length));
  return JSON.parse(json, (_key, value) =>
    value === INFINITY ? Number.POSITIVE_INFINITY : value,
  ) as OptionsText;
}
