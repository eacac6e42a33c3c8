import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OptionsError, RateLimitedError } from '../../src/base/errors.ts';
import { rateLimiter, type StandaloneLimiterOptions } from '../../src/policy/rate-limiter.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

const ENGINES = ['wasm', 'js'] as const;

function given(engine: 'wasm' | 'js', options: StandaloneLimiterOptions, settings: { name?: string } = {}) {
  const clock = manualClock();
  return { clock, limiter: rateLimiter(options, { clock, engine, ...settings }) };
}

/** Writes down who got through, and when. */
function queue(clock: ManualClock) {
  const served: string[] = [];
  const follow = (name: string, wait: Promise<void>) =>
    wait.then(
      () => served.push(`${name} at ${clock.now()}`),
      (error) => served.push(`${name} ${(error as Error).name}`),
    );
  return { served, follow };
}

const refusalOf = (wait: Promise<void>): Promise<RateLimitedError> =>
  wait.then(
    () => assert.fail('it got through'),
    (error) => {
      assert.ok(error instanceof RateLimitedError, String(error));
      return error;
    },
  );

for (const engine of ENGINES) {
  describe(`a rate limiter by itself (${engine})`, () => {
    it('starts full, refuses when it is spent, and fills up with time', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 3 });
      assert.equal(limiter.available(), 3);
      assert.deepEqual(
        [1, 2, 3, 4].map(() => limiter.tryAcquire()),
        [true, true, true, false],
      );
      await clock.advance(99);
      assert.equal(limiter.tryAcquire(), false);
      await clock.advance(1);
      assert.equal(limiter.tryAcquire(), true);
      await clock.advance(10_000);
      assert.equal(limiter.available(), 3);
      assert.equal(clock.pending, 0);
    });

    it('SCENARIO 25: passes exactly four of cost a half at burst 2', () => {
      const { limiter } = given(engine, { permitsPerSecond: 1, burst: 2 });
      assert.deepEqual(
        [1, 2, 3, 4, 5].map(() => limiter.tryAcquire(0.5)),
        [true, true, true, true, false],
      );
    });

    it('SCENARIO 25: refuses permits that are none, and takes nothing for them', async () => {
      const { limiter } = given(engine, { permitsPerSecond: 1, burst: 2, maxWaitMs: 10_000 });
      for (const permits of [Number.NaN, -1, 0, Number.POSITIVE_INFINITY, 2.001, 1e-12, '1', null]) {
        const misuse = permits as number;
        assert.throws(() => limiter.tryAcquire(misuse), RangeError);
        assert.throws(() => limiter.reserve(misuse), RangeError);
        assert.throws(() => limiter.refund(misuse), RangeError);
        await assert.rejects(limiter.acquire(misuse), RangeError);
      }
      assert.equal(limiter.available(), 2);
    });

    it('SCENARIO 26: never passes more than burst and rate times time in any time', async () => {
      const pauses = fc.array(
        fc.oneof(fc.constantFrom(0, 1, 199, 200, 201, 5_000), fc.double({ min: 0, max: 400, noNaN: true })),
        {
          minLength: 20,
          maxLength: 60,
        },
      );
      fc.assert(
        fc.property(pauses, (steps) => {
          const clock = manualClock();
          using limiter = rateLimiter({ permitsPerSecond: 5, burst: 5 }, { clock, engine });
          const passed: number[] = [];
          for (const ms of steps) {
            clock.set(clock.now() + ms);
            while (limiter.tryAcquire()) passed.push(clock.now());
          }
          for (let from = 0; from < passed.length; from++) {
            for (let to = from; to < passed.length; to++) {
              const seconds = (passed[to] - passed[from]) / 1_000;
              assert.ok(to - from + 1 <= 5 + 5 * seconds + 1e-6, `${to - from + 1} in ${seconds} s`);
            }
          }
        }),
        { numRuns: 60 },
      );
    });

    it('SCENARIO 27: reserves ahead and says when', () => {
      const { limiter } = given(engine, { permitsPerSecond: 3, burst: 3 });
      const waits = [1, 2, 3, 4, 5, 6, 7].map(() => Math.round(limiter.reserve()));
      assert.deepEqual(waits, [0, 0, 0, 333, 667, 1_000, 1_333]);
      assert.equal(limiter.available(), 0);
      assert.equal(limiter.tryAcquire(), false);
    });

    it('SCENARIO 27: refuses a wait beyond the longest at once, taking nothing, never after waiting', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 1, burst: 1, maxWaitMs: 2_000 });
      assert.deepEqual(
        [0, 1_000, 2_000].map(() => limiter.reserve()),
        [0, 1_000, 2_000],
      );
      assert.equal(limiter.reserve(), Number.POSITIVE_INFINITY);
      assert.equal(limiter.reserve(), Number.POSITIVE_INFINITY);
      await clock.advance(1_000);
      assert.equal(limiter.reserve(), 2_000);
      const refused = await refusalOf(limiter.acquire());
      assert.equal(refused.retryAfterMs, 3_000);
      assert.equal(clock.pending, 0, 'nobody waits');
    });

    it('SCENARIO 27: lets a wait of exactly the longest through', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 1, burst: 1, maxWaitMs: 2_000 });
      const { served, follow } = queue(clock);
      for (const name of ['a', 'b', 'c', 'd']) follow(name, limiter.acquire());
      await clock.advance(0);
      assert.deepEqual(served, ['a at 0', 'd RateLimitedError']);
      await clock.advance(5_000);
      assert.deepEqual(served.slice(2), ['b at 1000', 'c at 2000']);
      assert.equal(clock.pending, 0);
    });

    it('SCENARIO 28: serves in order of arrival, so that a stream of ones does not starve a five', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 5, burst: 5, maxWaitMs: 60_000 });
      const { served, follow } = queue(clock);
      follow('first', limiter.acquire(5));
      follow('one', limiter.acquire(1));
      follow('five', limiter.acquire(5));
      for (let n = 0; n < 20; n++) {
        follow(`late ${n}`, limiter.acquire(1));
        assert.equal(limiter.tryAcquire(), false, 'nobody overtakes those who wait');
        assert.equal(limiter.reserve(), Number.POSITIVE_INFINITY);
        await clock.advance(50);
      }
      await clock.advance(5_000);
      assert.deepEqual(served.slice(0, 5), [
        'first at 0',
        'one at 200',
        'five at 1200',
        'late 0 at 1400',
        'late 1 at 1600',
      ]);
      assert.equal(served.length, 23);
      assert.equal(clock.pending, 0);
    });

    it('moves everyone behind an abort up, and rejects it with its reason', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 1, burst: 2, maxWaitMs: 60_000 });
      const { served, follow } = queue(clock);
      const controller = new AbortController();
      limiter.tryAcquire(2);
      const leaves = limiter.acquire(2, { signal: controller.signal });
      const left = leaves.then(
        () => 'got through',
        (reason) => reason,
      );
      follow('behind', limiter.acquire(1));
      await clock.advance(500);
      const reason = new Error('enough');
      controller.abort(reason);
      assert.equal(await left, reason);
      await clock.advance(499);
      assert.deepEqual(served, []);
      await clock.advance(1);
      assert.deepEqual(served, ['behind at 1000']);
      assert.equal(clock.pending, 0);
    });

    it('takes nothing for a caller that has left already', async () => {
      const { limiter } = given(engine, { permitsPerSecond: 1, burst: 1 });
      const reason = new Error('gone');
      await assert.rejects(
        limiter.acquire(1, { signal: AbortSignal.abort(reason) }),
        (error) => error === reason,
      );
      await assert.rejects(limiter.acquire(1, { signal: 'no' as never }), TypeError);
      assert.equal(limiter.available(), 1);
    });

    it('rejects at once where waiting is not configured, and says when to come back', async () => {
      const { limiter } = given(engine, { permitsPerSecond: 4, burst: 1 }, { name: 'mails' });
      await limiter.acquire();
      const refused = await refusalOf(limiter.acquire());
      assert.equal(refused.retryAfterMs, 250);
      assert.equal(refused.policy, 'mails');
      assert.equal(refused.code, 'HF_RATE_LIMITED');
      assert.equal(limiter.name, 'mails');
    });

    it('takes permits back, up to a full bucket, and lets those in who wait for them', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 1, burst: 3, maxWaitMs: 60_000 });
      const { served, follow } = queue(clock);
      limiter.tryAcquire(3);
      follow('waits', limiter.acquire(2));
      await clock.advance(0);
      limiter.refund(2);
      await clock.advance(0);
      assert.deepEqual(served, ['waits at 0']);
      for (let n = 0; n < 5; n++) limiter.refund(3);
      assert.equal(limiter.available(), 3);
    });

    it('changes rate and burst in use: tokens stay, debt is forgiven, and those who wait hear of it', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 1, burst: 4, maxWaitMs: 60_000 });
      const { served, follow } = queue(clock);
      limiter.tryAcquire(2);
      limiter.update({ permitsPerSecond: 2 });
      assert.equal(limiter.ratePerSecond, 2);
      assert.equal(limiter.available(), 2);
      limiter.tryAcquire(2);
      follow('waits', limiter.acquire(1));
      await clock.advance(100);
      limiter.update({ permitsPerSecond: 100 });
      await clock.advance(20);
      assert.equal(served.length, 1);
      limiter.update({ burst: 2 });
      assert.ok(limiter.available() <= 2);
      assert.throws(() => limiter.tryAcquire(3), RangeError);
    });

    it('sends those away whose wait became too long by a change', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 1, maxWaitMs: 1_000 });
      limiter.tryAcquire();
      const waits = refusalOf(limiter.acquire());
      limiter.update({ permitsPerSecond: 0.1 });
      await clock.advance(0);
      assert.equal((await waits).retryAfterMs, 10_000);
      assert.equal(clock.pending, 0);
    });

    it('keeps its bucket full while the clock stands still or goes back', () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 10, burst: 2 });
      clock.set(1_000);
      assert.equal(limiter.tryAcquire(2), true);
      clock.set(0);
      assert.equal(limiter.tryAcquire(), false);
      clock.set(100);
      assert.equal(limiter.tryAcquire(), true, 'what passes on the clock counts');
    });

    it('has nothing more to do with a signal once its callers were served or have left', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 1, burst: 1, maxWaitMs: 60_000 });
      const { signal } = new AbortController();
      const waits = [1, 2, 3].map(() => limiter.acquire(1, { signal }));
      assert.equal(getEventListeners(signal, 'abort').length, 1);
      await clock.advance(2_000);
      await Promise.all(waits);
      await clock.advance(0);
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    });

    it('must not be used after it was disposed of, and sends away who waits', async () => {
      const { clock, limiter } = given(engine, { permitsPerSecond: 1, burst: 3, maxWaitMs: 60_000 });
      limiter.tryAcquire(3);
      await clock.advance(1_500);
      const waiting = [refusalOf(limiter.acquire(3)), refusalOf(limiter.acquire(1))];
      limiter.dispose();
      limiter.dispose();
      await Promise.all(waiting);
      assert.equal(clock.pending, 0);
      assert.throws(() => limiter.tryAcquire(), TypeError);
      assert.throws(() => limiter.available(), TypeError);
      await assert.rejects(limiter.acquire(), TypeError);
    });

    it('gives its memory to the next one, which starts full', () => {
      for (let n = 0; n < 5_000; n++) {
        using limiter = given(engine, { permitsPerSecond: 1, burst: 2 }).limiter;
        assert.equal(limiter.tryAcquire(2), true);
        assert.equal(limiter.tryAcquire(), false);
      }
    });
  });
}

describe('options of a rate limiter by itself', () => {
  const refused = (options: unknown, path: string) =>
    assert.throws(
      () => rateLimiter(options as never),
      (error) => error instanceof OptionsError && error.path === path,
    );

  it('are named where they are wrong', () => {
    refused({ permitsPerSecond: 0 }, 'rateLimiter.permitsPerSecond');
    refused({ permitsPerSecond: 1, burst: Number.NaN }, 'rateLimiter.burst');
    refused({ permitsPerSecond: 1, bursts: 2 }, 'rateLimiter');
    refused(undefined, 'rateLimiter');
    refused(5, 'rateLimiter');
    refused({}, 'rateLimiter.permitsPerSecond');
    refused({ permitsPerSecond: 1, adaptive: {} }, 'rateLimiter.adaptive');
  });

  it('are checked in an update too, which then changes nothing', () => {
    const limiter = rateLimiter({ permitsPerSecond: 1, burst: 2 });
    for (const change of [
      { burst: 0.5 },
      { permitsPerSecond: -1, burst: 1 },
      { perKey: { maxKeys: 5 } },
      { speed: 1 },
      { maxWaitMs: 5 },
      undefined,
    ]) {
      assert.throws(() => limiter.update(change as never), OptionsError);
    }
    assert.equal(limiter.ratePerSecond, 1);
    assert.equal(limiter.available(), 2);
  });
});

describe('a rate limiter on the clock of the machine', () => {
  it('lets a waiter in when its time has come, and leaves nothing behind', async () => {
    const limiter = rateLimiter({ permitsPerSecond: 100, burst: 1, maxWaitMs: 1_000 });
    assert.equal(limiter.tryAcquire(), true);
    await limiter.acquire();
    await limiter.acquire();
    assert.equal(limiter.tryAcquire(), false);
    limiter.dispose();
  });
});
