// What a snapshot looks like.

import type { KeptBucket } from '../state/kept-rings.ts';
import type { BreakerSnapshot } from './snapshot-breaker.ts';

/**
 * What `snapshot()` gives and `restore()` takes. It can be kept as JSON. Of a strategy that was not configured there
 * is nothing. Ages and durations are ms; counts of a window stand in buckets: an age, then the counts.
 */
export interface PolicySnapshot {
  version: 1;
  /** The policy's name. A policy of another name takes it too. */
  name: string;
  /** Ms since 1970. */
  takenAt: number;
  circuitBreaker?: BreakerSnapshot;
  /** `available`: tokens, negative while reservations are owed. `ratePerSecond`: where the rate adapts. */
  rateLimiter?: { available: number; ratePerSecond?: number };
  /** Where the limit adapts. */
  bulkhead?: { limit: number };
  /** Requests and accepts. */
  throttle?: KeptBucket[];
  /** Calls and retries. */
  retryBudget?: KeptBucket[];
  /** Calls and failures: of the last six hours, and of the whole window where that is coarser or longer. */
  errorBudget?: { recent: KeptBucket[]; window?: KeptBucket[] };
}
