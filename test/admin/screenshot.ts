// Takes the picture of the dashboard in docs/: `node --import ./scripts/register.mjs test/admin/screenshot.ts`.

import { fileURLToPath } from 'node:url';
import { ping } from '../../src/control/health/ping.ts';
import { exponential } from '../../src/policy/backoff.ts';
import { seededRandom } from '../../src/testing/random.ts';
import { browse } from './browser.ts';
import { serving } from './given.ts';

const SECONDS = 45;
const random = seededRandom('picture');
const common = {
  circuitBreaker: { consecutiveFailures: 5, openMs: 60_000 },
  errorBudget: { objective: 0.99, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 60 },
  bulkhead: { maxConcurrent: 20, maxQueue: 40 },
};
const policies = {
  'payments.authorize': { ...common, rateLimiter: { permitsPerSecond: 120 } },
  'payments.capture': { ...common, retry: { maxRetries: 2, backoff: exponential({ baseMs: 20 }) } },
  'inventory.reserve': { ...common, chaos: { latency: { rate: 0.3, minMs: 20, maxMs: 80 } } },
  'search.query': { ...common, rateLimiter: { permitsPerSecond: 40, burst: 20 } },
  'mail.send': common,
  'tax.quote': { ...common, timeout: { attemptMs: 50 } },
};

const memory = { policies: 16, threads: 2, keys: 0 };
const { holdfast, server, end } = await serving({
  name: 'orders',
  policies,
  memory,
  health: { intervalMs: 2_000 },
});
holdfast.health.add(ping('database', () => {}));
holdfast.degradation.set('search', 'degraded');
await holdfast.start();
holdfast.chaos.enable({ forMs: 600_000 });

const browser = await browse();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 });
await page.goto(server.url);

const FAILING: Record<string, number> = { 'mail.send': 0.9, 'tax.quote': 0.02, 'payments.capture': 0.03 };
async function traffic(): Promise<void> {
  for (const name of holdfast.policies) {
    for (let call = 0; call < 6 + random() * 6; call++) {
      const ms = 5 + random() * (name === 'tax.quote' ? 52 : 35);
      const fails = random() < (FAILING[name] ?? 0.002);
      void holdfast.policy(name).executeOutcome(async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        if (fails) throw new Error('unavailable');
      });
    }
  }
}

const busy = setInterval(traffic, 100);
await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
await page.locator('.summary', { hasText: 'payments.capture' }).click();
await page.waitForTimeout(2_500);
await page.screenshot({
  path: fileURLToPath(new URL('../../docs/dashboard.png', import.meta.url)),
  fullPage: true,
});
clearInterval(busy);
await browser.close();
await end();
