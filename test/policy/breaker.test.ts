// The breaker beside SCENARIOS 1–11: open times, openFor, the ramp, the operator's hand, events, silent trials.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CircuitOpenError, exponential } from '../../src/index.ts';
import type { Permit } from '../../src/policy/types.ts';
import { Boom, boom, fine, type Given, given, of, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const moves = (scene: Given) => of(scene, 'stateChange').map(({ from, to }) => `${from} → ${to}`);
const ONE = { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 1 } };

onBothEngines('a breaker', (engine) => {
  it('stays open longer with each reopening, and starts over when it closes', async () => {
    const { guarded, clock } = given(engine, {
      circuitBreaker: { ...ONE, openMs: exponential({ baseMs: 100, jitter: 'none', maxMs: 500 }) },
    });
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      await errorOf(guarded.execute(boom));
      waits.push(guarded.circuitBreaker?.retryAfterMs as number);
      await clock.advance(waits[i]);
    }
    assert.deepEqual(waits, [100, 200, 400, 500, 500]);
    await guarded.execute(fine);
    for (const openMs of [100, 200]) {
      await errorOf(guarded.execute(boom));
      assert.equal(guarded.circuitBreaker?.retryAfterMs, openMs);
      await clock.advance(openMs);
    }
    await guarded.execute(fine);
    guarded.circuitBreaker?.open();
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 100);
    guarded.circuitBreaker?.open(7);
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 7);
    assert.throws(() => guarded.circuitBreaker?.open(-1), { code: 'HF_BAD_OPTION' });
  });

  it('opens for as long as openFor says of any outcome, results and timeouts included', async () => {
    const scene = given(engine, {
      circuitBreaker: {
        consecutiveFailures: 99,
        openFor: (outcome) => {
          if (outcome.ok) return outcome.value as number;
          return (outcome.error as { code?: string }).code === 'HF_TIMEOUT' ? 77 : undefined;
        },
      },
      timeout: { attemptMs: 5 },
    });
    const { circuitBreaker } = scene.guarded;
    await scene.guarded.execute(() => 500);
    assert.equal(circuitBreaker?.retryAfterMs, 500);
    circuitBreaker?.close();
    await errorOf(scene.guarded.execute(boom));
    assert.equal(circuitBreaker?.state, 'closed');
    const late = errorOf(scene.guarded.execute(pending().operation));
    await scene.clock.advance(5);
    await late;
    assert.equal(circuitBreaker?.retryAfterMs, 77);
  });

  it('lets calls back in by and by after a close, where it ramps up', async () => {
    let draw = 0.5;
    const { guarded, clock } = given(
      engine,
      { circuitBreaker: { ...ONE, ramp: { ms: 1000 } } },
      { random: () => draw },
    );
    assert.equal(await guarded.execute(fine), 'fine');
    await errorOf(guarded.execute(boom));
    await clock.advance(100);
    await guarded.execute(fine);
    const passes = async () => (await guarded.executeOutcome(fine)).ok;
    const refused = (await errorOf(guarded.execute(fine))) as CircuitOpenError;
    assert.ok(refused instanceof CircuitOpenError);
    assert.deepEqual([refused.state, guarded.circuitBreaker?.state], ['closed', 'closed']);
    draw = 0.09;
    assert.equal(await passes(), true);
    draw = 0.5;
    // 10 % and the rest in a straight line: half of them after 4/9 of the time.
    await clock.advance(440);
    assert.equal(await passes(), false);
    await clock.advance(10);
    assert.equal(await passes(), true);
    draw = 0.999;
    await clock.advance(550);
    assert.equal(await passes(), true);
  });

  it('tells of each move once, whoever makes it', async () => {
    const scene = given(engine, { circuitBreaker: ONE });
    const breaker = scene.guarded.circuitBreaker;
    await errorOf(scene.guarded.execute(boom));
    await scene.clock.advance(100);
    assert.equal(breaker?.state, 'half-open');
    assert.deepEqual(moves(scene), ['closed → open']);
    await errorOf(scene.guarded.execute(boom));
    await scene.clock.advance(100);
    await scene.guarded.execute(fine);
    breaker?.open();
    breaker?.open();
    breaker?.close();
    const release = breaker?.isolate();
    release?.();
    breaker?.disable();
    breaker?.metricsOnly();
    breaker?.close();
    assert.deepEqual(moves(scene), [
      'closed → open',
      'open → half-open',
      'half-open → open',
      'open → half-open',
      'half-open → closed',
      'closed → open',
      'open → closed',
      'closed → isolated',
      'isolated → closed',
      'closed → disabled',
      'disabled → metrics-only',
      'metrics-only → closed',
    ]);
  });

  it('tells that it is half-open even if the call that saw it is refused by another', async () => {
    const scene = given(engine, { circuitBreaker: ONE, rateLimiter: { permitsPerSecond: 1, burst: 1 } });
    await errorOf(scene.guarded.execute(boom));
    await scene.clock.advance(100);
    const refusal = scene.guarded.tryAcquire();
    assert.ok(!refusal.ok && refusal.strategy === 'rateLimiter');
    assert.deepEqual(moves(scene), ['closed → open', 'open → half-open']);
    await scene.clock.advance(900);
    assert.equal(await scene.guarded.execute(fine), 'fine');
    assert.equal(moves(scene).at(-1), 'half-open → closed');
    assert.equal(moves(scene).length, 3);
  });

  it('gives trials up that stay silent for as long as it was open', async () => {
    const { guarded, clock } = given(engine, { circuitBreaker: ONE });
    guarded.circuitBreaker?.open();
    await clock.advance(100);
    const silent = guarded.tryAcquire() as Permit;
    assert.equal(guarded.tryAcquire().ok, false);
    await clock.advance(99);
    assert.equal(guarded.tryAcquire().ok, false);
    await clock.advance(1);
    const second = guarded.tryAcquire() as Permit;
    assert.equal(second.ok, true);
    silent.settle('failure');
    assert.equal(guarded.circuitBreaker?.state, 'half-open');
    second.settle('success');
    assert.equal(guarded.circuitBreaker?.state, 'closed');
  });

  it('by hand: disabled passes and counts nothing, metrics-only counts and never trips', async () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    const breaker = guarded.circuitBreaker;
    breaker?.disable();
    await errorOf(guarded.execute(boom));
    assert.deepEqual([breaker?.state, breaker?.counts.total], ['disabled', 0]);
    breaker?.metricsOnly();
    await errorOf(guarded.execute(boom));
    await errorOf(guarded.execute(boom));
    assert.deepEqual([breaker?.state, breaker?.counts.failures], ['metrics-only', 2]);
    breaker?.close();
    assert.equal(breaker?.state, 'closed');
    const release = breaker?.isolate();
    assert.equal(breaker?.retryAfterMs, Number.POSITIVE_INFINITY);
    release?.[Symbol.dispose]();
    assert.equal(breaker?.state, 'closed');
  });

  it('counts no result of an earlier generation, and loses none of this one for it', async () => {
    const kinds = [
      { consecutiveFailures: 3 },
      { window: { calls: 10 }, minCalls: 3 },
      { window: { ms: 10_000 }, minCalls: 3 },
    ];
    for (const circuitBreaker of kinds) {
      const { guarded } = given(engine, { circuitBreaker });
      const late = Array.from({ length: 4 }, () => guarded.tryAcquire() as Permit);
      guarded.circuitBreaker?.open();
      guarded.circuitBreaker?.close();
      await guarded.execute(fine);
      await errorOf(guarded.execute(boom));
      for (const permit of late) permit.settle('failure');
      const { total, failures } = guarded.circuitBreaker?.counts ?? { total: -1, failures: -1 };
      assert.deepEqual([guarded.circuitBreaker?.state, total, failures], ['closed', 2, 1]);
    }
  });

  it('takes no refusal of another policy for a failure', async () => {
    const { guarded } = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    const { guarded: inner } = given(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    inner.circuitBreaker?.open();
    await assert.rejects(
      guarded.execute(() => inner.execute(fine)),
      CircuitOpenError,
    );
    assert.deepEqual([guarded.circuitBreaker?.state, guarded.circuitBreaker?.counts.ignored], ['closed', 1]);
  });

  it('counts failures in a row: a success between starts over, an ignored outcome does not', async () => {
    const { guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 3 },
      isIgnored: (outcome) => !outcome.ok && !(outcome.error instanceof Boom),
    });
    const ends = async (...operations: (() => Promise<unknown>)[]) => {
      for (const operation of operations) await guarded.executeOutcome(operation);
      return guarded.circuitBreaker?.state;
    };
    const ignored = () => Promise.reject(new Error('not our business'));
    assert.equal(await ends(boom, boom, fine, boom, boom), 'closed');
    assert.equal(await ends(ignored), 'closed');
    assert.equal(await ends(boom), 'open');
  });

  it('trips on the share of the last calls, from minCalls on', async () => {
    const { guarded } = given(engine, {
      circuitBreaker: { window: { calls: 4 }, failureRate: 0.5, minCalls: 3 },
    });
    const state = async (operation: () => Promise<unknown>) => {
      await guarded.executeOutcome(operation);
      return guarded.circuitBreaker?.state;
    };
    assert.equal(await state(boom), 'closed');
    assert.equal(await state(boom), 'closed');
    guarded.circuitBreaker?.close();
    for (const operation of [boom, fine, fine, fine, fine, boom])
      assert.equal(await state(operation), 'closed');
    assert.equal(await state(boom), 'open');
    assert.equal(guarded.circuitBreaker?.counts.total, 4);
  });
});
