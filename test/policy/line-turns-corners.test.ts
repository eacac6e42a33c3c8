// Turns in one line: one after another, whatever is done during one, and what is left of a place once it is given up.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { timersOf } from '../../src/base/timers.ts';
import { policy } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { fine, givenLater as given, onBothEngines, pending, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a turn', (engine) => {
  it('comes when all that the one before it brought about has been told', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 3 } });
    const order: string[] = [];
    guarded.on('success', () => order.push('told'));
    const held = guarded.tryAcquire();
    assert.ok(held.ok);
    const calls = [1, 2, 3].map((number) => guarded.execute(() => order.push(`run ${number}`)));
    held.settle('ignored');
    await Promise.all(calls);
    assert.deepEqual(order, ['run 1', 'told', 'run 2', 'told', 'run 3', 'told']);
  });

  it('is not missed that a listener makes possible who is told while the line is asked', async () => {
    const { clock, guarded } = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100 },
      bulkhead: { maxConcurrent: 2, maxQueue: 1 },
      timeout: { attemptMs: 10 },
    });
    const held = guarded.tryAcquire();
    assert.ok(held.ok);
    const late = errorOf(guarded.execute(pending().operation));
    const waits = guarded.execute(fine);
    await clock.advance(10);
    assert.equal(((await late) as { code: string }).code, 'HF_TIMEOUT');
    await clock.advance(100);
    assert.equal(await settled(waits), 'pending');
    // The first who asks makes it half-open, and finds the bulkhead full.
    guarded.on('stateChange', () => held.settle('ignored'));
    guarded.update({ bulkhead: { maxQueue: 2 } });
    assert.deepEqual(await settled(waits), { ok: 'fine' });
  });

  it('comes to who has a place without a number of its own', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 2 } });
    const core = Policy.coreOf(guarded);
    const { kernels } = core;
    const slow = pending();
    const running = guarded.execute(slow.operation);
    // What is answered where other threads are quicker thousands of times in a row.
    const lineJoin: typeof kernels.lineJoin = (...args) => 0 * kernels.lineJoin(...args);
    Object.assign(core, { kernels: { ...kernels, lineJoin } });
    const waits = guarded.execute(fine);
    assert.equal(guarded.bulkhead?.queued, 1);
    slow.resolve('done');
    assert.deepEqual(await Promise.all([running, waits]), ['done', 'fine']);
  });
});

onBothEngines('a place that is given up', (engine) => {
  it('leaves nothing of what it asked for behind, not even a fraction', async () => {
    const { guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 5_000 },
    });
    const { kernels, at } = Policy.coreOf(guarded);
    await guarded.execute(fine);
    const caller = new AbortController();
    const { signal } = caller;
    const left = [0.1, 0.2].map((permits) => errorOf(guarded.execute(fine, { permits, signal })));
    assert.ok(kernels.lineCosts(at) > 0.29);
    caller.abort('enough');
    assert.deepEqual(await Promise.all(left), ['enough', 'enough']);
    assert.equal(kernels.lineCosts(at), 0);
  });
});

onBothEngines('a place in line on the clock of the system', (engine) => {
  it('is looked at again twice a second though nothing limits the wait, and no longer than it is held', async () => {
    const guarded = policy({ bulkhead: { maxConcurrent: 1, maxQueue: 1 } }, { engine });
    const core = Policy.coreOf(guarded);
    const held = guarded.tryAcquire();
    assert.ok(held.ok);
    const timers = timersOf(systemClock);
    const before = timers.size;
    const earliestMs = core.now() + 500;
    const waits = guarded.execute(fine);
    const latestMs = core.now() + 500;
    const atMs = core.line?.timerAtMs ?? Number.NaN;
    assert.ok(atMs >= earliestMs && atMs <= latestMs, `${earliestMs} ${atMs} ${latestMs}`);
    const during = timers.size;
    held.settle('success');
    const after = timers.size;
    assert.deepEqual([during - before, after - before], [1, 0]);
    assert.equal(await waits, 'fine');
  });
});
