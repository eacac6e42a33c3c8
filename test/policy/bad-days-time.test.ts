// Clocks that stand still, go back, or are no clocks.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constant, OptionsError, policy, rateLimiter } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { boom, failing, fine, given, of, onBothEngines, pending } from '../support/given.ts';
import { assertNothingLeft, errorOf, withEverything } from './bad-days.ts';

onBothEngines('a clock that stands still', (engine) => {
  it('lets the burst through and no more, and counts what it can', async () => {
    const { guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 3 },
      latencyBudget: { percentile: 0.5, targetMs: 10, minCalls: 1 },
      errorBudget: { objective: 0.5, windowMs: 1000, minCalls: 1 },
    });
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push((await guarded.executeOutcome(fine)).ok);
    assert.deepEqual(answers, [true, true, true, false, false]);
    assert.equal(guarded.latencyBudget?.exhausted, false);
    assert.equal(guarded.errorBudget?.remaining, 1);
  });

  it('keeps a circuit open, and retries without a pause still end', async () => {
    const scene = withEverything(engine, {
      circuitBreaker: { consecutiveFailures: 4 },
      retry: { maxRetries: 2, backoff: constant({ baseMs: 0 }) },
    });
    await errorOf(scene.guarded.execute(boom));
    await errorOf(scene.guarded.execute(boom));
    assert.equal(scene.guarded.circuitBreaker?.state, 'open');
    for (let i = 0; i < 3; i++) assert.equal((await scene.guarded.executeOutcome(fine)).rejected, true);
    await assertNothingLeft(scene);
  });
});

onBothEngines('a clock that goes back', (engine) => {
  const HOUR = 3_600_000;
  const late = () => manualClock({ startMs: HOUR });

  it('leaves a full bucket full, and an empty one empty for no longer than it takes to fill', async () => {
    for (const spent of [0, 5]) {
      const clock = late();
      const limiter = rateLimiter({ permitsPerSecond: 5, burst: 5 }, { clock, engine });
      for (let i = 0; i < spent; i++) assert.equal(limiter.tryAcquire(), true);
      clock.set(0);
      assert.equal(limiter.available(), 5 - spent);
      assert.equal(limiter.tryAcquire(), spent === 0);
      await clock.advance(1000);
      assert.equal(limiter.available(), 5);
    }
  });

  it('serves who waits after what was left of the wait', async () => {
    const clock = late();
    const scene = given(
      engine,
      { rateLimiter: { permitsPerSecond: 1, burst: 1, maxWaitMs: 10_000 } },
      { clock },
    );
    await scene.guarded.execute(fine);
    const waiting = scene.guarded.execute(fine);
    await clock.advance(400);
    clock.set(5);
    await clock.advance(600);
    assert.equal(await waiting, 'fine');
    assert.equal(clock.pending, 0);
  });

  it('keeps no circuit open longer than its open time', async () => {
    const clock = late();
    const { guarded } = given(
      engine,
      { circuitBreaker: { consecutiveFailures: 1, openMs: 1000, halfOpen: { permits: 1 } } },
      { clock },
    );
    await errorOf(guarded.execute(boom));
    await clock.advance(300);
    clock.set(0);
    assert.equal(guarded.circuitBreaker?.state, 'open');
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 700);
    await clock.advance(700);
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    assert.equal(await guarded.execute(fine), 'fine');
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('ends timeouts, pauses and waits after what was left of them', async () => {
    const clock = late();
    const scene = given(
      engine,
      { timeout: { attemptMs: 100 }, retry: { maxRetries: 1, backoff: constant({ baseMs: 100 }) } },
      { clock },
    );
    const operation = failing(1);
    const result = scene.guarded.execute(operation);
    await clock.advance(40);
    clock.set(10);
    await clock.advance(60);
    assert.equal(await result, 'done');
    const slow = errorOf(scene.guarded.execute(pending().operation));
    await clock.advance(50);
    clock.set(0);
    await clock.advance(50);
    assert.equal(of(scene, 'timeout').length, 1);
    await clock.advance(200);
    await slow;
    assert.equal(of(scene, 'timeout').length, 2);
    assert.equal(clock.pending, 0);
  });

  it('tells no negative duration, and a budget has no failures from the future', async () => {
    const clock = late();
    const scene = given(
      engine,
      { errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 1 } },
      { clock },
    );
    const slow = pending();
    const result = scene.guarded.execute(slow.operation);
    clock.set(0);
    slow.resolve('done');
    await result;
    assert.ok(of(scene, 'success').every(({ durationMs }) => durationMs >= 0));
    assert.equal(scene.guarded.errorBudget?.remaining, 1);
  });

  it('restores what was kept as if no time had passed', () => {
    const clock = late();
    const options = { rateLimiter: { permitsPerSecond: 1, burst: 5 } };
    const { guarded } = given(engine, options, { clock });
    guarded.tryAcquire({ permits: 5 });
    const kept = guarded.snapshot();
    const earlier = given(engine, options, { clock: manualClock({ wallMs: Date.UTC(2029, 0, 1) }) });
    earlier.guarded.restore(kept);
    assert.equal(earlier.guarded.rateLimiter?.available, 0);
  });
});

describe('what is no clock', () => {
  it('is refused by name', () => {
    for (const clock of [{}, 5, { now: () => 0 }, { now: 1, wallMs: () => 0, setTimer: () => () => {} }]) {
      assert.throws(() => policy({}, { clock: clock as never }), OptionsError);
    }
  });

  it('may say nonsense: then time stands still', async () => {
    let reading: number = 100;
    const clock = { now: () => reading, wallMs: () => 0, setTimer: () => () => {} };
    const guarded = policy({ rateLimiter: { permitsPerSecond: 1, burst: 1 } }, { clock });
    assert.equal(guarded.tryAcquire().ok, true);
    for (const nonsense of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      reading = nonsense;
      assert.equal(guarded.tryAcquire().ok, false);
    }
    reading = 1100;
    assert.equal(guarded.tryAcquire().ok, true);
  });
});
