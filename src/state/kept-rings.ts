// Windows of counts as they outlive their memory: each bucket by its age.
//
// A ring in memory says in which epoch a bucket was filled; epochs mean nothing
// elsewhere. What is kept is how long ago that was, to the middle of the bucket,
// and what was counted. Put back, it falls into whichever bucket is that old
// then, or into none when it is older than the window. Times are the memory's.

import {
  BREAKER_WINDOW_AT,
  BUDGET_AT,
  BUDGET_BUCKETS,
  BUDGET_CELLS,
  BURN_AT,
  BURN_BUCKETS,
  BURN_MS,
  RETRY_AT,
  RETRY_BUCKETS,
  RETRY_MS,
  SLOT_BUCKET_MS,
  SLOT_BUCKETS,
  SLOT_BUDGET_MS,
  SLOT_CLOCK_BACK,
  SLOT_THROTTLE_MS,
  THROTTLE_AT,
  THROTTLE_BUCKETS,
  THROTTLE_CELLS,
  WINDOW_BYTES,
  WINDOW_CALLS,
  WINDOW_DURATION,
  WINDOW_FAILED,
  WINDOW_IGNORED,
  WINDOW_MAX,
  WINDOW_SLOW,
} from '../../assembly/layout.ts';
import type { Slot } from './slot.ts';
import { salt } from './twin/breaker-window.ts';
import { burnEpoch, burnIndex } from './twin/budget.ts';
import { twinMemory } from './twin/memory.ts';
import { stampOf, twinWords, type Words } from './twin/words.ts';

/** What one bucket of a window counted: its age in ms, then the counts. */
export type KeptBucket = readonly number[];

/** Where a ring lies, how wide its buckets are, and the words of each. */
export interface Ring {
  readonly at: number;
  readonly stride: number;
  /** Buckets of the window: the ring has as many places, or more. */
  readonly size: number;
  readonly widthMs: number;
  /** The bucket of a time of the clock's own, and its place in the ring. */
  readonly epochOf: (ownMs: number) => number;
  readonly indexOf: (epoch: number) => number;
  readonly words: readonly number[];
  /** Sets generations of a breaker apart. */
  readonly salt: number;
}

/** More than any word counts: taken away, it leaves nothing. */
const ALL = 2 ** 36;
const PAIR = { stride: 16, words: [0, 8], salt: 0 } as const;

/** Buckets so wide, in a ring of so many places, a power of two. */
const wide = (widthMs: number, places: number) => ({
  widthMs,
  epochOf: (ownMs: number) => Math.floor(ownMs / widthMs),
  indexOf: (epoch: number) => epoch & (places - 1),
});

export const burnRing = ({ at }: Slot): Ring => ({
  ...PAIR,
  at: at + BURN_AT,
  size: BURN_BUCKETS,
  widthMs: BURN_MS,
  epochOf: burnEpoch,
  indexOf: burnIndex,
});

export const budgetRing = (slot: Slot): Ring => ({
  ...PAIR,
  at: slot.at + BUDGET_AT,
  size: BUDGET_BUCKETS,
  ...wide(slot.readF(SLOT_BUDGET_MS), BUDGET_CELLS),
});

export const throttleRing = (slot: Slot): Ring => ({
  ...PAIR,
  at: slot.at + THROTTLE_AT,
  size: THROTTLE_BUCKETS,
  ...wide(slot.readF(SLOT_THROTTLE_MS), THROTTLE_CELLS),
});

export const retryRing = ({ at }: Slot): Ring => ({
  ...PAIR,
  at: at + RETRY_AT,
  size: RETRY_BUCKETS,
  ...wide(RETRY_MS, RETRY_BUCKETS),
});

/** Calls, failed, slow, ignored, and 64ths of a millisecond. */
export const breakerRing = (slot: Slot, generation: number): Ring => ({
  at: slot.at + BREAKER_WINDOW_AT,
  stride: WINDOW_BYTES,
  size: slot.readI(SLOT_BUCKETS),
  ...wide(slot.readF(SLOT_BUCKET_MS), WINDOW_MAX),
  words: [WINDOW_CALLS, WINDOW_FAILED, WINDOW_SLOW, WINDOW_IGNORED, WINDOW_DURATION],
  salt: salt(generation),
});

const wordsOf = (slot: Slot): Words => twinWords(twinMemory(slot.plane.memory.buffer));
const stamp = (ring: Ring, epoch: number): number => stampOf(stampOf(epoch) + ring.salt);
const bucketAt = (ring: Ring, epoch: number): number => ring.at + ring.indexOf(epoch) * ring.stride;
const epochAt = (slot: Slot, ring: Ring, now: number): number =>
  ring.epochOf(now - slot.readF(SLOT_CLOCK_BACK));

/** The buckets that counted something, oldest first. */
export function readRing(slot: Slot, ring: Ring, now: number): KeptBucket[] {
  const { stampedRead } = wordsOf(slot);
  const newest = epochAt(slot, ring, now);
  const clockMs = now - slot.readF(SLOT_CLOCK_BACK);
  const kept: KeptBucket[] = [];
  for (let epoch = newest - ring.size + 1; epoch <= newest; epoch++) {
    const counts = ring.words.map((word) => stampedRead(bucketAt(ring, epoch) + word, stamp(ring, epoch)));
    if (counts.every((count) => count === 0)) continue;
    kept.push([Math.max(0, clockMs - (epoch + 0.5) * ring.widthMs), ...counts]);
  }
  return kept;
}

/** Counts what is kept as if it had happened so long before `now`. What is older than the window is left out. */
export function addToRing(slot: Slot, ring: Ring, now: number, kept: readonly KeptBucket[]): void {
  const { stampedAdd } = wordsOf(slot);
  const newest = epochAt(slot, ring, now);
  for (const [ageMs, ...counts] of kept) {
    const epoch = epochAt(slot, ring, now - ageMs);
    if (epoch <= newest - ring.size) continue;
    for (const [index, word] of ring.words.entries()) {
      if (counts[index] > 0) stampedAdd(bucketAt(ring, epoch) + word, stamp(ring, epoch), counts[index]);
    }
  }
}

/** The same, in place of whatever the ring counted. */
export function replaceRing(slot: Slot, ring: Ring, now: number, kept: readonly KeptBucket[]): void {
  const { stampedAdd } = wordsOf(slot);
  const newest = epochAt(slot, ring, now);
  for (let epoch = newest - ring.size + 1; epoch <= newest; epoch++) {
    for (const word of ring.words) stampedAdd(bucketAt(ring, epoch) + word, stamp(ring, epoch), -ALL);
  }
  addToRing(slot, ring, now, kept);
}
