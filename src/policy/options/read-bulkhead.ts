/**
 * Bulkhead: so many calls at one time, across all threads, and so many that wait for their turn.
 */

import type { PolicyNumbers } from '../../state/options-block.ts';
import type { PolicyShape } from '../plan.ts';
import type { Draft, PolicyReader } from './policy-reader.ts';
import { ENDLESS_MS, readCount } from './rules.ts';

export interface BulkheadOptions {
  /** Calls that may run at one time, a whole number of at least 1. */
  maxConcurrent: number;
  /** Calls that may wait in line, for a slot or for the rate limiter; 0 by default. Infinity is allowed. */
  maxQueue?: number;
  /** The longest a call waits for a slot, in ms; Infinity, no limit, by default. */
  maxWaitMs?: number;
  /** Finds the limit by latency, starting at `maxConcurrent`. */
  adaptive?: AdaptiveLimitOptions;
}

export interface AdaptiveLimitOptions {
  /**
   * `'aimd'`: one more while at least half is in use, a tenth less when a call times out. `'gradient2'`: follows
   * the long-term over the present latency. `'vegas'`: keeps the queue that the upstream must have short.
   */
  algorithm: AdaptiveAlgorithm;
  /** Bounds of the limit, whole numbers of at least 1: 1 and ten times `maxConcurrent` by default. */
  minLimit?: number;
  maxLimit?: number;
}

export type AdaptiveAlgorithm = 'aimd' | 'gradient2' | 'vegas';

export const BULKHEAD = ['maxConcurrent', 'maxQueue', 'maxWaitMs', 'adaptive'] as const;

const ALGORITHMS = ['aimd', 'gradient2', 'vegas'] as const;
const MOST = 2 ** 31 - 1;

export function readBulkhead(o: PolicyReader, { shape, numbers }: Draft): void {
  const bounded = o.has('maxQueue');
  const maxQueue = o.number('maxQueue', { whole: true, atLeast: 0, infinite: true, default: 0 });
  numbers.maxConcurrent = readCount(o, 'maxConcurrent');
  // The line is one for slots and permits: where nobody bounds it, the limiter's waiters fill it as they like.
  if (bounded) numbers.maxQueue = maxQueue;
  numbers.queueMaxWaitMs = o.durationMs('maxWaitMs', { ...ENDLESS_MS, default: Number.POSITIVE_INFINITY });
  shape.bulkhead = { queues: maxQueue > 0, bounded, adaptive: readAdaptiveLimit(o, numbers) };
}

function readAdaptiveLimit(
  o: PolicyReader,
  numbers: PolicyNumbers,
): NonNullable<PolicyShape['bulkhead']>['adaptive'] {
  const adaptive = o.child('adaptive', ['algorithm', 'minLimit', 'maxLimit']);
  if (adaptive === undefined) return undefined;
  const start = numbers.maxConcurrent;
  numbers.minLimit = readCount(adaptive, 'minLimit', { default: 1 });
  numbers.maxLimit = readCount(adaptive, 'maxLimit', { default: Math.min(start * 10, MOST) });
  if (numbers.minLimit > start)
    adaptive.refuse('minLimit', `at most ${start}, the maxConcurrent it starts at`);
  if (numbers.maxLimit < start)
    adaptive.refuse('maxLimit', `at least ${start}, the maxConcurrent it starts at`);
  return adaptive.oneOf('algorithm', ALGORITHMS);
}
