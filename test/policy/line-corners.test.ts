// Waiting for a limiter, with and without a bulkhead beside it: who may stand in line, how long, and what is said of
// it afterwards.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { scrape } from '../control/metrics/scrape.ts';
import { failing, fine, givenLater as given, onBothEngines, pending, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const codeOf = async (result: Promise<unknown>) => ((await errorOf(result)) as { code: string }).code;

onBothEngines('a line for a limiter', (engine) => {
  it('takes nobody whose wait would be longer than is allowed', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 150 },
    });
    await guarded.execute(fine);
    const waits = guarded.execute(fine);
    assert.equal(await codeOf(guarded.execute(fine)), 'HF_RATE_LIMITED');
    await clock.advance(100);
    assert.equal(await waits, 'fine');
  });

  it('sends away by the limiter’s name who is overtaken until its time is over, and not before', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 3, maxWaitMs: 350 },
    });
    assert.ok(guarded.tryAcquire({ permits: 3 }).ok);
    const low = codeOf(guarded.execute(fine, { priority: 0 }));
    const first = guarded.execute(fine, { priority: 7, permits: 2 });
    await clock.advance(199);
    const second = guarded.execute(fine, { priority: 7, permits: 2 });
    await clock.advance(1);
    assert.equal(await first, 'fine');
    await clock.advance(149);
    assert.equal(await settled(low), 'pending');
    await clock.advance(1);
    assert.deepEqual(await settled(low), { ok: 'HF_RATE_LIMITED' });
    await clock.advance(50);
    assert.equal(await second, 'fine');
  });
});

onBothEngines('a line for a limiter, beside a bulkhead without one', (engine) => {
  const both = (maxConcurrent: number) =>
    given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 1_000 },
      bulkhead: { maxConcurrent },
    });

  it('takes who lacks a token, though the bulkhead is full: it may not be by then', async () => {
    const { clock, guarded } = both(1);
    const slow = pending();
    const running = guarded.execute(slow.operation);
    const waits = guarded.execute(fine);
    slow.resolve('done');
    assert.equal(await running, 'done');
    assert.equal(await settled(waits), 'pending');
    await clock.advance(100);
    assert.equal(await waits, 'fine');
  });

  it('takes nobody behind others while the bulkhead is full', async () => {
    const { clock, guarded } = both(1);
    await guarded.execute(fine);
    const slow = pending();
    const running = guarded.execute(slow.operation);
    const next = guarded.execute(fine);
    await clock.advance(100);
    assert.equal(slow.calls, 1);
    const late = await guarded.executeOutcome(fine);
    assert.equal(late.ok, false);
    slow.resolve('done');
    await clock.advance(100);
    assert.deepEqual(await Promise.all([running, next]), ['done', 'fine']);
  });

  it('takes everybody while the bulkhead has room', async () => {
    const { clock, guarded } = both(5);
    const calls = [1, 2, 3].map(() => guarded.execute(fine));
    await clock.advance(200);
    assert.deepEqual(await Promise.all(calls), ['fine', 'fine', 'fine']);
  });
});

onBothEngines('a call that stood in line', (engine) => {
  it('has an attempt that begins when its turn comes, and times out by itself', async () => {
    const { clock, guarded } = given(engine, {
      bulkhead: { maxConcurrent: 1, maxQueue: 1 },
      timeout: { attemptMs: 1_000 },
    });
    const slow = pending();
    const running = guarded.execute(slow.operation);
    const waits = errorOf(guarded.execute(pending().operation));
    await clock.advance(600);
    slow.resolve('done');
    assert.equal(await running, 'done');
    await clock.advance(999);
    assert.equal(await settled(waits), 'pending');
    await clock.advance(1);
    assert.equal(((await waits) as { timeoutMs: number }).timeoutMs, 1_000);
  });

  it('is counted as one that waited once, and only where its turn came', async () => {
    const clock = manualClock({ startMs: 36_000_000 });
    const holdfast = createHoldfast({
      clock,
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: {
        send: {
          bulkhead: { maxConcurrent: 1, maxQueue: 2, maxWaitMs: 500 },
          retry: { maxRetries: 1, backoff: () => 100 },
        },
      },
    });
    const send = holdfast.policy('send');
    const waits = async () => {
      const series = await scrape(holdfast);
      return ['count', 'sum'].map((part) =>
        series.get(`bulkhead_wait_duration_seconds_${part}{bulkhead="send"}`),
      );
    };
    const slow = pending();
    const running = send.execute(slow.operation);
    const tooLong = codeOf(send.execute(fine));
    await clock.advance(250);
    const inTime = send.execute(failing(1));
    await clock.advance(250);
    assert.equal(await tooLong, 'HF_BULKHEAD_TIMEOUT');
    assert.deepEqual(await waits(), [0, 0]);
    slow.resolve('done');
    assert.equal(await running, 'done');
    await clock.advance(100);
    assert.equal(await inTime, 'done');
    assert.deepEqual(await waits(), [1, 0.25]);
  });
});

onBothEngines('a retry that is refused', (engine) => {
  it('leaves its caller with the result that was to be tried again', async () => {
    const { guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 0.001, burst: 1 },
      retry: { maxRetries: 1, backoff: () => 0, shouldRetry: ({ ok }) => ok },
    });
    assert.equal(await guarded.execute(fine), 'fine');
  });
});
