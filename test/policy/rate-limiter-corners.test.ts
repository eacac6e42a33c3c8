// A limiter by itself at a time of day at which nothing is 0, so that no time is taken for another one unseen.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rateLimiter, type StandaloneLimiterOptions } from '../../src/policy/rate-limiter.ts';
import { manualClock } from '../../src/testing/index.ts';
import { type Engine, onBothEngines, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

function given(engine: Engine, options: StandaloneLimiterOptions, name = 'mails') {
  const clock = manualClock({ startMs: 36_000_000 });
  return { clock, limiter: rateLimiter(options, { clock, engine, name }) };
}
const told = async (result: Promise<unknown>) => {
  const { code, policy, retryAfterMs } = (await errorOf(result)) as Record<string, unknown>;
  return { code, policy, retryAfterMs };
};

onBothEngines('a limiter by itself', (engine) => {
  it('fills up with time, gives on credit, and takes back', async () => {
    const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 2 });
    assert.equal(limiter.tryAcquire(2), true);
    assert.equal(limiter.tryAcquire(1), false);
    assert.equal(limiter.available(), 0);
    assert.equal(Math.round(limiter.reserve()), 100);
    assert.equal(Math.round(limiter.reserve()), 200);
    await clock.advance(200);
    assert.equal(limiter.available(), 0);
    await clock.advance(100);
    assert.equal(limiter.available(), 1);
    assert.equal(limiter.reserve(), 0);
    limiter.refund(2);
    assert.equal(limiter.available(), 2);
  });

  it('keeps its tokens when its rate changes', async () => {
    const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 4 });
    limiter.tryAcquire(4);
    await clock.advance(200);
    limiter.update({ permitsPerSecond: 100 });
    assert.equal(limiter.available(), 2);
    assert.equal(limiter.ratePerSecond, 100);
    await clock.advance(10);
    assert.equal(limiter.available(), 3);
  });

  it('says who refuses and when to come back, without waiting and with it', async () => {
    const short = given(engine, { permitsPerSecond: 10, burst: 1 });
    short.limiter.tryAcquire();
    const code = 'HF_RATE_LIMITED';
    assert.deepEqual(await told(short.limiter.acquire()), { code, policy: 'mails', retryAfterMs: 100 });
    const nameless = given(engine, { permitsPerSecond: 10, burst: 1 }, '');
    nameless.limiter.tryAcquire();
    assert.equal((await told(nameless.limiter.acquire())).policy, undefined);
    const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 1, maxWaitMs: 250 });
    limiter.tryAcquire();
    const waits = [limiter.acquire(), limiter.acquire()];
    assert.deepEqual(await told(limiter.acquire()), { code, policy: 'mails', retryAfterMs: 300 });
    await clock.advance(100);
    assert.equal(limiter.reserve(), Number.POSITIVE_INFINITY);
    assert.equal(limiter.tryAcquire(), false);
    await clock.advance(100);
    await Promise.all(waits);
    assert.equal(clock.pending, 0);
  });

  it('sends away with a change whoever waits too long by it, and lets the others wait', async () => {
    const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 2, maxWaitMs: 500 });
    limiter.tryAcquire(2);
    const small = limiter.acquire(1);
    const large = told(limiter.acquire(2));
    limiter.update({ permitsPerSecond: 4 });
    assert.equal(await settled(small), 'pending');
    await clock.advance(250);
    assert.deepEqual(await settled(small), { ok: undefined });
    assert.equal((await large).code, 'HF_RATE_LIMITED');
    assert.equal(clock.pending, 0);
  });

  it('lets a waiter in for exactly as long as it may wait', async () => {
    const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 1, maxWaitMs: 100 });
    limiter.tryAcquire();
    const waits = limiter.acquire();
    await clock.advance(99);
    assert.equal(await settled(waits), 'pending');
    await clock.advance(1);
    assert.deepEqual(await settled(waits), { ok: undefined });
  });

  it('sends everybody away when it is disposed of, and is no more', async () => {
    const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 1, maxWaitMs: 5_000 });
    limiter.tryAcquire();
    const caller = new AbortController();
    const waits = [limiter.acquire(), limiter.acquire(1, { signal: caller.signal })].map(told);
    limiter.dispose();
    for (const { code } of await Promise.all(waits)) assert.equal(code, 'HF_RATE_LIMITED');
    assert.equal(clock.pending, 0);
    for (const use of [
      () => limiter.tryAcquire(),
      () => limiter.reserve(),
      () => limiter.available(),
      () => limiter.refund(1),
      () => limiter.update({ permitsPerSecond: 1 }),
    ]) {
      assert.throws(use, /^TypeError: rateLimiter: it was disposed of/);
    }
    caller.abort('late');
    limiter.dispose();
  });

  it('is left by who waits at once, also where that is the first of the line', async () => {
    const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 3, maxWaitMs: 5_000 });
    limiter.tryAcquire(3);
    const caller = new AbortController();
    const first = errorOf(limiter.acquire(3, { signal: caller.signal }));
    const second = limiter.acquire(1);
    await clock.advance(100);
    assert.equal(await settled(second), 'pending');
    caller.abort('enough');
    assert.equal(await first, 'enough');
    assert.deepEqual(await settled(second), { ok: undefined });
    assert.equal(clock.pending, 0);
  });
});

onBothEngines('a keyed limiter by itself', (engine) => {
  const keyed = (more: object = {}) =>
    given(engine, { permitsPerSecond: 10, burst: 2, perKey: { maxKeys: 8, ...more } });

  it('fills up, gives on credit, and takes back, key by key', async () => {
    const { clock, limiter } = keyed();
    assert.deepEqual(
      [1, 2, 3].map(() => limiter.tryAcquire(1, 'a')),
      [true, true, false],
    );
    assert.equal(limiter.available('b'), 2);
    assert.equal(Math.round(limiter.reserve(1, 'a')), 100);
    assert.equal(Math.round(limiter.reserve(2, 'a')), 300);
    await clock.advance(300);
    assert.equal(limiter.available('a'), 0);
    await clock.advance(100);
    assert.equal(limiter.available('a'), 1);
    limiter.refund(1, 'a');
    assert.equal(limiter.available('a'), 2);
    assert.equal(limiter.reserve(2, 'a'), 0);
    assert.deepEqual(await told(limiter.acquire(1, { key: 'a' })), {
      code: 'HF_RATE_LIMITED',
      policy: 'mails',
      retryAfterMs: 100,
    });
    assert.equal(limiter.tryAcquire(2, 'b'), true);
  });

  it('names the one that has no bucket for a key', async () => {
    const { limiter } = keyed({ maxKeys: 2, onFull: 'refuse' });
    const keys = Array.from({ length: 50 }, (_, number) => `key ${number}`);
    const served = keys.filter((key) => limiter.tryAcquire(1, key));
    const full = keys.find((key) => !served.includes(key));
    assert.deepEqual(await told(limiter.acquire(1, { key: full })), {
      code: 'HF_KEYS_EXHAUSTED',
      policy: 'mails',
      retryAfterMs: undefined,
    });
  });
});
