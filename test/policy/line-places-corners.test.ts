// Places in one line, in one thread: who keeps theirs when others go, and what they are reckoned at.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fine, givenLater as given, onBothEngines, pending, settled } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a place in line', (engine) => {
  it('is there for the least priority too, and needs no timer where nothing limits the wait', async () => {
    const { clock, guarded } = given(engine, {
      bulkhead: { maxConcurrent: 1, maxQueue: 2, maxWaitMs: Number.POSITIVE_INFINITY },
    });
    const slow = pending();
    const running = guarded.execute(slow.operation);
    const waits = guarded.execute(fine, { priority: 0 });
    assert.equal(clock.pending, 0);
    slow.resolve('done');
    assert.deepEqual(await Promise.all([running, waits]), ['done', 'fine']);
  });

  it('is kept when somebody leaves between two', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 3 } });
    const slow = pending();
    const running = guarded.execute(slow.operation);
    const order: string[] = [];
    const caller = new AbortController();
    const stand = (name: string, signal?: AbortSignal) =>
      guarded.execute(() => void order.push(name), { signal });
    const first = stand('first');
    const second = errorOf(stand('second', caller.signal));
    const third = stand('third');
    caller.abort('enough');
    assert.equal(await second, 'enough');
    slow.resolve('done');
    await Promise.all([running, first, third]);
    assert.deepEqual(order, ['first', 'third']);
    assert.equal(guarded.bulkhead?.queued, 0);
  });

  it('is reckoned at what it asks for, until it is left', async () => {
    const { clock, guarded } = given(engine, {
      rateLimiter: { permitsPerSecond: 10, burst: 1, maxWaitMs: 250 },
    });
    await guarded.execute(fine);
    const [first, second] = [guarded.execute(fine), guarded.execute(fine)];
    await clock.advance(100);
    assert.equal(await first, 'fine');
    const third = guarded.execute(fine);
    assert.equal((await guarded.executeOutcome(fine)).ok, false);
    await clock.advance(100);
    assert.deepEqual(await settled(second), { ok: 'fine' });
    await clock.advance(100);
    assert.deepEqual(await settled(third), { ok: 'fine' });
    assert.equal(clock.pending, 0);
  });
});
