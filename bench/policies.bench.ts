// What does a protected call cost beside a bare await, and beside what others charge for the same?

import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker as cockatielBreaker,
  bulkhead as cockatielBulkhead,
  retry as cockatielRetry,
  timeout as cockatielTimeout,
  wrap as cockatielWrap,
  ExponentialBackoff,
  handleAll,
  TimeoutStrategy,
} from 'cockatiel';
import OpossumBreaker from 'opossum';
import { exponential, type Policy, policy } from '../src/index.ts';
import { compare, report } from './support/measure.ts';

const operation = async () => 1;
const context = {};
void context;

let done = 0;
const counted = async () => {
  done++;
  return 1;
};

async function awaited(times: number, call: () => Promise<unknown>): Promise<number> {
  const before = done;
  for (let i = 0; i < times; i++) await call();
  return done - before;
}

const breaker = policy({ circuitBreaker: { consecutiveFailures: 5 } });
const limiter = policy({ rateLimiter: { permitsPerSecond: 1e7, burst: 1e7 } });
const five = policy({
  circuitBreaker: { consecutiveFailures: 5 },
  rateLimiter: { permitsPerSecond: 1e7, burst: 1e7 },
  bulkhead: { maxConcurrent: 100 },
  timeout: { attemptMs: 30_000 },
  retry: { maxRetries: 3, backoff: exponential({ baseMs: 100 }) },
});
const fiveWithBudgets = policy({
  circuitBreaker: { consecutiveFailures: 5 },
  rateLimiter: { permitsPerSecond: 1e7, burst: 1e7 },
  bulkhead: { maxConcurrent: 100 },
  timeout: { attemptMs: 30_000 },
  retry: { maxRetries: 3, backoff: exponential({ baseMs: 100 }) },
  errorBudget: { objective: 0.999, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
});
const opened = policy({ circuitBreaker: { consecutiveFailures: 1, openMs: 3_600_000 } });
opened.circuitBreaker?.open();

const cockatielOne = cockatielBreaker(handleAll, {
  halfOpenAfter: 30_000,
  breaker: new ConsecutiveBreaker(5),
});
const cockatielFour = cockatielWrap(
  cockatielRetry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
  cockatielBreaker(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(5) }),
  cockatielBulkhead(100),
  cockatielTimeout(30_000, TimeoutStrategy.Aggressive),
);
const cockatielOpen: CircuitBreakerPolicy = cockatielBreaker(handleAll, {
  halfOpenAfter: 3_600_000,
  breaker: new ConsecutiveBreaker(1),
});
cockatielOpen.isolate();
const opossum = new OpossumBreaker(counted, { timeout: false });

async function refusals(times: number, refuse: () => Promise<unknown>): Promise<number> {
  let refused = 0;
  for (let i = 0; i < times; i++) {
    try {
      const outcome = (await refuse()) as { rejected?: boolean };
      if (outcome?.rejected) refused++;
    } catch {
      refused++;
    }
  }
  return refused;
}

const through = (guarded: Policy) => (times: number) => awaited(times, () => guarded.execute(counted));

const rows = await compare('bare await', [
  { name: 'bare await', run: (times) => awaited(times, counted) },
  { name: 'breaker', run: through(breaker) },
  { name: 'rate limiter', run: through(limiter) },
  { name: 'five protections', run: through(five) },
  { name: 'five protections with error and latency budget', run: through(fiveWithBudgets) },
  {
    name: 'cockatiel: consecutive breaker',
    run: (times) => awaited(times, () => cockatielOne.execute(counted)),
  },
  {
    name: 'cockatiel: wrap(retry, breaker, bulkhead, timeout)',
    run: (times) => awaited(times, () => cockatielFour.execute(counted)),
    share: 0.05,
  },
  {
    name: 'opossum: breaker without timeout',
    run: (times) => awaited(times, () => opossum.fire()),
    share: 0.3,
  },
  {
    name: 'refused: tryAcquire',
    run: async (times) => {
      let refused = 0;
      for (let i = 0; i < times; i++) if (!opened.tryAcquire().ok) refused++;
      return refused;
    },
  },
  {
    name: 'refused: executeOutcome',
    run: (times) => refusals(times, () => opened.executeOutcome(operation)),
  },
  {
    name: 'refused: execute, thrown',
    run: (times) => refusals(times, () => opened.execute(operation)),
    share: 0.3,
  },
  {
    name: 'refused: cockatiel, thrown',
    run: (times) => refusals(times, () => cockatielOpen.execute(operation)),
    share: 0.1,
  },
]);
report('policies', rows);
opossum.shutdown();
