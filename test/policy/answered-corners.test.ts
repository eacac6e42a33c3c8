// A call has one answer, whoever interferes on the way to it, and leaves nothing behind that waited for another one.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { timersOf } from '../../src/base/timers.ts';
import { createHoldfast, policy } from '../../src/index.ts';
import type { Attempt } from '../../src/policy/attempt.ts';
import { drainCalls } from '../../src/policy/drain-calls.ts';
import { manualClock, upstream } from '../../src/testing/index.ts';
import { boom, fine, givenLater as given, onBothEngines, pending, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a caller that leaves as it is told of its failure', (engine) => {
  it('is under way no more, and a drain waits for the others alone', async () => {
    const clock = manualClock({ startMs: 36_000_000 });
    const holdfast = createHoldfast({
      clock,
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: { send: { retry: { maxRetries: 0 } } },
    });
    const send = holdfast.policy('send');
    const slow = pending();
    const running = send.execute(slow.operation);
    const caller = new AbortController();
    send.on('failure', () => caller.abort('enough'));
    assert.equal(await errorOf(send.execute(boom, { signal: caller.signal })), 'enough');
    const drained = drainCalls([send], clock, 1_000);
    assert.equal(await settled(drained), 'pending');
    slow.resolve('done');
    assert.equal(await running, 'done');
    assert.equal(await drained, 0);
  });

  it('of a refusal of its retry, has not failed', async () => {
    const { guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 0.001, burst: 1 },
      retry: { maxRetries: 1, backoff: () => 0 },
      errorBudget: { objective: 0.5, windowMs: 60_000 },
    });
    const caller = new AbortController();
    guarded.on('rejected', () => caller.abort('enough'));
    assert.equal(await errorOf(guarded.execute(boom, { signal: caller.signal })), 'enough');
    assert.equal(guarded.errorBudget?.consumed, 0);
  });
});

onBothEngines('a call that has its answer', (engine) => {
  it('has no timer left on the clock of the system', async () => {
    const guarded = policy({ timeout: { totalMs: 60_000 } }, { engine });
    const timers = timersOf(systemClock);
    const armed = timers.size;
    assert.equal(await guarded.execute(fine), 'fine');
    await errorOf(guarded.execute(boom));
    assert.equal(timers.size, armed);
  });

  it('stands in line no more, and who stood behind it goes in', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 2 } });
    const slow = pending();
    const running = guarded.execute(slow.operation);
    const caller = new AbortController();
    const first = errorOf(guarded.execute(fine, { signal: caller.signal }));
    const second = guarded.execute(fine);
    caller.abort('enough');
    assert.equal(await first, 'enough');
    assert.equal(guarded.bulkhead?.queued, 1);
    slow.resolve('done');
    assert.deepEqual(await Promise.all([running, second]), ['done', 'fine']);
  });
});

onBothEngines('a retry', (engine) => {
  it('spends from its own call’s key, whoever has called meanwhile', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 0.001, burst: 2, perKey: { maxKeys: 8 } },
      retry: { maxRetries: 1, backoff: () => 10 },
    });
    const result = errorOf(guarded.execute(boom, { key: 'a' }));
    await clock.advance(5);
    assert.equal(await guarded.execute(fine, { key: 'b' }), 'fine');
    await clock.advance(5);
    await result;
    assert.equal(guarded.tryAcquire({ key: 'b' }).ok, true);
    assert.equal(guarded.tryAcquire({ key: 'a' }).ok, false);
  });
});

onBothEngines('an operation that asks to be called back at the abort', (engine) => {
  it('is, with the reason, as often as it asked, in each attempt', async () => {
    const { clock, guarded } = given(engine, {
      timeout: { attemptMs: 10 },
      retry: { maxRetries: 1, backoff: () => 0 },
    });
    const up = upstream<string>();
    const heard: [string, unknown][] = [];
    const result = errorOf(
      guarded.execute((context) => {
        const { attempt } = context;
        const asks = context as unknown as Attempt;
        asks.whenAborted((reason) => heard.push([`${attempt} first`, reason]));
        asks.whenAborted((reason) => heard.push([`${attempt} second`, reason]));
        context.signal.addEventListener('abort', () =>
          heard.push([`${attempt} signal`, context.signal.reason]),
        );
        return up.operation(context);
      }),
    );
    await clock.advance(20);
    const last = await result;
    assert.deepEqual(heard.map(([what]) => what).sort(), [
      '1 first',
      '1 second',
      '1 signal',
      '2 first',
      '2 second',
      '2 signal',
    ]);
    assert.ok(heard.every(([, reason]) => (reason as { code: string }).code === 'HF_TIMEOUT'));
    assert.equal(heard.at(-1)?.[1], last);
  });

  it('is at once where it is aborted already', async () => {
    const { clock, guarded } = given(engine, { timeout: { attemptMs: 10 } });
    const heard: unknown[] = [];
    const up = upstream<string>();
    const result = errorOf(guarded.execute(up.operation));
    const { context } = await up.next();
    await clock.advance(10);
    (context as unknown as Attempt).whenAborted((reason) => heard.push(reason));
    assert.deepEqual(heard, [await result]);
    assert.equal(context.signal.reason, heard[0]);
  });
});
