// A process of its own: what it does is its first argument. It says 'end' when its last line is reached.

import { createHoldfast, policy, rateLimiter } from '../../src/index.ts';
import { EVERYTHING } from './bad-days.ts';

const scenes: Record<string, () => unknown> = {
  async idle() {
    const guarded = policy({ ...EVERYTHING, coalesce: { key: ({ key }) => key }, shed: {} });
    for (const event of ['success', 'stateChange', 'alert'] as const) guarded.on(event, () => {});
    guarded.circuitBreaker?.open(60_000);
    guarded.circuitBreaker?.close();
    await guarded.execute(() => 'fine', { signal: new AbortController().signal });
    await guarded.executeOutcome(() => Promise.reject(new Error('once')));
    guarded.tryAcquire();
    rateLimiter({ permitsPerSecond: 1 }).tryAcquire();
  },
  async 'idle-runtime'() {
    const holdfast = createHoldfast({ policies: { send: { ...EVERYTHING, chaos: { error: { rate: 0 } } } } });
    holdfast.policy('send').on('stateChange', () => {});
    holdfast.degradation.drive('sending', { budget: 'send' });
    await holdfast.start();
    holdfast.chaos.enable({ forMs: 600_000 });
    await holdfast.policy('send').execute(() => 'fine');
  },
  abandoned() {
    const guarded = policy({ timeout: { attemptMs: 20 } });
    guarded.execute(() => new Promise(() => {})).catch(({ code }) => console.log(code));
  },
  'waits-for-permits'() {
    const guarded = policy({ rateLimiter: { permitsPerSecond: 5, burst: 1, maxWaitMs: 1000 } });
    guarded.tryAcquire();
    guarded.execute(() => console.log('let in'));
  },
  'waits-for-a-slot'() {
    const guarded = policy({ bulkhead: { maxConcurrent: 1, maxQueue: 1, maxWaitMs: 300 } });
    guarded.tryAcquire();
    guarded.execute(() => {}).catch(({ code }) => console.log(code));
  },
  'waits-for-a-retry'() {
    let calls = 0;
    const guarded = policy({ retry: { backoff: () => 200 } });
    guarded.execute(() => (calls++ === 0 ? Promise.reject(new Error('once')) : console.log('again')));
  },
  'waits-alone'() {
    const limiter = rateLimiter({ permitsPerSecond: 5, burst: 1, maxWaitMs: 1000 });
    limiter.tryAcquire();
    limiter.acquire().then(() => console.log('let in'));
  },
  async 'waits-in-runtime'() {
    const holdfast = createHoldfast({ policies: { send: { bulkhead: { maxConcurrent: 1, maxQueue: 1 } } } });
    const permit = holdfast.policy('send').tryAcquire();
    holdfast.policy('send').execute(() => console.log('let in'));
    // Nothing but the line keeps the process alive until then.
    setTimeout(() => permit.ok && permit.settle('success'), 700).unref();
  },
};

await scenes[process.argv[2]]();
console.log('end');
