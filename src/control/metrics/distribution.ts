// A histogram of shared memory in the form that Prometheus knows.
//
// Its bounds are powers of two milliseconds: these are borders of the memory's own buckets, so that the counts
// are exact. The sum is not kept on the path of a call; it is made from the middles of the buckets, within 3.2 %.

import { LATENCY_BUCKETS } from '../../../assembly/layout.ts';
import type { StatePlane } from '../../state/plane.ts';

const UNITS_PER_MS = 16_384;
const BOUNDS = 15;

/** Upper bounds in seconds: 1 ms, 2 ms … 16.384 s. */
export const BOUNDS_SECONDS: readonly number[] = Array.from({ length: BOUNDS }, (_, k) => 2 ** k / 1000);

export interface Distribution {
  /** How many took less than each bound. */
  below: number[];
  count: number;
  sumSeconds: number;
}

/** The bucket that begins at 2^k ms: see the form of buckets in assembly/latency.ts. */
const FIRST_ABOVE = Array.from({ length: BOUNDS }, (_, k) => (14 + k - 4) * 16 + 16);

const MIDDLE_SECONDS = Float64Array.from({ length: LATENCY_BUCKETS }, (_, index) => {
  if (index < 16) return index / UNITS_PER_MS / 1000;
  const shift = (index >> 4) - 1;
  return (((index & 15) + 16.5) * 2 ** shift) / UNITS_PER_MS / 1000;
});

/** Reads the histogram at an address, while others add to it. */
export function readDistribution(plane: StatePlane, at: number): Distribution {
  const { i32 } = plane;
  const from = at >> 2;
  const below: number[] = [];
  let count = 0;
  let sumSeconds = 0;
  for (let index = 0; index < LATENCY_BUCKETS; index++) {
    if (index === FIRST_ABOVE[below.length]) below.push(count);
    const word = from + index * 2;
    // The upper half changes once in four thousand million: a torn reading is off by that, for one scrape.
    const entries = (i32[word] >>> 0) + i32[word + 1] * 2 ** 32;
    if (entries === 0) continue;
    count += entries;
    sumSeconds += entries * MIDDLE_SECONDS[index];
  }
  while (below.length < BOUNDS) below.push(count);
  return { below, count, sumSeconds };
}

/** The durations in ms that these shares (upwards) did not exceed; NaN while there are none. */
export function percentilesOf(plane: StatePlane, at: number, shares: readonly number[]): number[] {
  const { i32 } = plane;
  const from = at >> 2;
  const entries = (index: number) => (i32[from + index * 2] >>> 0) + i32[from + index * 2 + 1] * 2 ** 32;
  let total = 0;
  for (let index = 0; index < LATENCY_BUCKETS; index++) total += entries(index);
  let index = -1;
  let seen = 0;
  return shares.map((share) => {
    if (total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(share * total));
    while (seen < rank && index < LATENCY_BUCKETS - 1) seen += entries(++index);
    return MIDDLE_SECONDS[index] * 1000;
  });
}
