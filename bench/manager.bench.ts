// Does a call cost more when a running manager watches over it: health checks, scrapes, levels, a component?
//
// Beside it the same difference between two runtimes that nothing watches over: so much is noise.

import { createHoldfast, exponential, ping } from '../src/index.ts';
import { compare, report } from './support/measure.ts';

const options = {
  memory: { policies: 8, threads: 1, keys: 0 },
  policies: {
    send: {
      circuitBreaker: { consecutiveFailures: 5 },
      rateLimiter: { permitsPerSecond: 1e7, burst: 1e7 },
      bulkhead: { maxConcurrent: 100 },
      timeout: { attemptMs: 30_000 },
      retry: { maxRetries: 3, backoff: exponential({ baseMs: 100 }) },
      errorBudget: { objective: 0.999, windowMs: 3_600_000 },
      latencyBudget: { percentile: 0.95, targetMs: 100 },
    },
  },
} as const;

const alone = createHoldfast(options);
const another = createHoldfast(options);
const managed = createHoldfast({ ...options, health: { intervalMs: 1_000 } });
managed.health.add(ping('upstream', () => {}));
managed.degradation.drive('send', { budget: 'send', check: 'upstream' });
managed.component({ name: 'database', check: () => true });
await managed.start();
await managed.metrics.metrics();

let done = 0;
const operation = async () => {
  done++;
  return 1;
};

async function called(times: number, policy: ReturnType<typeof alone.policy>): Promise<number> {
  const before = done;
  for (let call = 0; call < times; call++) {
    await policy.execute(operation);
    // Or no timer of the manager's would ever be due.
    if (call % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return done - before;
}

const policies = [alone, another, managed].map((holdfast) => holdfast.policy('send'));
const rows = await compare('a policy whose runtime was never started', [
  { name: 'a policy whose runtime was never started', run: (times) => called(times, policies[0]) },
  { name: 'another one of these', run: (times) => called(times, policies[1]) },
  { name: 'a policy under a running manager', run: (times) => called(times, policies[2]) },
]);
const checks = managed.health.status().checks.map(({ name, runs }) => `${name} ${runs}`);
await managed.stop();
report('manager', rows, {}, [`health checks that ran meanwhile: ${checks.join(', ')}`]);
