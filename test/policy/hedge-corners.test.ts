import assert from 'node:assert/strict';
import { it } from 'node:test';
import { constant } from '../../src/index.ts';
import { upstream } from '../../src/testing/index.ts';
import { fine, givenLater as given, of, onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a hedge beside a breaker', (engine) => {
  const options = {
    hedge: { delayMs: 100, maxHedges: 2 },
    circuitBreaker: { consecutiveFailures: 1, openMs: 50, halfOpen: { permits: 3 } },
  };

  it('is sent while the breaker is closed, and not once it has opened', async () => {
    const { clock, guarded } = given(engine, options);
    const up = upstream<string>();
    const result = guarded.execute(up.operation);
    await clock.advance(100);
    assert.equal(up.calls, 2);
    guarded.circuitBreaker?.open(10_000);
    await clock.advance(500);
    assert.equal(up.calls, 2);
    up.succeed('done');
    assert.equal(await result, 'done');
  });

  it('takes no trial of a breaker that has opened since, and left it to others', async () => {
    const { clock, guarded } = given(engine, options);
    const up = upstream<string>();
    const result = guarded.execute(up.operation);
    guarded.circuitBreaker?.open();
    await clock.advance(500);
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    assert.equal(up.calls, 1);
    const trials = [1, 2, 3].map(() => guarded.tryAcquire());
    assert.deepEqual(
      trials.map(({ ok }) => ok),
      [true, true, true],
    );
    up.succeed('done');
    assert.equal(await result, 'done');
  });

  it('is not sent beside a trial, though the breaker was closed by hand meanwhile', async () => {
    const { clock, guarded } = given(engine, options);
    guarded.circuitBreaker?.open(0);
    const up = upstream<string>();
    const result = guarded.execute(up.operation);
    guarded.circuitBreaker?.close();
    await clock.advance(500);
    assert.equal(up.calls, 1);
    up.succeed('done');
    assert.equal(await result, 'done');
  });

  it('is sent where the breaker is switched off, or only counts', async () => {
    for (const switched of ['disable', 'metricsOnly'] as const) {
      const { clock, guarded } = given(engine, options);
      guarded.circuitBreaker?.[switched]();
      const up = upstream<string>();
      const result = guarded.execute(up.operation);
      await clock.advance(250);
      assert.equal(up.calls, 3, switched);
      up.succeed('done');
      assert.equal(await result, 'done');
    }
  });
});

onBothEngines('a hedge', (engine) => {
  it('spends from its own call’s key, whoever has called meanwhile', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 0.001, burst: 2, perKey: { maxKeys: 8 } },
      hedge: { delayMs: 10, maxHedges: 1 },
    });
    const up = upstream<string>();
    const result = guarded.execute(up.operation, { key: 'a' });
    await guarded.execute(fine, { key: 'b' });
    await clock.advance(10);
    assert.equal(up.calls, 2);
    assert.equal(await guarded.execute(fine, { key: 'b' }), 'fine');
    const error = (await errorOf(guarded.execute(fine, { key: 'a' }))) as { code: string };
    assert.equal(error.code, 'HF_RATE_LIMITED');
    up.succeed('done');
    await result;
  });

  it('is not sent in a pause between two tries, and anew with each try', async () => {
    const scene = given(engine, {
      hedge: { delayMs: 50, maxHedges: 1 },
      retry: { maxRetries: 1, backoff: constant({ baseMs: 200, jitter: 'none' }) },
    });
    const up = upstream<string>();
    const result = scene.guarded.execute(up.operation);
    await scene.clock.advance(20);
    up.fail(new Error('at once'));
    await scene.clock.advance(190);
    assert.equal(up.calls, 1);
    await scene.clock.advance(10);
    assert.equal(up.calls, 2);
    await scene.clock.advance(60);
    up.succeed('done');
    assert.equal(await result, 'done');
    assert.ok(of(scene, 'hedge').length <= 1);
  });

  it('draws on the retry budget, and is left out when that is spent', async () => {
    const scene = given(engine, {
      hedge: { delayMs: 10, maxHedges: 1 },
      retry: { maxRetries: 1, budget: { ratio: 0.5, minPerSecond: 0 } },
    });
    const sent: number[] = [];
    for (let call = 0; call < 4; call++) {
      const up = upstream<string>();
      const result = scene.guarded.execute(up.operation);
      await scene.clock.advance(10);
      sent.push(up.calls);
      up.succeed('done');
      await result;
    }
    assert.equal(
      sent.reduce((sum, calls) => sum + calls, 0),
      6,
      `${sent}`,
    );
    assert.equal(of(scene, 'hedge').length, 2);
  });
});
