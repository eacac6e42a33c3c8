// The ways into a policy: what is asked before a call begins, whoever takes the shorter or the longer way.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast, type PolicyOptions, policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { fine, givenLater as given, of, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('what is no operation', (engine) => {
  it('is refused by what it is, and is no failure of the upstream', async () => {
    const guarded = policy({ circuitBreaker: { consecutiveFailures: 1 } }, { engine });
    for (const [none, received] of [
      [undefined, 'undefined'],
      [null, 'null'],
      ['send', 'string'],
    ] as const) {
      await assert.rejects(guarded.execute(none as never), {
        name: 'TypeError',
        message: `operation: expected a function, got ${received}`,
      });
    }
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    assert.equal(await guarded.execute(fine), 'fine');
  });
});

onBothEngines('a function that says how long a call may take', (engine) => {
  const asked = () => {
    let times = 0;
    const totalMs = () => 50 * ++times;
    return { ...given(engine, { timeout: { totalMs } }), times: () => times };
  };

  it('is asked once for each call, whether or not the call says something for itself', async () => {
    for (const options of [undefined, {}]) {
      const scene = asked();
      const result = errorOf(scene.guarded.execute(pending().operation, options));
      await scene.clock.advance(50);
      assert.equal(((await result) as { timeoutMs: number }).timeoutMs, 50);
      assert.equal(scene.times(), 1);
    }
  });

  it('is not asked for a permit, which ends when its holder says so', async () => {
    const scene = asked();
    const permit = await scene.guarded.acquire();
    assert.equal(scene.times(), 0);
    permit.settle('success');
  });
});

onBothEngines('a call of a policy that has no timeout', (engine) => {
  it('may have one of its own', async () => {
    const { clock, guarded } = given(engine, { circuitBreaker: { window: { calls: 10 } } });
    const result = errorOf(guarded.execute(pending().operation, { timeoutMs: 10 }));
    await clock.advance(10);
    const { scope, timeoutMs } = (await result) as { scope: string; timeoutMs: number };
    assert.deepEqual([scope, timeoutMs], ['total', 10]);
    assert.equal(guarded.circuitBreaker?.counts.failures, 1);
  });
});

onBothEngines('a refusal at the door', (engine) => {
  it('stands although whoever hears of it aborts the call', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1 } });
    assert.ok(guarded.tryAcquire().ok);
    let caller = new AbortController();
    guarded.on('rejected', () => caller.abort('enough'));
    const { code } = (await errorOf(guarded.execute(fine, { signal: caller.signal }))) as { code: string };
    assert.equal(code, 'HF_BULKHEAD_FULL');
    caller = new AbortController();
    const outcome = await guarded.executeOutcome(fine, { signal: caller.signal });
    assert.ok(!outcome.ok && outcome.rejected);
    assert.equal((outcome.error as { code: string }).code, 'HF_BULKHEAD_FULL');
  });

  it('is what a fallback stands in for', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1 }, fallback: () => 'instead' });
    assert.ok(guarded.tryAcquire().ok);
    assert.equal(await guarded.execute(fine), 'instead');
    const outcome = await guarded.executeOutcome(fine);
    assert.deepEqual(outcome, { ok: true, value: 'instead', rejected: false });
  });
});

onBothEngines('a permit for a key', (engine) => {
  it('is not to be had without one', () => {
    const { guarded } = given(engine, { rateLimiter: { permitsPerSecond: 1, perKey: { maxKeys: 4 } } });
    for (const options of [undefined, {}]) {
      assert.throws(() => guarded.tryAcquire(options), {
        name: 'TypeError',
        message: 'a keyed limiter needs a key, a text; got none',
      });
    }
    assert.ok(guarded.tryAcquire({ key: 'a' }).ok);
  });
});

onBothEngines('a breaker that a call turns half-open', (engine) => {
  const shapes: PolicyOptions[] = [
    {},
    { timeout: { attemptMs: 1_000 } },
    { timeout: { totalMs: 1_000 } },
    { retry: { maxRetries: 1 } },
  ];

  it('is told of before the operation runs, whatever else stands around it', async () => {
    for (const shape of shapes) {
      const scene = given(engine, { ...shape, circuitBreaker: { consecutiveFailures: 1, openMs: 100 } });
      const moves = () => of(scene, 'stateChange').map(({ to }) => to);
      scene.guarded.circuitBreaker?.open();
      await scene.clock.advance(100);
      assert.deepEqual(await scene.guarded.execute(moves), ['open', 'half-open']);
    }
  });

  it('is told of when that is a permit', async () => {
    const scene = given(engine, { circuitBreaker: { consecutiveFailures: 1, openMs: 100 } });
    scene.guarded.circuitBreaker?.open();
    await scene.clock.advance(100);
    assert.ok(scene.guarded.tryAcquire().ok);
    assert.deepEqual(
      of(scene, 'stateChange').map(({ to }) => to),
      ['open', 'half-open'],
    );
  });
});

describe('a permit of a runtime', () => {
  const runtime = (options: PolicyOptions) =>
    createHoldfast({
      clock: manualClock(),
      memory: { policies: 4, threads: 2, keys: 0 },
      policies: { send: options },
    });

  it('is shed as a call would be', () => {
    const holdfast = runtime({ shed: {} });
    holdfast.degradation.set('search', 'emergency');
    const refusal = holdfast.policy('send').tryAcquire({ priority: 0 });
    assert.equal(refusal.ok || refusal.strategy, 'shed');
    assert.ok(holdfast.policy('send').tryAcquire({ priority: 7 }).ok);
  });

  it('is not to be had while the runtime drains', async () => {
    const holdfast = runtime({});
    await holdfast.start();
    const slow = pending();
    const send = holdfast.policy('send');
    const running = send.execute(slow.operation);
    const stopped = holdfast.stop();
    const refusal = send.tryAcquire();
    assert.equal(refusal.ok || refusal.strategy, 'draining');
    slow.resolve('done');
    assert.equal(await running, 'done');
    await stopped;
  });

  it('is not to be had for what runs under a policy by itself, which nobody admitted', async () => {
    const holdfast = runtime({});
    await holdfast.start();
    const slow = pending();
    const send = holdfast.policy('send');
    const running = send.execute(slow.operation);
    const stopped = holdfast.stop();
    const own = policy({ circuitBreaker: { window: { calls: 10 } } }, { clock: manualClock() });
    const refusal = await own.execute((parent) => send.tryAcquire({ parent }));
    assert.equal(refusal.ok || refusal.strategy, 'draining');
    slow.resolve('done');
    await running;
    await stopped;
  });
});
