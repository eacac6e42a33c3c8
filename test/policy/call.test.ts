// A call as its caller sees it: misuse, context, events, refusals, permits.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BulkheadTimeoutError, CircuitOpenError, HoldfastError, RejectedError } from '../../src/index.ts';
import { upstream } from '../../src/testing/index.ts';
import { boom, fine, given, of, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a call', (engine) => {
  it('that is misused fails with a RangeError or a TypeError, and takes nothing', async () => {
    const { guarded } = given(engine, { rateLimiter: { permitsPerSecond: 5, burst: 5 } });
    const misuses: [unknown, ErrorConstructor | RangeErrorConstructor][] = [
      ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, 6, '1', null].map(
        (permits) => [{ permits }, RangeError] as [unknown, RangeErrorConstructor],
      ),
      ...[-1, 8, 1.5, Number.NaN, '4'].map(
        (priority) => [{ priority }, RangeError] as [unknown, RangeErrorConstructor],
      ),
      [{ signal: {} }, TypeError],
      [{ signal: null }, TypeError],
      [null, TypeError],
      ['options', TypeError],
    ];
    for (const [options, expected] of misuses) {
      assert.ok((await errorOf(guarded.execute(fine, options as never))) instanceof expected);
      assert.ok((await errorOf(guarded.acquire(options as never))) instanceof expected);
      const outcome = await guarded.executeOutcome(fine, options as never);
      assert.ok(!outcome.ok && outcome.error instanceof expected && !outcome.rejected);
    }
    for (const timeoutMs of [-1, Number.NaN, '5', null] as never[]) {
      assert.ok((await errorOf(guarded.execute(fine, { timeoutMs }))) instanceof RangeError);
    }
    for (const operation of [undefined, null, 5, {}] as never[]) {
      assert.ok((await errorOf(guarded.execute(operation))) instanceof TypeError);
      const outcome = await guarded.executeOutcome(operation);
      assert.ok(!outcome.ok && outcome.error instanceof TypeError);
    }
    assert.throws(() => guarded.tryAcquire({ permits: 6 }), RangeError);
    assert.throws(() => guarded.tryAcquire({ priority: 8 }), RangeError);
    assert.equal(guarded.rateLimiter?.available, 5);
  });

  it('of a keyed limiter needs a key', async () => {
    const { guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 1, burst: 1, perKey: { maxKeys: 8 } },
    });
    for (const key of [undefined, 5, null] as never[]) {
      assert.ok((await errorOf(guarded.execute(fine, { key }))) instanceof TypeError);
      assert.throws(() => guarded.tryAcquire({ key }), TypeError);
    }
    const tries = ['a', 'a', 'b', 'b'].map((key) => guarded.tryAcquire({ key }).ok);
    assert.deepEqual(tries, [true, false, true, false]);
    assert.equal(guarded.rateLimiter?.available, 1);
  });

  it('tells its operation who and where it is', async () => {
    const scene = given(engine, { timeout: { attemptMs: 100, totalMs: 150 } }, { name: 'send' });
    const up = upstream<string>();
    const result = scene.guarded.execute(up.operation);
    const { context } = await up.next();
    assert.deepEqual([context.attempt, context.policy, context.remainingMs], [1, 'send', 100]);
    await scene.clock.advance(60);
    assert.equal(context.remainingMs, 40);
    up.succeed('done');
    assert.equal(await result, 'done');
    assert.equal(context.signal.aborted, false);
    const bare = given(engine, {});
    await bare.guarded.execute(({ attempt, policy, remainingMs, signal }) => {
      assert.deepEqual([attempt, policy, remainingMs], [1, '', Number.POSITIVE_INFINITY]);
      assert.equal(signal.aborted, false);
    });
  });

  it('may have a total timeout of its own, in place of the configured one', async () => {
    const scene = given(engine, { timeout: { totalMs: 1000 } });
    const result = errorOf(scene.guarded.execute(pending().operation, { timeoutMs: 10 }));
    await scene.clock.advance(10);
    const error = (await result) as { scope: string; timeoutMs: number };
    assert.deepEqual([error.scope, error.timeoutMs], ['total', 10]);
    for (const timeoutMs of [0, Number.POSITIVE_INFINITY]) {
      await scene.guarded.execute(({ remainingMs }) => assert.equal(remainingMs, Number.POSITIVE_INFINITY), {
        timeoutMs,
      });
    }
  });

  it('that is refused says by whom, and when to come again', async () => {
    const scene = given(
      engine,
      { circuitBreaker: { consecutiveFailures: 1, openMs: 1000 } },
      { name: 'send' },
    );
    await errorOf(scene.guarded.execute(boom));
    await scene.clock.advance(300);
    const error = (await errorOf(scene.guarded.execute(fine))) as CircuitOpenError;
    assert.ok(error instanceof CircuitOpenError && error instanceof RejectedError && HoldfastError.is(error));
    const { code, policy, strategy, retryAfterMs, state } = error;
    assert.deepEqual(
      [code, policy, strategy, retryAfterMs, state],
      ['HF_CIRCUIT_OPEN', 'send', 'circuitBreaker', 700, 'open'],
    );
    const refusal = scene.guarded.tryAcquire();
    assert.ok(!refusal.ok);
    assert.deepEqual([refusal.strategy, refusal.retryAfterMs], ['circuitBreaker', 700]);
    const outcome = await scene.guarded.executeOutcome(fine);
    assert.ok(!outcome.ok && outcome.rejected);
    assert.equal((outcome.error as RejectedError).code, 'HF_CIRCUIT_OPEN');
    assert.deepEqual(of(scene, 'rejected')[0], {
      policy: 'send',
      strategy: 'circuitBreaker',
      code: 'HF_CIRCUIT_OPEN',
      retryAfterMs: 700,
    });
  });

  it('that several would refuse is refused by the first of them', async () => {
    const scene = given(engine, {
      circuitBreaker: { consecutiveFailures: 1 },
      rateLimiter: { permitsPerSecond: 0.001, burst: 1 },
      bulkhead: { maxConcurrent: 1, maxQueue: 1 },
    });
    const held = scene.guarded.tryAcquire();
    assert.ok(held.ok);
    const by = () => {
      const answer = scene.guarded.tryAcquire();
      return answer.ok ? 'nobody' : answer.strategy;
    };
    assert.equal(by(), 'rateLimiter');
    await assert.rejects(scene.guarded.execute(fine), { strategy: 'rateLimiter' });
    scene.guarded.circuitBreaker?.open();
    assert.equal(by(), 'circuitBreaker');
  });

  it('that finds the line full is refused by the limiter where that would refuse too', async () => {
    const scene = given(engine, {
      rateLimiter: { permitsPerSecond: 1, burst: 2 },
      bulkhead: { maxConcurrent: 1, maxQueue: 1 },
    });
    const slow = pending();
    const running = scene.guarded.execute(slow.operation);
    const waiting = scene.guarded.execute(fine);
    assert.equal(scene.guarded.bulkhead?.queued, 1);
    await assert.rejects(scene.guarded.execute(fine), { code: 'HF_BULKHEAD_FULL' });
    await assert.rejects(scene.guarded.execute(fine, { permits: 2 }), { code: 'HF_RATE_LIMITED' });
    const [one, two] = [scene.guarded.tryAcquire(), scene.guarded.tryAcquire({ permits: 2 })];
    assert.ok(!one.ok && !two.ok);
    assert.deepEqual([one.strategy, two.strategy], ['bulkhead', 'rateLimiter']);
    slow.resolve('done');
    await Promise.all([running, waiting]);
  });

  it('that is refused changes no count but that of refusals', async () => {
    const { guarded } = given(engine, {
      circuitBreaker: { window: { calls: 10 } },
      rateLimiter: { permitsPerSecond: 0.001, burst: 5 },
      bulkhead: { maxConcurrent: 1 },
      errorBudget: { objective: 0.5, windowMs: 10_000 },
      latencyBudget: { percentile: 0.5, targetMs: 1, minCalls: 1 },
    });
    guarded.tryAcquire();
    await errorOf(guarded.execute(fine));
    guarded.tryAcquire();
    assert.deepEqual(
      [
        guarded.rateLimiter?.available,
        guarded.circuitBreaker?.counts.total,
        guarded.circuitBreaker?.counts.rejected,
        guarded.errorBudget?.allowedFailures,
        guarded.latencyBudget?.compliance,
      ],
      [4, 0, 0, 0, 1],
    );
  });

  it('that waited too long says how long it waited', async () => {
    const scene = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 1, maxWaitMs: 50 } });
    scene.guarded.tryAcquire();
    const seen = errorOf(scene.guarded.execute(fine));
    await scene.clock.advance(50);
    const error = (await seen) as BulkheadTimeoutError;
    assert.ok(error instanceof BulkheadTimeoutError);
    assert.equal(error.waitedMs, 50);
  });

  it('whose turn comes while the circuit is open is refused, holding nothing', async () => {
    const { guarded } = given(engine, {
      bulkhead: { maxConcurrent: 1, maxQueue: 5 },
      circuitBreaker: { consecutiveFailures: 1 },
    });
    const slow = pending();
    const first = errorOf(guarded.execute(slow.operation));
    const second = errorOf(guarded.execute(fine));
    slow.reject(new Error('down'));
    await first;
    assert.ok((await second) instanceof CircuitOpenError);
    assert.deepEqual([guarded.bulkhead?.active, guarded.bulkhead?.queued], [0, 0]);
  });

  it('in line holds no token, and a permit is refused while anyone waits', async () => {
    const scene = given(engine, {
      bulkhead: { maxConcurrent: 2, maxQueue: 5 },
      rateLimiter: { permitsPerSecond: 1, burst: 5, maxWaitMs: 60_000 },
    });
    scene.guarded.tryAcquire({ permits: 3 });
    const waiting = scene.guarded.acquire({ permits: 5 });
    assert.equal(scene.guarded.rateLimiter?.available, 2);
    assert.equal(scene.guarded.tryAcquire().ok, false);
    await scene.clock.advance(3000);
    (await waiting).settle('success');
    assert.equal(scene.guarded.rateLimiter?.available, 0);
    assert.equal(scene.clock.pending, 0);
  });

  it('by permit is settled once, and counts as a call', async () => {
    const { guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 2 },
      errorBudget: { objective: 0.5, windowMs: 60_000 },
      bulkhead: { maxConcurrent: 1 },
    });
    const permit = guarded.tryAcquire();
    assert.ok(permit.ok);
    assert.throws(() => permit.settle('done' as never), TypeError);
    permit.settle('failure');
    permit.settle('failure');
    permit[Symbol.dispose]();
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    assert.equal(guarded.errorBudget?.consumed, 2);
    assert.equal(guarded.bulkhead?.active, 0);
    const disposed = guarded.tryAcquire();
    if (disposed.ok) disposed[Symbol.dispose]();
    assert.equal(guarded.circuitBreaker?.counts.ignored, 1);
    assert.equal(guarded.errorBudget?.consumed, 2);
  });
});
