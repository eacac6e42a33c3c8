// SCENARIOS 12–17: retries and their pauses. 14 and most of 15 stand with the kernels.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { constant, exponential, RateLimitedError } from '../../src/index.ts';
import { Boom, failing, given, names, of, onBothEngines, settled } from '../support/given.ts';

onBothEngines('retry', (engine) => {
  it('returns the first success, pausing longer before each attempt', async () => {
    const { clock, guarded } = given(engine, {
      retry: { backoff: exponential({ baseMs: 128, jitter: 'none' }) },
    });
    const result = guarded.execute(failing(2));
    await clock.advance(0);
    assert.equal(clock.nextWakeMs, 128);
    await clock.advance(128);
    assert.equal(clock.nextWakeMs, 256 + 128);
    await clock.advance(256);
    assert.equal(await result, 'done');
  });

  it('12: an abort in a pause ends it at once, with its reason, and leaves no timer', async () => {
    const { clock, guarded } = given(engine, {
      retry: { backoff: constant({ baseMs: 500, jitter: 'none' }) },
    });
    const controller = new AbortController();
    const operation = failing(10);
    const result = guarded.execute(operation, { signal: controller.signal });
    await clock.advance(50);
    const reason = new Error('enough');
    controller.abort(reason);
    assert.deepEqual(await settled(result), { error: reason });
    assert.equal(operation.calls, 1);
    assert.equal(clock.pending, 0);
  });

  it("13: maxRetries 5 makes six calls and throws the caller's own last error", async () => {
    const scene = given(engine, {
      retry: { maxRetries: 5, backoff: constant({ baseMs: 10, jitter: 'none' }) },
    });
    const thrown: Error[] = [];
    const result = scene.guarded.execute(async () => {
      const error = new Boom(`boom ${thrown.length}`);
      thrown.push(error);
      throw error;
    });
    const seen = assert.rejects(result, (error) => error === thrown[5]);
    await scene.clock.advance(1000);
    await seen;
    assert.equal(thrown.length, 6);
    assert.deepEqual(
      of(scene, 'retry').map(({ attempt }) => attempt),
      [1, 2, 3, 4, 5],
    );
  });

  it('15: a pause longer than any timer of the platform is not over at once', async () => {
    const backoff = exponential({ baseMs: 2 ** 31 + 5, maxMs: 2 ** 32, jitter: 'none' });
    const { clock, guarded } = given(engine, { retry: { maxRetries: 1, backoff } });
    const operation = failing(1);
    const result = guarded.execute(operation);
    await clock.advance(2 ** 31 + 4);
    assert.equal(operation.calls, 1);
    await clock.advance(1);
    assert.equal(await result, 'done');
  });

  it('16: maxElapsedMs clips the last pause', async () => {
    const { clock, guarded } = given(engine, {
      retry: { maxRetries: 10, maxElapsedMs: 1000, backoff: constant({ baseMs: 500, jitter: 'none' }) },
    });
    let calls = 0;
    const result = guarded.execute(async () => {
      calls++;
      if (calls === 1) await new Promise<void>((resolve) => clock.setTimer(900, resolve));
      throw new Boom('boom');
    });
    const seen = assert.rejects(result, Boom);
    await clock.advance(900);
    assert.equal(clock.nextWakeMs, 1000);
    await clock.advance(100);
    await seen;
    assert.equal(calls, 2);
  });

  it('17: a retry budget follows the calls and never fails a first attempt', async () => {
    const scene = given(engine, {
      retry: {
        maxRetries: 3,
        backoff: constant({ baseMs: 0, jitter: 'none' }),
        budget: { ratio: 0.5, minPerSecond: 0 },
      },
    });
    const calls: number[] = [];
    for (let i = 0; i < 4; i++) {
      const operation = failing(10);
      await assert.rejects(scene.guarded.execute(operation), Boom);
      calls.push(operation.calls);
    }
    // Two first attempts earn one retry.
    assert.deepEqual(calls, [1, 2, 1, 2]);
    assert.equal(await scene.guarded.execute(failing(0)), 'done');
  });

  it('a refusal by another policy is not retried, unless asked for', async () => {
    for (const [onRejection, wanted] of [
      [false, 1],
      [true, 4],
    ] as const) {
      const { guarded } = given(engine, {
        retry: { backoff: constant({ baseMs: 0, jitter: 'none' }), onRejection },
      });
      let calls = 0;
      await assert.rejects(
        guarded.execute(async () => {
          calls++;
          throw new RateLimitedError();
        }),
        RateLimitedError,
      );
      assert.equal(calls, wanted);
    }
  });

  it('a retry that is itself refused ends the call with the last error of the operation', async () => {
    const scene = given(engine, {
      rateLimiter: { permitsPerSecond: 1, burst: 1 },
      retry: { backoff: constant({ baseMs: 1, jitter: 'none' }) },
      errorBudget: { objective: 0.5, windowMs: 60_000 },
    });
    const operation = failing(10);
    const result = scene.guarded.execute(operation);
    const seen = assert.rejects(result, { message: 'boom 1' });
    await scene.clock.advance(10);
    await seen;
    assert.equal(operation.calls, 1);
    assert.ok(names(scene).includes('rejected'));
    assert.equal(scene.guarded.errorBudget?.consumed, 2);
  });
});
