import type { Suite } from '../harness/suite.ts';
import { circuitBreaker } from './breaker.ts';
import { breakerHands } from './breaker-hands.ts';
import { breakerTimes } from './breaker-times.ts';
import { tokenBucket } from './bucket.ts';
import { bulkheads } from './bulkhead.ts';
import { cells } from './cells.ts';
import { changing } from './changes.ts';
import { counters } from './counters.ts';
import { keyedBuckets } from './keyed.ts';
import { locks } from './locks.ts';
import { looks } from './looks.ts';
import { moments } from './moments.ts';
import { moves } from './moves.ts';
import { policies } from './policy.ts';
import { slices } from './slices.ts';
import { sums } from './sums.ts';
import { unfenced } from './unfenced.ts';
import { waitings } from './waiting.ts';
import { windows } from './windows.ts';

/** All scenarios over the shipped kernels. */
export const suites: readonly Suite[] = [
  tokenBucket,
  keyedBuckets,
  circuitBreaker,
  breakerHands,
  breakerTimes,
  moves,
  moments,
  bulkheads,
  waitings,
  windows,
  policies,
  locks,
  changing,
  counters,
  sums,
  unfenced,
  looks,
  cells,
  slices,
];
