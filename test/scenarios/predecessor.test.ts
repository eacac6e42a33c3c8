// What the system that Holdfast succeeds was tested for, strategy by strategy.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ChaosError, createHoldfast, exponential, TimeoutError } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { Boom, boom, failing, fine, given, of, onBothEngines, pending } from '../support/given.ts';

onBothEngines('predecessor', (engine) => {
  it('breaker: lets normal calls through', async () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 3, openMs: 1000 } });
    for (let i = 0; i < 10; i++) assert.equal(await guarded.execute(fine), 'fine');
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('breaker: opens after three failures, then refuses', async () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 3, openMs: 1000 } });
    for (let i = 0; i < 3; i++) await assert.rejects(guarded.execute(boom), Boom);
    assert.equal(guarded.circuitBreaker?.state, 'open');
    let ran = false;
    await assert.rejects(
      guarded.execute(() => {
        ran = true;
      }),
      { code: 'HF_CIRCUIT_OPEN', retryAfterMs: 1000 },
    );
    assert.equal(ran, false);
  });

  it('breaker: closes after a half-open success, with three trials at most', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 1000, halfOpen: { permits: 3 } },
    });
    await assert.rejects(guarded.execute(boom), Boom);
    await clock.advance(1000);
    const trials = Array.from({ length: 100 }, () => pending());
    const outcomes = trials.map(({ operation }) => guarded.executeOutcome(operation));
    assert.equal(trials.filter(({ calls }) => calls === 1).length, 3);
    for (const { resolve } of trials) resolve('ok');
    const passed = (await Promise.all(outcomes)).filter(({ ok }) => ok);
    assert.equal(passed.length, 3);
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('limiter: allows its burst, refuses the next, allows again', async () => {
    const { clock, guarded } = given(engine, { rateLimiter: { permitsPerSecond: 10, burst: 5 } });
    for (let i = 0; i < 5; i++) assert.equal(await guarded.execute(fine), 'fine');
    await assert.rejects(guarded.execute(fine), { code: 'HF_RATE_LIMITED', retryAfterMs: 100 });
    await clock.advance(100);
    assert.equal(await guarded.execute(fine), 'fine');
  });

  it('limiter: an adaptive one falls below its start under high latency', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: {
        permitsPerSecond: 100,
        burst: 100,
        adaptive: { minPerSecond: 10, maxPerSecond: 1000, targetMs: 100, minSamples: 5 },
      },
    });
    for (let second = 0; second < 4; second++) {
      for (let i = 0; i < 6; i++) {
        const permit = guarded.tryAcquire();
        await clock.advance(170);
        if (permit.ok) permit.settle('success');
      }
    }
    assert.ok((guarded.rateLimiter?.ratePerSecond ?? 100) < 100);
    assert.ok((guarded.rateLimiter?.ratePerSecond ?? 0) >= 10);
  });

  it('bulkhead: runs up to its limit and refuses when full', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 2 } });
    const two = [pending(), pending()];
    const calls = two.map(({ operation }) => guarded.execute(operation));
    await assert.rejects(guarded.execute(fine), { code: 'HF_BULKHEAD_FULL' });
    for (const { resolve } of two) resolve('ok');
    assert.deepEqual(await Promise.all(calls), ['ok', 'ok']);
    assert.equal(await guarded.execute(fine), 'fine');
  });

  it('retry: succeeds on the second attempt; gives up with the last error', async () => {
    const retry = { maxRetries: 2, backoff: exponential({ baseMs: 10, jitter: 'none' as const }) };
    const scene = given(engine, { retry });
    const result = scene.guarded.execute(failing(1));
    await scene.clock.advance(10);
    assert.equal(await result, 'done');
    const other = given(engine, { retry });
    const failed = assert.rejects(other.guarded.execute(failing(9)), { message: 'boom 3' });
    await other.clock.advance(1000);
    await failed;
    // Exponential: 10 and 20 ms, so at least 20 in all.
    assert.deepEqual(
      of(other, 'retry').map(({ pauseMs }) => pauseMs),
      [10, 20],
    );
  });

  it('timeout: lets the quick through and rejects the slow at 50 ms', async () => {
    const { clock, guarded } = given(engine, { timeout: { attemptMs: 50 } });
    assert.equal(await guarded.execute(fine), 'fine');
    const slow = guarded.execute(pending().operation);
    const seen = assert.rejects(slow, TimeoutError);
    await clock.advance(50);
    await seen;
  });

  it('chaos: does nothing while off; delays by 50 ms or fails when on', async () => {
    const make = (chaos: object) => {
      const clock = manualClock();
      const holdfast = createHoldfast({ clock, engine, policies: { p: { chaos } } });
      return { clock, holdfast, p: holdfast.policy('p') };
    };
    const off = make({ error: { rate: 1 } });
    assert.equal(await off.p.execute(fine), 'fine');
    const slow = make({ latency: { rate: 1, minMs: 50, maxMs: 50 } });
    slow.holdfast.chaos.enable();
    const result = slow.p.execute(fine);
    await slow.clock.advance(0);
    assert.equal(slow.clock.nextWakeMs, 50);
    await slow.clock.advance(50);
    assert.equal(await result, 'fine');
    const failing_ = make({ error: { rate: 1 } });
    failing_.holdfast.chaos.enable();
    await assert.rejects(failing_.p.execute(fine), ChaosError);
  });

  it('degradation: the highest level wins, and degraded work falls back to normal work', () => {
    const holdfast = createHoldfast({ clock: manualClock(), engine });
    const { degradation } = holdfast;
    degradation.set('a', 'degraded');
    degradation.set('b', 'severelyDegraded');
    assert.equal(degradation.level(), 'severelyDegraded');
    assert.equal(degradation.level('a'), 'degraded');
    degradation.set('b', 'normal');
    assert.equal(degradation.select({ normal: () => 'all' }), 'all');
    assert.equal(degradation.select({ normal: () => 'all', degraded: () => 'less' }), 'less');
    degradation.set('b', 'severelyDegraded');
    assert.equal(degradation.select({ normal: () => 'all', degraded: () => 'less' }), 'less');
    degradation.set('b', 'emergency');
    assert.throws(() => degradation.select({ normal: () => 'all' }), { code: 'HF_EMERGENCY' });
    assert.equal(degradation.select({ normal: () => 'all', emergency: () => 'least' }), 'least');
  });

  it('error budget: untouched at 100 %; exhausted at 90 % under a 95 % objective', () => {
    const scene = given(engine, { errorBudget: { objective: 0.95, windowMs: 60_000 } });
    const budget = scene.guarded.errorBudget;
    for (let i = 0; i < 100; i++) budget?.record(true);
    assert.deepEqual([budget?.remaining, budget?.exhausted], [1, false]);
    const worse = given(engine, { errorBudget: { objective: 0.95, windowMs: 60_000 } });
    for (let i = 0; i < 100; i++) worse.guarded.errorBudget?.record(i % 10 !== 0);
    assert.equal(worse.guarded.errorBudget?.exhausted, true);
    assert.equal(of(worse, 'exhausted').length, 1);
    const little = given(engine, { errorBudget: { objective: 0.9, windowMs: 60_000 } });
    for (let i = 0; i < 100; i++) little.guarded.errorBudget?.record(i % 20 !== 0);
    const remaining = little.guarded.errorBudget?.remaining ?? 0;
    assert.ok(remaining > 0 && remaining <= 1 && little.guarded.errorBudget?.exhausted === false);
  });

  it('latency budget: within its target, and beyond it', async () => {
    const scene = given(engine, { latencyBudget: { percentile: 0.95, targetMs: 100 } });
    const calls = async (ms: number) => {
      for (let i = 0; i < 20; i++) {
        const permit = scene.guarded.tryAcquire();
        await scene.clock.advance(ms);
        if (permit.ok) permit.settle('success');
      }
    };
    await calls(50);
    assert.equal(scene.guarded.latencyBudget?.exhausted, false);
    assert.equal(scene.guarded.latencyBudget?.compliance, 1);
    await calls(300);
    assert.equal(scene.guarded.latencyBudget?.exhausted, true);
    const p95 = scene.guarded.latencyBudget?.p95Ms ?? 0;
    assert.ok(Math.abs(p95 - 300) / 300 <= 0.032);
  });
});
