// The arithmetic of buckets, for rate.ts and keyed.ts.
//
// An arrival time of 60 bits is more than a double holds, so the twin counts from
// `t`, the present: `ahead` is by how much an arrival time lies after it. That is
// at most what a bucket may owe, which the kernels keep under 2^53 units.

import * as layout from '../../../assembly/layout.ts';
import { nearest, TWO_32, whole } from './arithmetic.ts';
import type { TwinMemory } from './memory.ts';
import { optionsOf, type Words } from './words.ts';

const { O_BURST, O_UNITS, O_UNITS_PER_MS, OPTIONS_RING } = layout;

const EXACT = 2 ** 51; // up to there the nearest, halves to the even one
const FAR = 2 ** 57; // the end of time in any unit

export type RateUnits = ReturnType<typeof twinRateUnits>;

export function twinRateUnits({ i32 }: TwinMemory, { optF }: Words) {
  // The word that is to be left in a bucket: low half, high half.
  const next = new Int32Array(2);

  function units(options: number): number {
    const at = (options + O_UNITS) >>> 2;
    return i32[at + 1] * TWO_32 + (i32[at] >>> 0);
  }

  function burstOf(options: number): number {
    const at = (options + O_BURST) >>> 2;
    return i32[at + 1] * TWO_32 + (i32[at] >>> 0);
  }

  /** Rounded, not cut: see the kernel. */
  function unitsAt(options: number, now: number): number {
    const at = now * optF(options, O_UNITS_PER_MS);
    return at < EXACT ? nearest(at) : whole(Math.min(at + 0.5, FAR));
  }

  function costOf(options: number, permits: number): number {
    return permits === 1 ? units(options) : whole(nearest(permits * units(options)));
  }

  /** By how much a word's arrival time is ahead of `t`. */
  function aheadOf(low: number, high: number, shift: number, t: number): number {
    // Units that the lower half of a word holds.
    const half = 1 << (32 - shift);
    const above = Math.floor(t / half);
    return (high - above) * half + ((low >>> shift) - (t - above * half));
  }

  /** Puts the word of a bucket that is `ahead` of `t` into `next`; `bits` go below the time. */
  function compose(t: number, ahead: number, shift: number, bits: number): void {
    const half = 1 << (32 - shift);
    const above = Math.floor(t / half);
    const aheadAbove = Math.floor(ahead / half);
    const below = t - above * half + (ahead - aheadAbove * half);
    next[0] = (below << shift) | bits;
    next[1] = above + aheadAbove + (below >= half ? 1 : 0);
  }

  /** The bits below the arrival time of a word, in `version`. */
  function bitsOf(low: number, shift: number, version: number): number {
    return ((version & 15) << (shift - 4)) | (low & ((1 << (shift - 4)) - 1));
  }

  /** How many versions a word is behind. */
  function ageOf(low: number, shift: number, version: number): number {
    return (version - (low >>> (shift - 4))) & 15;
  }

  function alike(from: number, to: number): boolean {
    return (
      units(from) === units(to) &&
      burstOf(from) === burstOf(to) &&
      optF(from, O_UNITS_PER_MS) === optF(to, O_UNITS_PER_MS)
    );
  }

  /** `aheadOf` in the units of `version`, whichever version the word was written in. */
  function carriedAhead(
    slot: number,
    low: number,
    high: number,
    shift: number,
    version: number,
    now: number,
  ): number {
    const age = ageOf(low, shift, version);
    const to = optionsOf(slot, version);
    if (age >= OPTIONS_RING) return 0;
    const from = optionsOf(slot, version - age);
    if (age === 0 || alike(from, to)) return aheadOf(low, high, shift, unitsAt(to, now));
    const owed = Math.max(aheadOf(low, high, shift, unitsAt(from, now)), 0);
    const tokens = Math.max(burstOf(from) - owed, 0) / units(from);
    return Math.max(burstOf(to) - whole(nearest(tokens * units(to))), 0);
  }

  /** Puts a word of an earlier options version, in the units of `version`, into `next`. */
  function carry(slot: number, low: number, high: number, shift: number, version: number, now: number): void {
    const age = ageOf(low, shift, version);
    const to = optionsOf(slot, version);
    const bits = bitsOf(low, shift, version);
    if (age < OPTIONS_RING && alike(optionsOf(slot, version - age), to)) {
      next[0] = (low & -(1 << shift)) | bits;
      next[1] = high;
    } else {
      compose(unitsAt(to, now), carriedAhead(slot, low, high, shift, version, now), shift, bits);
    }
  }

  return { next, units, burstOf, unitsAt, costOf, aheadOf, compose, bitsOf, ageOf, carriedAhead, carry };
}
