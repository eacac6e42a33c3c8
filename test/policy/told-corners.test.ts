// Every event with all that it says, for a policy with a name.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { createHoldfast } from '../../src/index.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { manualClock, upstream } from '../../src/testing/index.ts';
import {
  type Boom,
  boom,
  type Engine,
  failing,
  fine,
  givenLater as given,
  of,
  onBothEngines,
} from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const named = (engine: Engine, options: PolicyOptions) => given(engine, options, { name: 'send' });

onBothEngines('listeners are told', (engine) => {
  it('of a success and of a failure, with how long the whole call took and its attempts', async () => {
    const scene = named(engine, { retry: { maxRetries: 2, backoff: () => 50 } });
    const good = scene.guarded.execute(failing(2));
    await scene.clock.advance(100);
    await good;
    const operation = failing(9);
    const bad = errorOf(scene.guarded.execute(operation));
    await scene.clock.advance(100);
    const error = await bad;
    assert.deepEqual(of(scene, 'success'), [{ policy: 'send', durationMs: 100, attempts: 3 }]);
    assert.deepEqual(of(scene, 'failure'), [{ policy: 'send', durationMs: 100, attempts: 3, error }]);
    assert.equal((error as Boom).message, 'boom 3');
  });

  it('of the same on the short path', async () => {
    const scene = named(engine, {});
    await scene.guarded.execute(fine);
    const error = await errorOf(scene.guarded.execute(boom));
    assert.deepEqual(of(scene, 'success'), [{ policy: 'send', durationMs: 0, attempts: 1 }]);
    assert.deepEqual(of(scene, 'failure'), [{ policy: 'send', durationMs: 0, attempts: 1, error }]);
  });

  it('of each retry before its pause, with the error that it follows', async () => {
    const scene = named(engine, { retry: { maxRetries: 2, backoff: (retry) => retry * 10 } });
    const result = scene.guarded.execute(failing(2));
    await scene.clock.advance(30);
    await result;
    const told = of(scene, 'retry').map(({ error, ...facts }) => ({
      ...facts,
      error: (error as Boom).message,
    }));
    assert.deepEqual(told, [
      { policy: 'send', attempt: 1, pauseMs: 10, error: 'boom 1' },
      { policy: 'send', attempt: 2, pauseMs: 20, error: 'boom 2' },
    ]);
  });

  it('of a retry of a result without an error', async () => {
    const scene = named(engine, {
      retry: { maxRetries: 1, backoff: () => 10, shouldRetry: (outcome) => outcome.ok },
    });
    const result = scene.guarded.execute(fine);
    await scene.clock.advance(10);
    await result;
    assert.deepEqual(of(scene, 'retry'), [{ policy: 'send', attempt: 1, pauseMs: 10, error: undefined }]);
  });

  it('of timeouts of an attempt and of a whole call, and the errors say the same', async () => {
    const scene = named(engine, {
      timeout: { attemptMs: 30, totalMs: 50 },
      retry: { maxRetries: 5, backoff: () => 0 },
    });
    const up = upstream<string>();
    const result = errorOf(scene.guarded.execute(up.operation));
    await scene.clock.advance(50);
    const { policy, code, scope, timeoutMs } = (await result) as Record<string, unknown>;
    assert.deepEqual(
      { policy, code, scope, timeoutMs },
      { policy: 'send', code: 'HF_TIMEOUT', scope: 'total', timeoutMs: 50 },
    );
    assert.deepEqual(of(scene, 'timeout'), [
      { policy: 'send', scope: 'attempt', timeoutMs: 30 },
      { policy: 'send', scope: 'total', timeoutMs: 50 },
    ]);
  });

  it('of a hedge, with its number and how late the call is', async () => {
    const scene = named(engine, { hedge: { delayMs: 10, maxHedges: 2 } });
    const up = upstream<string>();
    const result = scene.guarded.execute(up.operation);
    await scene.clock.advance(25);
    up.succeed('done');
    await result;
    assert.deepEqual(of(scene, 'hedge'), [
      { policy: 'send', attempt: 2, delayMs: 10 },
      { policy: 'send', attempt: 3, delayMs: 20 },
    ]);
  });

  it('of a fallback, with the error that it stands in for', async () => {
    const asked: unknown[] = [];
    const scene = named(engine, {
      retry: { maxRetries: 1, backoff: () => 0 },
      fallback: (error, { attempt, policy, signal }) => {
        asked.push({ error, attempt, policy, aborted: signal.aborted });
        return 'instead';
      },
    });
    const operation = failing(2);
    assert.equal(await scene.guarded.execute(operation), 'instead');
    const [{ error }] = of(scene, 'fallback');
    assert.deepEqual(of(scene, 'fallback'), [{ policy: 'send', error }]);
    assert.deepEqual(asked, [{ error, attempt: 2, policy: 'send', aborted: false }]);
  });

  it('of a refusal, and so is the channel', async () => {
    const heard: unknown[] = [];
    const hear = (message: unknown) => heard.push(message);
    const scene = named(engine, { rateLimiter: { permitsPerSecond: 10, burst: 1 } });
    const silent = given(engine, { bulkhead: { maxConcurrent: 1 } });
    await scene.guarded.execute(fine);
    subscribe('holdfast:rejected', hear);
    await errorOf(scene.guarded.execute(fine));
    unsubscribe('holdfast:rejected', hear);
    const refused = { policy: 'send', strategy: 'rateLimiter', code: 'HF_RATE_LIMITED', retryAfterMs: 100 };
    assert.deepEqual(of(scene, 'rejected'), [refused]);
    assert.deepEqual(heard, [refused]);
    assert.deepEqual(of(silent, 'rejected'), []);
  });

  it('of a refusal by shedding and by draining', async () => {
    const clock = manualClock();
    const holdfast = createHoldfast({
      clock,
      engine,
      policies: { send: { shed: { degraded: 2, severelyDegraded: 4, emergency: 6 } } },
      memory: { policies: 2, threads: 2, keys: 0 },
    });
    const guarded = holdfast.policy('send');
    const told: unknown[] = [];
    guarded.on('rejected', (event) => told.push(event));
    const least: number[] = [];
    for (const level of ['normal', 'degraded', 'severelyDegraded', 'emergency'] as const) {
      holdfast.degradation.set('all', level);
      let priority = 0;
      for (; priority < 8; priority++) {
        const outcome = await guarded.executeOutcome(fine, { priority });
        if (outcome.ok) break;
        const { code, level: said } = outcome.error as unknown as Record<string, unknown>;
        assert.deepEqual([code, said], ['HF_SHED', level]);
      }
      least.push(priority);
    }
    assert.deepEqual(least, [0, 2, 4, 6]);
    assert.equal(told.length, 12);
    assert.deepEqual(told[0], { policy: 'send', strategy: 'shed', code: 'HF_SHED', retryAfterMs: undefined });
    holdfast.degradation.set('all', 'normal');
    await holdfast.start();
    await holdfast.stop();
    await errorOf(guarded.execute(fine));
    assert.deepEqual(told.at(-1), {
      policy: 'send',
      strategy: 'draining',
      code: 'HF_DRAINING',
      retryAfterMs: undefined,
    });
  });

  it('of each fault that chaos injects, and so is the channel', async () => {
    const clock = manualClock();
    const heard: unknown[] = [];
    const hear = (message: unknown) => {
      if ((message as { event: string }).event === 'injected') heard.push(message);
    };
    const kinds = {
      latency: { rate: 1, minMs: 10, maxMs: 10 },
      error: { rate: 1 },
      timeout: { rate: 1 },
      result: { rate: 1, value: 'made up' },
    };
    subscribe('holdfast:chaos', hear);
    const told: unknown[] = [];
    for (const [kind, options] of Object.entries(kinds)) {
      const holdfast = createHoldfast({
        clock,
        engine,
        policies: { send: { chaos: { [kind]: options } } as PolicyOptions },
        memory: { policies: 2, threads: 2, keys: 0 },
      });
      holdfast.policy('send').on('chaos', (event) => told.push(event));
      holdfast.chaos.enable({ forMs: 60_000 });
      const outcome = holdfast.policy('send').executeOutcome(fine);
      await clock.advance(10);
      const { ok, value, error } = (await outcome) as unknown as {
        ok: boolean;
        value: unknown;
        error: { code: string };
      };
      const expected = { latency: 'fine', error: 'HF_CHAOS', timeout: 'HF_TIMEOUT', result: 'made up' }[kind];
      assert.equal(ok ? value : error.code, expected);
    }
    unsubscribe('holdfast:chaos', hear);
    assert.deepEqual(
      told,
      Object.keys(kinds).map((kind) => ({ policy: 'send', kind })),
    );
    assert.deepEqual(
      heard,
      Object.keys(kinds).map((kind) => ({ event: 'injected', policy: 'send', kind })),
    );
  });

  it('of callers that ran out of time together, each by itself', async () => {
    const scene = named(engine, { coalesce: { key: () => 'one' }, timeout: { totalMs: 40 } });
    const up = upstream<string>();
    const calls = [1, 2].map(() => errorOf(scene.guarded.execute(up.operation)));
    await scene.clock.advance(40);
    for (const call of calls) {
      const { policy, scope, timeoutMs } = (await call) as Record<string, unknown>;
      assert.deepEqual([policy, scope, timeoutMs], ['send', 'total', 40]);
    }
    const told = { policy: 'send', scope: 'total', timeoutMs: 40 };
    assert.deepEqual(of(scene, 'timeout'), [told, told]);
  });
});

describe('an error of a policy without a name', () => {
  it('has no policy', async () => {
    const { clock, guarded } = given('wasm', {
      timeout: { totalMs: 10 },
      bulkhead: { maxConcurrent: 1 },
    });
    const up = upstream<string>();
    const first = errorOf(guarded.execute(up.operation));
    const refused = (await errorOf(guarded.execute(fine))) as { policy?: string };
    await clock.advance(10);
    const late = (await first) as { policy?: string };
    assert.deepEqual([refused.policy, late.policy], [undefined, undefined]);
  });
});
