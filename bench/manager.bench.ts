// Does a call cost more when a running manager watches over it: health checks, scrapes, a dashboard's stream?

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
const managed = createHoldfast({ ...options, health: { intervalMs: 1_000 } });
managed.health.add(ping('database', () => {}));
managed.degradation.drive('send', { budget: 'send' });
await managed.start();
await managed.metrics.metrics();

let done = 0;
const operation = async () => {
  done++;
  return 1;
};

async function called(times: number, policy: ReturnType<typeof alone.policy>): Promise<number> {
  const before = done;
  for (let call = 0; call < times; call++) await policy.execute(operation);
  return done - before;
}

const [withoutManager, withManager] = [alone.policy('send'), managed.policy('send')];
const rows = await compare('a policy whose runtime was never started', [
  { name: 'a policy whose runtime was never started', run: (times) => called(times, withoutManager) },
  { name: 'a policy under a running manager', run: (times) => called(times, withManager) },
]);
await managed.stop();
report('manager', rows);
