import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OptionsError, RateLimitedError } from '../../src/base/errors.ts';
import { rateLimiter } from '../../src/policy/rate-limiter.ts';
import { manualClock } from '../../src/testing/index.ts';
import { type Engine, onBothEngines } from '../support/given.ts';

function given(engine: Engine, burst: number, perKey: { maxKeys: number; onFull?: 'shared' | 'refuse' }) {
  const clock = manualClock();
  return { clock, limiter: rateLimiter({ permitsPerSecond: 1, burst, perKey }, { clock, engine }) };
}

onBothEngines('a keyed rate limiter by itself', (engine) => {
  it('has a bucket for each key', async () => {
    const { clock, limiter } = given(engine, 2, { maxKeys: 10 });
    assert.equal(limiter.tryAcquire(2, 'a'), true);
    assert.equal(limiter.tryAcquire(1, 'a'), false);
    assert.equal(limiter.tryAcquire(1, 'b'), true);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => limiter.available(key)),
      [0, 1, 2],
    );
    await clock.advance(1_000);
    assert.equal(limiter.tryAcquire(1, 'a'), true);
  });

  it('asks for a key', async () => {
    const { limiter } = given(engine, 2, { maxKeys: 10 });
    for (const key of [undefined, null, 5, {}]) {
      const misuse = key as string;
      assert.throws(() => limiter.tryAcquire(1, misuse), TypeError);
      assert.throws(() => limiter.reserve(1, misuse), TypeError);
      assert.throws(() => limiter.available(misuse), TypeError);
      assert.throws(() => limiter.refund(1, misuse), TypeError);
      await assert.rejects(limiter.acquire(1, { key: misuse }), TypeError);
    }
  });

  it('tells keys apart that look alike', () => {
    const { limiter } = given(engine, 1, { maxKeys: 100 });
    const keys = [
      '',
      'a',
      'A',
      'é',
      'e\u0301',
      '\u0000',
      '\ud800',
      'x'.repeat(2_000),
      `${'x'.repeat(1_999)}y`,
    ];
    for (const key of keys) assert.equal(limiter.tryAcquire(1, key), true, JSON.stringify(key.slice(0, 9)));
    for (const key of keys) assert.equal(limiter.tryAcquire(1, key), false);
  });

  it('reserves ahead and gives back, key by key', async () => {
    const { clock, limiter } = given(engine, 2, { maxKeys: 10 });
    assert.deepEqual(
      [1, 2, 1, 1].map((permits) => limiter.reserve(permits, 'a')),
      [0, 1_000, 2_000, 3_000],
    );
    assert.equal(limiter.reserve(1, 'b'), 0);
    await clock.advance(1_000);
    assert.equal(limiter.tryAcquire(1, 'a'), false);
    limiter.refund(1, 'a');
    assert.equal(limiter.reserve(1, 'a'), 2_000);
    await clock.advance(60_000);
    assert.equal(limiter.available('a'), 2);
  });

  it('rejects at once when a key has spent its permits', async () => {
    const { limiter } = given(engine, 1, { maxKeys: 10 });
    await limiter.acquire(1, { key: 'a' });
    await assert.rejects(limiter.acquire(1, { key: 'a' }), (error) => {
      assert.ok(error instanceof RateLimitedError);
      assert.equal(error.retryAfterMs, 1_000);
      return true;
    });
  });

  it('refuses a key for which no bucket is free, and says so', async () => {
    const { clock, limiter } = given(engine, 1, { maxKeys: 2, onFull: 'refuse' });
    const keys = Array.from({ length: 50 }, (_, n) => `key ${n}`);
    const served = keys.filter((key) => limiter.tryAcquire(1, key));
    assert.ok(served.length >= 2 && served.length < 50, `${served.length}`);
    const other = keys.find((key) => !served.includes(key)) as string;
    assert.equal(limiter.reserve(1, other), Number.POSITIVE_INFINITY);
    await assert.rejects(limiter.acquire(1, { key: other }), { code: 'HF_KEYS_EXHAUSTED' });
    await clock.advance(1_000);
    assert.equal(limiter.tryAcquire(1, other), true, 'a bucket that is full again may be taken over');
  });

  it('gives keys without a bucket one that they share, but no credit', () => {
    const { limiter } = given(engine, 2, { maxKeys: 2 });
    const keys = Array.from({ length: 50 }, (_, n) => `key ${n}`);
    const served = keys.filter((key) => limiter.tryAcquire(2, key));
    const spent = served.map((key) => limiter.available(key));
    const other = keys.find((key) => !served.includes(key)) as string;
    assert.equal(limiter.reserve(1, other), Number.POSITIVE_INFINITY);
    assert.deepEqual(
      served.map((key) => limiter.available(key)),
      spent,
      'nobody else paid for it',
    );
    assert.ok(served.length <= 5, 'four cells and the shared bucket');
  });

  it('does not wait, and says so when it is asked to', () => {
    const options = { permitsPerSecond: 1, maxWaitMs: 5, perKey: { maxKeys: 5 } };
    assert.throws(
      () => rateLimiter(options, { engine }),
      (error) => {
        return error instanceof OptionsError && error.path === 'rateLimiter.maxWaitMs';
      },
    );
  });
});
