// SCENARIOS 18–20: timeouts and hedges.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { constant, TimeoutError } from '../../src/index.ts';
import { Boom, boom, failing, given, names, of, onBothEngines, pending, settled } from '../support/given.ts';

onBothEngines('timeout', (engine) => {
  it('18: the total timeout stands around pauses', async () => {
    const scene = given(engine, {
      timeout: { totalMs: 100 },
      retry: { backoff: constant({ baseMs: 1000, jitter: 'none' }) },
    });
    const operation = failing(10);
    const result = scene.guarded.execute(operation);
    const seen = assert.rejects(result, { code: 'HF_TIMEOUT', scope: 'total', timeoutMs: 100 });
    await scene.clock.advance(99);
    assert.equal(await settled(result), 'pending');
    await scene.clock.advance(1);
    await seen;
    assert.equal(operation.calls, 1);
    assert.equal(of(scene, 'timeout').length, 1);
    assert.equal(scene.clock.pending, 0);
  });

  it('18: the total timeout stands around attempts', async () => {
    const scene = given(engine, {
      timeout: { totalMs: 150 },
      retry: { maxRetries: 9, backoff: constant({ baseMs: 0, jitter: 'none' }) },
    });
    let calls = 0;
    const result = scene.guarded.execute(async () => {
      calls++;
      await new Promise<void>((resolve) => scene.clock.setTimer(scene.clock.now() + 60, resolve));
      throw new Boom('boom');
    });
    const seen = assert.rejects(result, TimeoutError);
    await scene.clock.advance(200);
    await seen;
    assert.equal(calls, 3);
  });

  it('18: an attempt timeout does not run in pauses', async () => {
    const scene = given(engine, {
      timeout: { attemptMs: 50 },
      retry: { maxRetries: 3, backoff: constant({ baseMs: 100, jitter: 'none' }) },
    });
    const result = scene.guarded.execute(boom);
    const seen = assert.rejects(result, Boom);
    await scene.clock.advance(1000);
    await seen;
    assert.deepEqual(of(scene, 'timeout'), []);
  });

  it("19: the caller's abort surfaces its own reason, without a timeout", async () => {
    const scene = given(engine, { timeout: { attemptMs: 50 } });
    const controller = new AbortController();
    const result = scene.guarded.execute(pending().operation, { signal: controller.signal });
    const reason = { mine: true };
    controller.abort(reason);
    assert.deepEqual(await settled(result), { error: reason });
    assert.deepEqual(of(scene, 'timeout'), []);
    const other = new DOMException('elsewhere', 'AbortError');
    await assert.rejects(
      scene.guarded.execute(async () => {
        throw other;
      }),
      (error) => error === other,
    );
  });

  it('a timed-out operation is told, keeps its slot until it ends, and is never unhandled', async () => {
    const scene = given(engine, { timeout: { attemptMs: 50 }, bulkhead: { maxConcurrent: 1 } });
    const slow = pending();
    let signal: AbortSignal | undefined;
    const result = scene.guarded.execute((context) => {
      signal = context.signal;
      return slow.operation();
    });
    const seen = assert.rejects(result, (error) => error === signal?.reason && error instanceof TimeoutError);
    await scene.clock.advance(50);
    await seen;
    assert.deepEqual([scene.guarded.bulkhead?.active, scene.guarded.bulkhead?.abandoned], [1, 1]);
    slow.reject(new Error('late'));
    await scene.clock.advance(0);
    assert.deepEqual([scene.guarded.bulkhead?.active, scene.guarded.bulkhead?.abandoned], [0, 0]);
    assert.ok(names(scene).includes('timeout'));
  });

  it('20: hedges run beside the primary, and losers are aborted', async () => {
    const scene = given(engine, { hedge: { delayMs: 10, maxHedges: 2 } });
    const signals: AbortSignal[] = [];
    const result = scene.guarded.execute(async ({ signal, attempt }) => {
      signals.push(signal);
      await new Promise<void>((resolve) =>
        scene.clock.setTimer(scene.clock.now() + (attempt === 3 ? 20 : 100), resolve),
      );
      return attempt;
    });
    await scene.clock.advance(200);
    assert.equal(await result, 3);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true, false],
    );
    assert.equal(of(scene, 'hedge').length, 2);
  });
});
