// Calls that nobody listens to: a policy that is nothing but a breaker may take a shorter way then, and answers alike.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { it } from 'node:test';
import { type PolicyOptions, policy } from '../../src/index.ts';
import { manualClock, upstream } from '../../src/testing/index.ts';
import {
  type Boom,
  boom,
  type Engine,
  failing,
  fine,
  given,
  names,
  onBothEngines,
  pending,
} from '../support/given.ts';
import { errorOf } from './bad-days.ts';

const TWICE = {
  circuitBreaker: { consecutiveFailures: 2, openMs: 100, halfOpen: { permits: 1 } },
} satisfies PolicyOptions;

function unheard(engine: Engine, options: PolicyOptions = TWICE) {
  const clock = manualClock({ startMs: 36_000_000 });
  return { clock, guarded: policy(options, { clock, engine }) };
}

onBothEngines('a breaker that nobody listens to', (engine) => {
  it('opens by failures in a row, thrown at once or later, and a success begins the row anew', async () => {
    const { clock, guarded } = unheard(engine);
    const state = () => guarded.circuitBreaker?.state;
    const thrown = new Error('at once');
    const throws = () => {
      throw thrown;
    };
    assert.equal(await errorOf(guarded.execute(throws)), thrown);
    assert.equal(await guarded.execute(fine), 'fine');
    assert.equal(((await errorOf(guarded.execute(boom))) as Boom).message, 'boom');
    assert.equal(state(), 'closed');
    assert.equal(await errorOf(guarded.execute(throws)), thrown);
    assert.equal(state(), 'open');
    assert.equal(guarded.circuitBreaker?.retryAfterMs, 100);
    assert.equal(((await errorOf(guarded.execute(fine))) as { code: string }).code, 'HF_CIRCUIT_OPEN');
    await clock.advance(100);
    assert.equal(await guarded.execute(fine), 'fine');
    assert.equal(state(), 'closed');
  });

  it('lets nobody by while it is isolated, and hears of nothing while it is switched off', async () => {
    const { guarded } = unheard(engine);
    const breaker = guarded.circuitBreaker;
    const release = breaker?.isolate();
    assert.equal(((await errorOf(guarded.execute(fine))) as { code: string }).code, 'HF_CIRCUIT_OPEN');
    release?.();
    assert.equal(await guarded.execute(fine), 'fine');
    breaker?.metricsOnly();
    for (let call = 0; call < 3; call++) await errorOf(guarded.execute(boom));
    assert.equal(breaker?.counts.failures, 3);
    breaker?.disable();
    for (let call = 0; call < 3; call++) await errorOf(guarded.execute(boom));
    breaker?.close();
    assert.equal(breaker?.state, 'closed');
    assert.equal(await guarded.execute(fine), 'fine');
  });

  it('does not hear of a call from before it moved', async () => {
    const { guarded } = unheard(engine, { circuitBreaker: { consecutiveFailures: 1 } });
    const late = pending();
    const result = errorOf(guarded.execute(late.operation));
    guarded.circuitBreaker?.open();
    guarded.circuitBreaker?.close();
    const reason = new Error('late');
    late.reject(reason);
    assert.equal(await result, reason);
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    await errorOf(guarded.execute(boom));
    assert.equal(guarded.circuitBreaker?.state, 'open');
  });

  it('judges as it was told to, and rejects with what the judge threw', async () => {
    const broken = new Error('no judge');
    const { guarded } = unheard(engine, {
      ...TWICE,
      isIgnored: (outcome) => outcome.ok && outcome.value === 'nothing',
      isFailure: (outcome) => {
        if (outcome.ok && outcome.value === 'odd') throw broken;
        return outcome.ok && outcome.value === 'bad';
      },
    });
    const answer = (value: string) => guarded.execute(() => value);
    assert.equal(await answer('bad'), 'bad');
    assert.equal(await answer('nothing'), 'nothing');
    assert.equal(await errorOf(answer('odd')), broken);
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    assert.equal(guarded.circuitBreaker?.counts.ignored, 2);
    assert.equal(await answer('bad'), 'bad');
    assert.equal(guarded.circuitBreaker?.state, 'open');
  });

  it('is refused to a policy that was disposed of', async () => {
    const { guarded } = unheard(engine);
    guarded.dispose();
    let ran = 0;
    await assert.rejects(
      guarded.execute(() => ran++),
      /disposed of/,
    );
    assert.equal(ran, 0);
  });

  it('is told to whoever listens to the calls of the process', async () => {
    const { guarded } = unheard(engine);
    const heard: unknown[] = [];
    const hear = (message: unknown) => heard.push((message as { ok: boolean }).ok);
    subscribe('holdfast:call', hear);
    await guarded.execute(fine);
    await errorOf(guarded.execute(boom));
    unsubscribe('holdfast:call', hear);
    await guarded.execute(fine);
    assert.deepEqual(heard, [true, false]);
  });
});

onBothEngines('whatever else stands around a breaker that nobody listens to', (engine) => {
  it('is asked as well', async () => {
    const one = { ...TWICE, bulkhead: { maxConcurrent: 1 } };
    for (const [shape, code] of [
      [one, 'HF_BULKHEAD_FULL'],
      [{ bulkhead: { maxConcurrent: 1 } }, 'HF_BULKHEAD_FULL'],
      [{ ...TWICE, rateLimiter: { permitsPerSecond: 0.001, burst: 1 } }, 'HF_RATE_LIMITED'],
    ] as [PolicyOptions, string][]) {
      const { guarded } = unheard(engine, shape);
      const slow = pending();
      const running = guarded.execute(slow.operation);
      assert.equal(((await errorOf(guarded.execute(fine))) as { code: string }).code, code);
      slow.resolve('done');
      assert.equal(await running, 'done');
    }
    const queueing = unheard(engine, { ...TWICE, bulkhead: { maxConcurrent: 1, maxQueue: 1 } });
    const slow = pending();
    const both = [queueing.guarded.execute(slow.operation), queueing.guarded.execute(fine)];
    assert.equal(queueing.guarded.bulkhead?.queued, 1);
    slow.resolve('done');
    assert.deepEqual(await Promise.all(both), ['done', 'fine']);
  });

  it('does its part', async () => {
    const instead = unheard(engine, { ...TWICE, fallback: () => 'instead' });
    assert.equal(await instead.guarded.execute(boom), 'instead');
    const again = unheard(engine, { ...TWICE, retry: { maxRetries: 1, backoff: () => 0 } });
    assert.equal(await again.guarded.execute(failing(1)), 'done');
    const timed = unheard(engine, { ...TWICE, timeout: { attemptMs: 10 } });
    const result = errorOf(timed.guarded.execute(pending().operation));
    await timed.clock.advance(10);
    assert.equal(((await result) as { code: string }).code, 'HF_TIMEOUT');
    const budget = unheard(engine, {
      ...TWICE,
      errorBudget: { objective: 0.5, windowMs: 60_000, minCalls: 1 },
    });
    await errorOf(budget.guarded.execute(boom));
    assert.equal(budget.guarded.errorBudget?.exhausted, true);
  });

  it('counts in its window how calls ended, and how long they took', async () => {
    const shape = { circuitBreaker: { window: { calls: 4 }, minCalls: 2, failureRate: 0.5 } };
    const { clock, guarded } = unheard(engine, shape);
    const up = upstream<string>();
    const result = guarded.execute(up.operation);
    await clock.advance(30);
    up.succeed('done');
    assert.equal(await result, 'done');
    assert.equal(guarded.circuitBreaker?.counts.durationMs, 30);
    await errorOf(guarded.execute(boom));
    assert.equal(guarded.circuitBreaker?.state, 'open');
  });
});

onBothEngines('what an operation gives', (engine) => {
  const then = (resolve: (value: string) => void) => resolve('later');
  const callable = Object.assign(() => {}, { then });
  const plain = () => 'called';
  const shapes: PolicyOptions[] = [TWICE, { circuitBreaker: { window: { calls: 4 } } }, { retry: {} }];

  it('is its caller’s as it is, or what it promises', async () => {
    for (const shape of shapes) {
      const { guarded } = unheard(engine, shape);
      for (const value of [undefined, null, 0, 'text', plain, Number.NaN]) {
        assert.equal(await guarded.execute(() => value as never), value);
      }
      for (const value of [{ then }, callable]) {
        assert.equal(await guarded.execute(() => value as never), 'later');
      }
      assert.deepEqual(await guarded.executeOutcome(fine), { ok: true, value: 'fine', rejected: false });
    }
  });
});

onBothEngines('an operation that answers at once', (engine) => {
  it('has given back what it held before the next line', async () => {
    const shapes: PolicyOptions[] = [{}, { timeout: { attemptMs: 1_000 } }, { retry: {} }];
    for (const shape of shapes) {
      const { guarded } = unheard(engine, { ...shape, bulkhead: { maxConcurrent: 1 } });
      const results = [1, 2, 3].map((value) => guarded.execute(() => value));
      assert.equal(guarded.bulkhead?.active, 0);
      assert.deepEqual(await Promise.all(results), [1, 2, 3]);
    }
  });

  it('has been heard by the breaker before the next line', async () => {
    const { guarded } = unheard(engine);
    const fails = () => {
      throw new Error('at once');
    };
    const ended = Promise.allSettled([fails, () => 'fine', fails].map((each) => guarded.execute(each)));
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    assert.equal(await guarded.execute(fine), 'fine');
    assert.equal(guarded.circuitBreaker?.state, 'closed');
    await ended;
  });
});

onBothEngines('an outcome that is to be ignored', (engine) => {
  it('is told to nobody who listens', async () => {
    for (const ignored of [true, false]) {
      const scene = given(engine, { ...TWICE, isIgnored: () => ignored });
      await errorOf(scene.guarded.execute(boom));
      assert.deepEqual(names(scene), ignored ? [] : ['failure']);
    }
  });
});
