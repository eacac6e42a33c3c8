// Every refusal by name: who refuses, for whom, and where it is counted.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, type Holdfast, type PolicyOptions } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { scrape } from '../control/metrics/scrape.ts';
import { fine, givenLater as given, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';
import { run } from './snapshot-scene.ts';

const ONE = { circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 1 } } };

onBothEngines('a refusal', (engine) => {
  const refusalOf = (scene: ReturnType<typeof given>, key?: string) => {
    const refused = scene.guarded.tryAcquire({ key });
    assert.ok(!refused.ok);
    const { policy, strategy, error } = refused as unknown as Record<string, unknown>;
    const { name, policy: own, state } = error as Record<string, unknown>;
    assert.deepEqual([policy, own], ['send', 'send']);
    return [strategy, name, state];
  };
  const named = (options: PolicyOptions, random = () => 0) =>
    given(engine, options, { name: 'send', random });

  it('is a breaker’s where it is isolated, and while it lets calls back in by and by', async () => {
    const isolated = named(ONE);
    using _isolation = isolated.guarded.circuitBreaker?.isolate();
    assert.deepEqual(refusalOf(isolated), ['circuitBreaker', 'CircuitOpenError', 'isolated']);
    const ramping = named({ circuitBreaker: { ...ONE.circuitBreaker, ramp: { ms: 1_000 } } }, () => 0.999);
    ramping.guarded.circuitBreaker?.open(0);
    assert.equal(await ramping.guarded.execute(fine), 'fine');
    assert.equal(ramping.guarded.circuitBreaker?.state, 'closed');
    assert.deepEqual(refusalOf(ramping), ['circuitBreaker', 'CircuitOpenError', 'closed']);
  });

  it('is a throttle’s, a limiter’s that has no bucket for a key, or a bulkhead’s', async () => {
    const throttled = named({ throttle: {} });
    await run(throttled.guarded, 'f'.repeat(40));
    assert.deepEqual(refusalOf(throttled), ['throttle', 'ThrottledError', undefined]);
    const perKey = { maxKeys: 2, onFull: 'refuse' as const };
    const keyed = named({ rateLimiter: { permitsPerSecond: 1, burst: 1, perKey } });
    const keys = Array.from({ length: 50 }, (_, number) => `key ${number}`);
    const other = keys.filter((key) => !keyed.guarded.tryAcquire({ key }).ok).at(-1);
    assert.deepEqual(refusalOf(keyed, other), ['rateLimiter', 'RateLimitedError', undefined]);
    const full = named({ bulkhead: { maxConcurrent: 1 } });
    full.guarded.tryAcquire();
    assert.deepEqual(refusalOf(full), ['bulkhead', 'BulkheadFullError', undefined]);
  });
});

onBothEngines('a runtime', (engine) => {
  function given(options: PolicyOptions) {
    const clock = manualClock({ startMs: 36_000_000 });
    const holdfast: Holdfast = createHoldfast({
      clock,
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: { send: options },
    });
    return { clock, holdfast, send: holdfast.policy('send') };
  }

  it('counts who waited too long as the bulkhead’s refusal', async () => {
    const bulkhead = { maxConcurrent: 1, maxQueue: 1, maxWaitMs: 100 };
    const { clock, holdfast, send } = given({ bulkhead, ...ONE });
    void send.execute(pending().operation);
    const waits = errorOf(send.execute(fine));
    await clock.advance(100);
    assert.equal(((await waits) as { code: string }).code, 'HF_BULKHEAD_TIMEOUT');
    const series = await scrape(holdfast);
    assert.equal(series.get('bulkhead_rejected_total{bulkhead="send"}'), 1);
    assert.equal(send.circuitBreaker?.counts.rejected, 0);
  });

  it('names the policy that it refuses to enter as it drains', async () => {
    const { holdfast, send } = given({});
    await holdfast.start();
    await holdfast.stop();
    assert.equal(((await errorOf(send.execute(fine))) as { policy: string }).policy, 'send');
  });

  it('counts how often a budget was spent, and not how often it was whole again', async () => {
    const { clock, holdfast, send } = given({
      errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 1 },
      latencyBudget: { percentile: 0.5, targetMs: 10, windowMs: 60_000, minCalls: 1 },
    });
    const late = pending();
    const result = errorOf(send.execute(late.operation));
    await clock.advance(20);
    late.reject(new Error('late'));
    await result;
    await clock.advance(120_000);
    await send.execute(fine);
    assert.deepEqual([send.errorBudget?.exhausted, send.latencyBudget?.exhausted], [false, false]);
    const series = await scrape(holdfast);
    assert.equal(series.get('error_budget_exhausted_total{budget="send"}'), 1);
    assert.equal(series.get('latency_budget_violations_total{budget="send"}'), 1);
  });
});
