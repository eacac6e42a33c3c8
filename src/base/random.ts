// Chance, from the machine, from a seed or from a list.

import { isAllowed } from './number-rule.ts';
import { itemsOf, readSafely } from './options.ts';
import { show } from './show.ts';

const DRAW = { atLeast: 0, below: 1 } as const;

/** Gives a number from 0 up to but not including 1. */
export type Random = () => number;

/** The engine's own: fast, seeded by the machine, not for secrets. */
export const systemRandom: Random = Math.random;

/**
 * Bytes that nobody can guess, in memory that is not shared. Loads the runtime's cryptography, which takes as long as
 * a tenth of a start: only for whoever needs them.
 */
export function secretBytes(count: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(count));
}

/**
 * The same numbers for the same seed, on every machine; 32 bits each.
 *
 * The generator is sfc32 of the PractRand family: three words mixed by shifts and additions, and a counter that
 * keeps the period above 2³² (about 2¹²⁷ on average). The seed is spread over its words by SplitMix32, so that seeds 1 and 2 have
 * nothing in common. Throws a RangeError for a seed that is no number.
 */
export function seededRandom(seed: number | string): Random {
  const words = splitMix32(seed);
  let a = words();
  let b = words();
  let c = words();
  let counter = 1;

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) * 2 ** -32;
  }

  // What the three words start from shows in the first few numbers.
  for (let round = 0; round < 12; round++) next();
  return next;
}

/**
 * The given numbers, one after the other. Throws a RangeError when more are drawn than were given, and at once
 * when one of them is not from 0 up to but not including 1; a TypeError for what is no array.
 */
export function scriptedRandom(values: readonly number[]): Random {
  if (!readSafely('random', () => Array.isArray(values))) {
    throw new TypeError(`random: a script is an array of draws, got ${show(values)}`);
  }
  const script = itemsOf('random', values) as number[];
  for (const [index, value] of script.entries()) {
    if (!isAllowed(value, DRAW)) {
      throw new RangeError(
        `random: draw ${index + 1} of the script must be from 0 to below 1, got ${show(value)}`,
      );
    }
  }
  let drawn = 0;
  return () => {
    if (drawn === script.length) {
      throw new RangeError(`random: all ${script.length} scripted draws are used up; one more was asked for`);
    }
    return script[drawn++];
  };
}

function splitMix32(seed: number | string): () => number {
  let state = typeof seed === 'string' ? wordOfText(seed) : wordOfNumber(seed);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  };
}

// FNV-1a over the text's code units.
function wordOfText(text: string): number {
  let word = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    word = Math.imul(word ^ text.charCodeAt(index), 0x01000193);
  }
  return word;
}

function wordOfNumber(seed: number): number {
  if (typeof seed !== 'number' || Number.isNaN(seed)) {
    throw new RangeError(`random: a seed is a number or a text, got ${show(seed)}`);
  }
  const [low, high] = new Uint32Array(new Float64Array([seed]).buffer);
  return low ^ Math.imul(high, 0x85ebca6b);
}
