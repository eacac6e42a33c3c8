// SCENARIOS 1–11: what a circuit breaker gets right.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PermitHeld } from '../../src/policy/permit.ts';
import { Boom, boom, fine, given, names, of, onBothEngines, pending } from '../support/given.ts';

onBothEngines('circuit breaker', (engine) => {
  it('1: a late failure of the closed generation decides nothing', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 2, openMs: 1000, halfOpen: { permits: 1 } },
    });
    const slow = pending();
    const x = guarded.execute(slow.operation);
    await assert.rejects(guarded.execute(boom), Boom);
    await assert.rejects(guarded.execute(boom), Boom);
    assert.equal(guarded.circuitBreaker?.state, 'open');
    await clock.advance(1000);
    const trial = pending();
    const p = guarded.execute(trial.operation);
    const own = new Error('X');
    slow.reject(own);
    await assert.rejects(x, (error) => error === own);
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    trial.resolve('P');
    assert.equal(await p, 'P');
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('2: an idle window forgets', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { window: { ms: 5000 }, failureRate: 0.5, minCalls: 15 },
    });
    for (let i = 0; i < 14; i++) await assert.rejects(guarded.execute(boom));
    await clock.advance(3_600_000);
    await assert.rejects(guarded.execute(boom));
    assert.equal(guarded.circuitBreaker?.counts.total, 1);
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('3: the window has edges', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: {
        window: { ms: 5000 },
        failureRate: 0.9,
        minCalls: 100,
        slowCall: { ms: 500, rate: 1 },
      },
    });
    const call = async (ms: number, ok: boolean) => {
      const permit = guarded.tryAcquire() as PermitHeld;
      return { ms, end: () => permit.settle(ok ? 'success' : 'failure') };
    };
    // Calls are recorded when they end: each is begun as long before as it takes.
    const first = await call(100, false);
    await clock.advance(100);
    first.end();
    const second = await call(100, true);
    await clock.advance(100);
    second.end();
    let counts = guarded.circuitBreaker?.counts;
    assert.deepEqual([counts?.total, counts?.failures, (counts?.durationMs ?? 0) / 2], [2, 1, 100]);
    const third = await call(1000, false);
    await clock.advance(1000);
    third.end();
    counts = guarded.circuitBreaker?.counts;
    assert.deepEqual([counts?.total, counts?.slow, counts?.durationMs], [3, 1, 1200]);
    await clock.advance(3300);
    assert.equal(guarded.circuitBreaker?.counts.total, 3);
    await clock.advance(1500);
    counts = guarded.circuitBreaker?.counts;
    assert.deepEqual([counts?.total, counts?.failures, counts?.durationMs], [0, 0, 0]);
    await clock.advance(5000);
    await guarded.execute(fine);
    assert.equal(guarded.circuitBreaker?.counts.total, 1);
  });

  it('4: never more trials than permits, and each comes back', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 4 } },
    });
    await assert.rejects(guarded.execute(boom));
    await clock.advance(100);
    const tries = Array.from({ length: 6 }, () => guarded.tryAcquire());
    assert.deepEqual(
      tries.map(({ ok }) => ok),
      [true, true, true, true, false, false],
    );
    assert.equal(guarded.circuitBreaker?.counts.rejected, 2);
    (tries[0] as PermitHeld).settle('ignored');
    assert.equal(guarded.tryAcquire().ok, true);
    guarded.circuitBreaker?.open();
    await clock.advance(100);
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    const again = Array.from({ length: 5 }, () => guarded.tryAcquire().ok);
    assert.deepEqual(again, [true, true, true, true, false]);
  });

  it('5: an ignored outcome gives its trial back', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 4, failureRate: 0.5 } },
    });
    const trial = (how: 'success' | 'failure' | 'ignored') =>
      (guarded.tryAcquire() as PermitHeld).settle(how);
    await assert.rejects(guarded.execute(boom));
    await clock.advance(100);
    for (const how of ['success', 'success', 'success', 'ignored'] as const) trial(how);
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    assert.equal(guarded.circuitBreaker?.counts.total, 3);
    trial('failure');
    assert.equal(guarded.circuitBreaker?.state, 'closed');

    guarded.circuitBreaker?.open(100);
    await clock.advance(100);
    for (let i = 0; i < 4; i++) trial('ignored');
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    for (let i = 0; i < 4; i++) trial('success');
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('6: half-open by ratio reopens as soon as it must and closes on the last', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 10, failureRate: 0.3 } },
    });
    const trial = (how: 'success' | 'failure') => (guarded.tryAcquire() as PermitHeld).settle(how);
    await assert.rejects(guarded.execute(boom));
    await clock.advance(100);
    trial('failure');
    trial('failure');
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    trial('failure');
    assert.equal(guarded.circuitBreaker?.state, 'open');
    await clock.advance(100);
    trial('failure');
    trial('failure');
    for (let i = 0; i < 7; i++) trial('success');
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    trial('success');
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('7: slow successes trip', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { window: { calls: 100 }, slowCall: { ms: 4000, rate: 0.5 }, minCalls: 5 },
    });
    for (const ms of [5000, 5000, 1000, 1000, 5000]) {
      const permit = guarded.tryAcquire() as PermitHeld;
      await clock.advance(ms);
      permit.settle('success');
    }
    assert.equal(guarded.circuitBreaker?.state, 'open');
    const counts = guarded.circuitBreaker?.counts;
    assert.deepEqual([counts?.slow, counts?.failures, counts?.total], [3, 0, 5]);
  });

  it('8: isolation is counted, and what was before comes back', async () => {
    const { clock, guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1, openMs: 1000 } });
    const one = guarded.circuitBreaker?.isolate();
    const two = guarded.circuitBreaker?.isolate();
    one?.();
    one?.();
    assert.equal(guarded.circuitBreaker?.state, 'isolated');
    await assert.rejects(guarded.execute(fine), { code: 'HF_CIRCUIT_OPEN' });
    two?.();
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    await assert.rejects(guarded.execute(boom));
    await clock.advance(400);
    const three = guarded.circuitBreaker?.isolate();
    await clock.advance(100);
    three?.();
    assert.equal(guarded.circuitBreaker?.state, 'open');
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 500);
  });

  it("9: the caller's own abort neither opens a breaker nor decides a trial", async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 1 } },
    });
    const abort = async () => {
      const controller = new AbortController();
      const call = guarded.execute(pending().operation, { signal: controller.signal });
      controller.abort(new Error('enough'));
      await assert.rejects(call, { message: 'enough' });
    };
    await abort();
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    await assert.rejects(guarded.execute(boom), Boom);
    await clock.advance(100);
    await abort();
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    assert.equal(await guarded.execute(fine), 'fine');
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('10: a throwing listener replaces no error and changes no state', async () => {
    const scene = given(engine, { circuitBreaker: { consecutiveFailures: 2 } });
    const warned = new Promise((resolve) => process.once('warning', resolve));
    for (const name of ['success', 'failure', 'stateChange', 'rejected'] as const) {
      scene.guarded.on(name, () => {
        throw new Error('listener');
      });
    }
    assert.equal(await scene.guarded.execute(fine), 'fine');
    await assert.rejects(scene.guarded.execute(boom), Boom);
    assert.equal(scene.guarded.circuitBreaker?.state, 'closed');
    await assert.rejects(scene.guarded.execute(boom), Boom);
    assert.equal(scene.guarded.circuitBreaker?.state, 'open');
    assert.deepEqual(
      of(scene, 'stateChange').map(({ from, to }) => [from, to]),
      [['closed', 'open']],
    );
    assert.ok(names(scene).includes('failure'));
    await warned;
  });

  it('11: a synchronous operation that returns nothing is a success', async () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    assert.equal(await guarded.execute(() => undefined), undefined);
    assert.equal(await guarded.execute(() => null), null);
    await assert.rejects(
      guarded.execute(() => {
        throw new Boom('sync');
      }),
      Boom,
    );
    assert.equal(guarded.circuitBreaker?.state, 'open');
  });
});
