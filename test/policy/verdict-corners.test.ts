// What follows from the end of an attempt, where whoever is asked or told of it interferes.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, policy } from '../../src/index.ts';
import { manualClock, upstream } from '../../src/testing/index.ts';
import { scrape } from '../control/metrics/scrape.ts';
import { boom, failing, fine, givenLater as given, names, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a caller that leaves as its call ends badly', (engine) => {
  const ONE = { circuitBreaker: { consecutiveFailures: 1 } };
  const leavesAsItOpens = (scene: ReturnType<typeof given>) => {
    const caller = new AbortController();
    scene.guarded.on('stateChange', () => caller.abort('enough'));
    return errorOf(scene.guarded.execute(boom, { signal: caller.signal }));
  };

  it('because the breaker opens is told so, and nobody is told of a failure', async () => {
    const scene = given(engine, { ...ONE, timeout: { attemptMs: 1_000 } });
    assert.equal(await leavesAsItOpens(scene), 'enough');
    assert.deepEqual(names(scene), ['stateChange']);
  });

  it('because the breaker opens is not tried again', async () => {
    const scene = given(engine, { ...ONE, retry: { maxRetries: 1, backoff: () => 0 } });
    assert.equal(await leavesAsItOpens(scene), 'enough');
    assert.deepEqual(names(scene), ['stateChange']);
  });

  it('as it is judged gives its slot back once, though the judge breaks', async () => {
    const caller = new AbortController();
    const { guarded } = given(engine, {
      bulkhead: { maxConcurrent: 1 },
      timeout: { attemptMs: 1_000 },
      isFailure: () => {
        caller.abort('enough');
        throw new Error('no judge');
      },
    });
    assert.equal(await errorOf(guarded.execute(fine, { signal: caller.signal })), 'enough');
    assert.equal(guarded.bulkhead?.active, 0);
    const permits = [1, 2].map(() => guarded.tryAcquire().ok);
    assert.deepEqual(permits, [true, false]);
  });
});

onBothEngines('a success', (engine) => {
  it('beside another attempt is the answer, whatever might be worth a retry', async () => {
    const { clock, guarded } = given(engine, {
      hedge: { delayMs: 10 },
      retry: { maxRetries: 1, backoff: () => 0, shouldRetry: () => true },
    });
    const up = upstream<string>();
    const result = guarded.execute(up.operation);
    await clock.advance(10);
    await up.next();
    (await up.next()).succeed('second');
    assert.equal(await result, 'second');
    assert.equal(up.calls, 2);
  });

  it('of a retry took as long as the whole call', async () => {
    const { clock, guarded } = given(engine, {
      retry: { maxRetries: 1, backoff: () => 100 },
      latencyBudget: { percentile: 0.5, targetMs: 1_000 },
    });
    const result = guarded.execute(failing(1));
    await clock.advance(100);
    assert.equal(await result, 'done');
    assert.ok((guarded.latencyBudget?.p50Ms as number) > 90);
  });

  it('is one after a retry only where there was a retry', async () => {
    const clock = manualClock({ startMs: 36_000_000 });
    const holdfast = createHoldfast({
      clock,
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: { send: { isFailure: ({ ok }) => !ok, retry: { maxRetries: 1, backoff: () => 0 } } },
    });
    const retried = async () => (await scrape(holdfast)).get('retry_success_total{policy="send"}');
    await holdfast.policy('send').execute(fine);
    assert.equal(await retried(), 0);
    await holdfast.policy('send').execute(failing(1));
    assert.equal(await retried(), 1);
  });
});

onBothEngines('who listens to one of the two ends of a call', (engine) => {
  it('hears of that', async () => {
    for (const [name, operation] of [
      ['success', failing(1)],
      ['failure', boom],
    ] as const) {
      const guarded = policy(
        { retry: { maxRetries: 1, backoff: () => 0 } },
        { clock: manualClock(), engine },
      );
      let heard = 0;
      guarded.on(name, () => heard++);
      await guarded.executeOutcome<string>(operation);
      assert.equal(heard, 1, name);
    }
  });
});

onBothEngines('a timeout that adapts', (engine) => {
  it('is found anew once a part of its window has gone by, and is what it was until then', async () => {
    const scene = given(engine, {
      timeout: {
        adaptive: { percentile: 0.9, multiplier: 10, minMs: 1, maxMs: 60_000, windowMs: 512_000 },
      },
    });
    const { clock, guarded } = scene;
    const took = async (calls: number, ms: number) => {
      const slow = Array.from({ length: calls }, () => pending());
      const results = slow.map(({ operation }) => guarded.execute(operation));
      await clock.advance(ms);
      for (const each of slow) each.resolve('done');
      await Promise.all(results);
    };
    const askedMs = () => guarded.execute(({ remainingMs }) => remainingMs);
    await took(30, 10);
    await clock.advance(1_000);
    const first = await askedMs();
    assert.ok(first > 90 && first < 120, `${first}`);
    await took(300, 80);
    await clock.advance(919);
    assert.equal(await askedMs(), first);
    await clock.advance(1);
    const second = await askedMs();
    assert.ok(second > 700 && second < 900, `${second}`);
  });
});
