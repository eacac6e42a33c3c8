// What others offer for the same, configured alike.

import {
  circuitBreaker as breakerOf,
  bulkhead as bulkheadOf,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry as retryOf,
  TimeoutStrategy,
  timeout as timeoutOf,
  wrap,
} from 'cockatiel';
import { RateLimiter } from 'limiter';
import Opossum from 'opossum';
import limitOf from 'p-limit';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { fails, succeeds } from './operations.ts';

const DAY_MS = 86_400_000;
const backoff = new ExponentialBackoff({ initialDelay: 100, maxDelay: 30_000 });

const cockatielBreaker = (failures: number, halfOpenAfter = 30_000) =>
  breakerOf(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(failures) });
const cockatielTimeout = () => timeoutOf(30_000, TimeoutStrategy.Aggressive);

export const cockatiel = {
  breaker: cockatielBreaker(5),
  bulkhead: bulkheadOf(100),
  timeout: cockatielTimeout(),
  retry: retryOf(handleAll, { maxAttempts: 3, backoff }),
  four: wrap(
    retryOf(handleAll, { maxAttempts: 3, backoff }),
    cockatielBreaker(5),
    bulkheadOf(100),
    cockatielTimeout(),
  ),
  patient: cockatielBreaker(1e9),
  three: wrap(cockatielBreaker(1e9), bulkheadOf(100), cockatielTimeout()),
  isolated: cockatielBreaker(5, DAY_MS),
  full: bulkheadOf(1, 0),
};
cockatiel.isolated.isolate();
// Holds the only slot for good.
void cockatiel.full.execute(() => new Promise(() => {}));

/** Its breaker goes by a share of failures in a window; 100 % of a million is not reached. */
const never = {
  errorThresholdPercentage: 100,
  volumeThreshold: 1_000_000,
  resetTimeout: DAY_MS,
  // Otherwise it sorts all latencies of the window at each failure.
  rollingPercentilesEnabled: false,
};
export const opossum = {
  breaker: new Opossum(succeeds, { ...never, timeout: false }),
  three: new Opossum(succeeds, { ...never, timeout: 30_000, capacity: 100 }),
  patient: new Opossum(fails, { ...never, timeout: false }),
  open: new Opossum(succeeds, { ...never, timeout: false }),
};
opossum.open.open();

export const pLimit = limitOf(100);

export const flexible = new RateLimiterMemory({ points: 1e9, duration: 86_400 });
export const flexibleEmpty = new RateLimiterMemory({ points: 1, duration: 86_400 });
await flexibleEmpty.consume('all');

export const limiter = new RateLimiter({ tokensPerInterval: 1e9, interval: 'day' });
export const limiterEmpty = new RateLimiter({ tokensPerInterval: 1, interval: 'day' });
limiterEmpty.tryRemoveTokens(1);

/** Ends what would keep the process alive for a day. */
export function endPeers(): void {
  for (const each of Object.values(opossum)) each.shutdown();
}

export const ALIKE = [
  'Breaker: 5 failures in a row (Holdfast, cockatiel); opossum, which has no such rule: all of a million in a window, its percentiles off.',
  'Limiter: 10 million a second, burst 10 million; limiter and rate-limiter-flexible: a thousand million a day, never refusing.',
  'Bulkhead, p-limit and opossum’s capacity: 100 at a time. Timeout: 30 s, never reached. Retry: 3, exponential from 100 ms, never needed.',
  'Five protections: breaker, limiter, bulkhead, timeout, retry; budgets: 99.9 % in an hour, p95 100 ms. cockatiel has no limiter: its wrap is of four.',
  'One call at a time, each awaited; the operation is an async function that counts and returns.',
];
