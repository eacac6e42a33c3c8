import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { given } from './given.ts';

function one(policy: PolicyOptions, memory?: { policies: number; threads: number; keys: number }) {
  const scene = given({ health: { builtIn: false }, policies: { send: policy }, ...(memory && { memory }) });
  const send = scene.holdfast.policy('send');
  const fails = () => Promise.reject(new Error('boom'));
  const taking = async (ms: number) => {
    const { clock } = scene;
    const call = send.execute(
      () => new Promise<void>((resolve) => clock.setTimer(clock.now() + ms, resolve)),
    );
    await clock.advance(ms);
    await call;
  };
  return { ...scene, send, fails, taking, view: (ageMs?: number) => scene.holdfast.views(ageMs)[0] };
}

const NOTHING = {
  name: 'send',
  calls: { success: 0, failure: 0, ignored: 0, rejected: 0 },
  refused: { circuitBreaker: 0, throttle: 0, rateLimiter: 0, bulkhead: 0, shed: 0, draining: 0 },
  latency: { p50Ms: null, p95Ms: null, p99Ms: null },
};

describe('the view of a policy', () => {
  it('has nothing but its calls where it has nothing else', () => {
    assert.deepEqual(one({}).view(), NOTHING);
  });

  it('has what its parts stand at', () => {
    const { view } = one({
      circuitBreaker: { consecutiveFailures: 5 },
      rateLimiter: { permitsPerSecond: 100, burst: 7 },
      bulkhead: { maxConcurrent: 10, maxQueue: 20 },
      errorBudget: { objective: 0.99, windowMs: 3_600_000 },
      latencyBudget: { percentile: 0.95, targetMs: 100 },
      chaos: { error: { rate: 1 }, block: { rate: 1, ms: 1 } },
    });
    assert.deepEqual(view(), {
      ...NOTHING,
      circuitBreaker: { state: 'closed', retryAfterMs: 0 },
      rateLimiter: { ratePerSecond: 100, available: 7, burst: 7 },
      bulkhead: { active: 0, limit: 10, queued: 0, maxQueue: 20 },
      errorBudget: { objective: 0.99, remaining: 1, exhausted: false, burnRate1h: 0, alert: '' },
      latencyBudget: { percentile: 0.95, targetMs: 100, exhausted: false },
      chaos: { allows: ['error', 'block'], on: [] },
    });
  });

  it('counts each call and each refusal apart', async () => {
    const { send, fails, view, holdfast } = one({
      circuitBreaker: { consecutiveFailures: 2 },
      shed: {},
    });
    const call = (operation: () => unknown, options = {}) => send.execute(operation, options).catch(() => {});
    for (let calls = 0; calls < 3; calls++) await call(() => 'done');
    holdfast.degradation.set('all', 'degraded');
    for (let calls = 0; calls < 4; calls++) await call(() => 'low', { priority: 0 });
    for (let calls = 0; calls < 2; calls++) await call(fails, { priority: 3 });
    for (let calls = 0; calls < 5; calls++) await call(() => 'never', { priority: 3 });
    const { calls, refused, circuitBreaker } = view();
    assert.deepEqual(calls, { success: 3, failure: 2, ignored: 0, rejected: 9 });
    assert.deepEqual(refused, { ...NOTHING.refused, circuitBreaker: 5, shed: 4 });
    assert.deepEqual(circuitBreaker?.state, 'open');
    const stopped = holdfast.stop();
    await call(() => 'never', { priority: 3 });
    await stopped;
    assert.equal(view().refused.draining, 1);
  });

  it('has how long a breaker stays open, in whole milliseconds, and nothing for one that is held open', async () => {
    const { send, view, clock } = one({ circuitBreaker: { consecutiveFailures: 1, openMs: 1_000 } });
    send.circuitBreaker?.open();
    const open = view().circuitBreaker;
    assert.ok(
      open?.state === 'open' && Number.isInteger(open.retryAfterMs) && (open.retryAfterMs ?? 0) > 400,
    );
    await clock.advance(100.4);
    assert.equal(view().circuitBreaker?.retryAfterMs, (open?.retryAfterMs ?? 0) - 100);
    send.circuitBreaker?.isolate();
    assert.deepEqual(view().circuitBreaker, { state: 'isolated', retryAfterMs: null });
  });

  it('has what a limiter has left, to a tenth, and none where each key has its own', async () => {
    const { send, view, clock } = one({ rateLimiter: { permitsPerSecond: 1, burst: 5 } });
    send.tryAcquire();
    assert.equal(view().rateLimiter?.available, 4);
    await clock.advance(333);
    assert.equal(view().rateLimiter?.available, 4.3);
    const keyed = one(
      { rateLimiter: { permitsPerSecond: 1, burst: 5, perKey: { maxKeys: 2 } } },
      { policies: 2, threads: 1, keys: 16 },
    );
    assert.deepEqual(keyed.view().rateLimiter, { ratePerSecond: 1, available: null, burst: 5 });
  });

  it('has who holds a bulkhead and who waits', () => {
    const { send, view } = one({ bulkhead: { maxConcurrent: 2, maxQueue: 3 } });
    for (let calls = 0; calls < 5; calls++) void send.execute(() => new Promise(() => {}));
    assert.deepEqual(view().bulkhead, { active: 2, limit: 2, queued: 3, maxQueue: 3 });
  });

  it('has percentiles to a thousandth, of all calls or of the window of a budget', async () => {
    for (const options of [{}, { latencyBudget: { percentile: 0.5, targetMs: 10, minCalls: 1 } }]) {
      const { taking, view } = one(options);
      for (let calls = 0; calls < 18; calls++) await taking(1);
      await taking(64);
      await taking(512);
      const { p50Ms, p95Ms, p99Ms } = view().latency;
      const near = (value: number | null, ms: number) =>
        assert.ok(value !== null && Math.abs(value - ms) <= ms * 0.064, `${value} for ${ms}`);
      near(p50Ms, 1);
      near(p95Ms, 64);
      near(p99Ms, 512);
      assert.equal(p50Ms, Math.round((p50Ms ?? 0) * 1_000) / 1_000);
    }
  });

  it('may have percentiles as old as is allowed, and no older', async () => {
    const { taking, view, clock } = one({});
    await taking(1);
    const first = view(1_000).latency.p99Ms;
    await taking(900);
    assert.equal(view(1_000).latency.p99Ms, first);
    await clock.advance(100);
    assert.equal(view(1_000).latency.p99Ms, first);
    assert.notEqual(view(999).latency.p99Ms, first);
    await taking(0);
    await taking(2_000);
    const now = view().latency.p99Ms ?? 0;
    assert.ok(now > 1_500, 'as of now where nobody says how old');
  });

  it('has what is left of an error budget, how fast it goes, and who is told', async () => {
    const { send, view } = one({ errorBudget: { objective: 0.9, windowMs: 3_600_000, minCalls: 4 } });
    for (let call = 0; call < 60; call++) send.errorBudget?.record(call % 30 !== 0);
    assert.deepEqual(view().errorBudget, {
      objective: 0.9,
      remaining: 0.6667,
      exhausted: false,
      burnRate1h: 0.33,
      alert: '',
    });
    for (let call = 0; call < 40; call++) send.errorBudget?.record(false);
    const { remaining, exhausted, burnRate1h } = view().errorBudget ?? {};
    assert.deepEqual([remaining, exhausted, burnRate1h], [0, true, 4.2]);
  });

  it('calls a budget exhausted once there were enough calls, and not before', () => {
    const { send, view } = one({ errorBudget: { objective: 0.5, windowMs: 3_600_000, minCalls: 4 } });
    const exhausted = () => view().errorBudget?.exhausted;
    for (let call = 0; call < 3; call++) send.errorBudget?.record(false);
    assert.equal(exhausted(), false);
    send.errorBudget?.record(false);
    assert.equal(exhausted(), true);
    for (let call = 0; call < 8; call++) send.errorBudget?.record(true);
    assert.equal(exhausted(), false);
  });

  it('says which alert is on, and that a latency budget is exceeded', async () => {
    const { send, view, clock, taking } = one({
      errorBudget: { objective: 0.99, windowMs: 30 * 24 * 3_600_000, minCalls: 1 },
      latencyBudget: { percentile: 0.5, targetMs: 10, minCalls: 1 },
    });
    assert.equal(view().latencyBudget?.exhausted, false);
    await taking(100);
    await clock.advance(60_000);
    await taking(100);
    assert.equal(view().latencyBudget?.exhausted, true);
    for (let call = 0; call < 20; call++) {
      send.errorBudget?.record(false);
      await clock.advance(1_000);
    }
    assert.equal(view().errorBudget?.alert, 'fast');
  });

  it('has which kinds of chaos are on, and none any more when their time is over', async () => {
    const { holdfast, view, clock } = one({
      chaos: { latency: { rate: 1, minMs: 1, maxMs: 1 }, error: { rate: 1 }, result: { rate: 1, value: 1 } },
    });
    const allows = ['latency', 'error', 'result'];
    holdfast.chaos.enable({ kinds: ['error', 'result'], forMs: 100 });
    assert.deepEqual(view().chaos, { allows, on: ['error', 'result'] });
    clock.set(clock.now() + 100);
    assert.deepEqual(view().chaos, { allows, on: [] });
  });
});

describe('the views of a runtime', () => {
  it('are those of the policies that there are now', () => {
    const { holdfast } = given({ policies: { a: {}, b: {} } });
    const names = () =>
      holdfast
        .views()
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(names(), ['a', 'b']);
    holdfast.remove('a');
    holdfast.define('c', {});
    assert.deepEqual(names(), ['b', 'c']);
  });
});
