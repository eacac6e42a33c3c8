// What opens a closed circuit.

import { CALLS_MAX, WINDOW_MAX } from '../../../assembly/layout.ts';
import type { PolicyNumbers } from '../../state/options-block.ts';
import type { PolicyShape } from '../plan.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readCount, SHARE, WINDOW_MS } from './rules.ts';

export interface TrippingOptions {
  /** Opens at so many failures in a row, at least 1. Instead of a window. */
  consecutiveFailures?: number;
  /**
   * What is looked at: the last `calls` calls, 1 to 4 096, or the calls of the last `ms`, at least 1 ms, which is
   * kept in `buckets` parts, 1 to 64 and 10 by default: what is older goes by whole parts.
   */
  window?: { calls: number } | { ms: number; buckets?: number };
  /** Opens when this share of the window failed, 0 < x ≤ 1; 0.5 by default, none with `slowCall`. */
  failureRate?: number;
  /** Calls that the window must hold before it may open; the lesser of 20 and `calls` by default, never more. */
  minCalls?: number;
  /** Opens when the share `rate` of the window took longer than `ms`, however it ended. */
  slowCall?: { ms: number; rate: number };
}

type Shape = NonNullable<PolicyShape['circuitBreaker']>;
type Tripping = Omit<Shape, 'ramp' | 'trialRate'>;

const BUCKETS = 10;
const MIN_CALLS = 20;
const NO_WINDOW = { windowCalls: 0, windowMs: 0, buckets: 0, slow: false, failureRate: false };

export function readTripping(o: PolicyReader, numbers: PolicyNumbers): Tripping {
  const consecutive = readCount(o, 'consecutiveFailures', { optional: true });
  const window = o.child('window', ['calls', 'ms', 'buckets']);
  if (window === undefined) {
    if (consecutive === undefined)
      o.refuse('consecutiveFailures', 'a whole number of at least 1, or a window');
    for (const name of ['failureRate', 'minCalls', 'slowCall']) {
      if (o.has(name)) o.refuse(name, 'none without a window');
    }
    numbers.consecutive = consecutive as number;
    return { kind: 'consecutive', ...NO_WINDOW };
  }
  if (consecutive !== undefined) o.refuse('consecutiveFailures', 'none beside a window');
  const size = readWindow(window);
  const most = size.kind === 'calls' ? size.windowCalls : Number.POSITIVE_INFINITY;
  numbers.minCalls = readCount(o, 'minCalls', { default: Math.min(MIN_CALLS, most) });
  if (numbers.minCalls > most) o.refuse('minCalls', `at most ${most}, the calls of the window`);
  const slow = readSlowCall(o, numbers);
  const failureRate = o.ratio(
    'failureRate',
    slow ? { ...SHARE, optional: true } : { ...SHARE, default: 0.5 },
  );
  if (failureRate !== undefined) numbers.failureRate = failureRate;
  return { ...size, slow, failureRate: failureRate !== undefined };
}

function readWindow(o: PolicyReader): Pick<Shape, 'kind' | 'windowCalls' | 'windowMs' | 'buckets'> {
  if (o.has('ms')) {
    if (o.has('calls')) o.refuse('calls', 'none beside ms');
    const windowMs = o.durationMs('ms', WINDOW_MS);
    const buckets = o.number('buckets', { whole: true, atLeast: 1, atMost: WINDOW_MAX, default: BUCKETS });
    return { kind: 'time', windowCalls: 0, windowMs, buckets };
  }
  if (!o.has('calls')) o.refuse('calls', `a whole number from 1 to ${CALLS_MAX}, or ms`);
  if (o.has('buckets')) o.refuse('buckets', 'none beside calls');
  const windowCalls = o.number('calls', { whole: true, atLeast: 1, atMost: CALLS_MAX });
  return { kind: 'calls', windowCalls, windowMs: 0, buckets: 0 };
}

function readSlowCall(o: PolicyReader, numbers: PolicyNumbers): boolean {
  const slowCall = o.child('slowCall', ['ms', 'rate']);
  if (slowCall === undefined) return false;
  numbers.slowMs = slowCall.durationMs('ms');
  numbers.slowRate = slowCall.ratio('rate', SHARE);
  return true;
}
