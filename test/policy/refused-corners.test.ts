// What a refusal says, and what is no failure because it is one.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { scrape } from '../control/metrics/scrape.ts';
import { fine, givenLater as given, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const facts = async (result: Promise<unknown>) => {
  const { code, state, retryAfterMs } = (await errorOf(result)) as Record<string, unknown>;
  return { code, state, retryAfterMs };
};

onBothEngines('a refusal by a breaker', (engine) => {
  it('says in which state it is, and when to come back where that is known', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 1 } },
    });
    guarded.circuitBreaker?.open();
    const code = 'HF_CIRCUIT_OPEN';
    assert.deepEqual(await facts(guarded.execute(fine)), { code, state: 'open', retryAfterMs: 100 });
    await clock.advance(100);
    const trial = guarded.tryAcquire();
    assert.ok(trial.ok);
    const { state } = await facts(guarded.execute(fine));
    assert.equal(state, 'half-open');
    trial.settle('success');
    using _isolation = guarded.circuitBreaker?.isolate();
    assert.deepEqual(await facts(guarded.execute(fine)), {
      code,
      state: 'isolated',
      retryAfterMs: undefined,
    });
  });
});

onBothEngines('a refusal behind somebody who waits', (engine) => {
  it('is by the limiter where there is nothing else, whatever the bucket holds', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 3, maxWaitMs: 1_000 },
    });
    assert.ok(guarded.tryAcquire({ permits: 2 }).ok);
    const waits = guarded.execute(fine, { permits: 3 });
    const refused = guarded.tryAcquire();
    assert.ok(!refused.ok);
    assert.equal(refused.strategy, 'rateLimiter');
    await clock.advance(200);
    assert.equal(await waits, 'fine');
  });

  it('is by the bulkhead where there is one, unless the limiter would refuse too', async () => {
    const { guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 3 },
      bulkhead: { maxConcurrent: 1, maxQueue: 1 },
    });
    const slow = pending();
    const calls = [guarded.execute(slow.operation), guarded.execute(fine)];
    const by = (permits: number) => {
      const refused = guarded.tryAcquire({ permits });
      return refused.ok ? 'nobody' : refused.strategy;
    };
    assert.deepEqual([by(1), by(3)], ['bulkhead', 'rateLimiter']);
    slow.resolve('done');
    assert.deepEqual(await Promise.all(calls), ['done', 'fine']);
  });
});

onBothEngines('a refusal by a policy within', (engine) => {
  it('is no failure, whatever isFailure or isIgnored say of others', async () => {
    const inner = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    inner.guarded.circuitBreaker?.open();
    const asked: unknown[] = [];
    for (const judge of [{ isFailure: () => true }, { isIgnored: () => false }, {}]) {
      const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1 }, ...judge });
      const error = await errorOf(guarded.execute(() => inner.guarded.execute(fine)));
      asked.push((error as { code: string }).code, guarded.circuitBreaker?.state);
    }
    assert.deepEqual(asked, Array(3).fill(['HF_CIRCUIT_OPEN', 'closed']).flat());
  });

  it('that an operation gives as its result is a result like any other', async () => {
    const inner = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    inner.guarded.circuitBreaker?.open();
    const refusal = await errorOf(inner.guarded.execute(fine));
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1 }, isFailure: () => true });
    assert.equal(await guarded.execute(() => refusal), refusal);
    assert.equal(guarded.circuitBreaker?.state, 'open');
  });
});

onBothEngines('a refusal by a drain', (engine) => {
  it('is none of the bulkhead’s, and has no time to come back', async () => {
    const holdfast = createHoldfast({
      clock: manualClock({ startMs: 36_000_000 }),
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: { send: { bulkhead: { maxConcurrent: 1 } } },
    });
    await holdfast.start();
    await holdfast.stop();
    const send = holdfast.policy('send');
    assert.deepEqual(await facts(send.execute(fine)), {
      code: 'HF_DRAINING',
      state: undefined,
      retryAfterMs: undefined,
    });
    const series = await scrape(holdfast);
    assert.equal(series.get('bulkhead_rejected_total{bulkhead="send"}'), 0);
  });
});
