// SCENARIOS 21–23: the bulkhead and its line. 24 stands with the kernels.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BulkheadFullError, BulkheadTimeoutError } from '../../src/index.ts';
import { boom, given, onBothEngines, pending, settled } from '../support/given.ts';

onBothEngines('bulkhead', (engine) => {
  it('21: newcomers never overtake', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 1 } });
    const order: string[] = [];
    const a = pending();
    const first = guarded.execute(a.operation);
    const b = pending();
    const second = guarded.execute(() => {
      order.push('B');
      return b.operation();
    });
    const third: Promise<unknown>[] = [];
    const arrive = (name: string) =>
      guarded.execute(async () => {
        order.push(name);
      });
    const settling = first.then(() => {
      for (const name of ['X', 'Y']) third.push(arrive(name).catch((error) => error));
    });
    a.resolve('A');
    await settling;
    b.resolve('B');
    await second;
    const [x, y] = await Promise.all(third);
    assert.deepEqual(order, ['B', 'X']);
    assert.equal(x, undefined);
    assert.ok(y instanceof BulkheadFullError);
  });

  it('22: slots return whatever happens', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 2 } });
    guarded.on('failure', () => {
      throw new Error('listener');
    });
    for (let i = 0; i < 1000; i++) {
      await guarded
        .execute(() => {
          throw new Error('sync');
        })
        .catch(() => {});
      await guarded.execute(boom).catch(() => {});
      const controller = new AbortController();
      const own = pending();
      const call = guarded.execute(own.operation, { signal: controller.signal }).catch(() => {});
      controller.abort();
      own.resolve('late');
      await call;
    }
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      [guarded.bulkhead?.active, guarded.bulkhead?.queued, guarded.bulkhead?.abandoned],
      [0, 0, 0],
    );
  });

  it('23: two run, two queue, the fifth is refused; then all places are free', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 2, maxQueue: 2 } });
    const four = [pending(), pending(), pending(), pending()];
    const calls = four.map(({ operation }) => guarded.execute(operation));
    await assert.rejects(guarded.execute(pending().operation), {
      code: 'HF_BULKHEAD_FULL',
      strategy: 'bulkhead',
    });
    assert.deepEqual([guarded.bulkhead?.active, guarded.bulkhead?.queued], [2, 2]);
    for (const { resolve } of four) {
      await new Promise((done) => setImmediate(done));
      resolve('done');
    }
    await Promise.all(calls);
    assert.deepEqual([guarded.bulkhead?.active, guarded.bulkhead?.queued], [0, 0]);
  });

  it('23: a waiter waits as long as it may', async () => {
    const { clock, guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 1, maxWaitMs: 50 } });
    const holder = pending();
    const held = guarded.execute(holder.operation);
    const waiting = guarded.execute(boom);
    const seen = assert.rejects(waiting, BulkheadTimeoutError);
    await clock.advance(49);
    assert.equal(await settled(waiting), 'pending');
    await clock.advance(1);
    await seen;
    assert.equal(guarded.bulkhead?.queued, 0);
    holder.resolve('done');
    await held;
    assert.equal(clock.pending, 0);
  });

  it('serves higher priorities first, then who came first', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 10 } });
    const holder = pending();
    const held = guarded.execute(holder.operation);
    const order: string[] = [];
    const calls = (
      [
        ['low', 1],
        ['a', 4],
        ['high', 7],
        ['b', 4],
      ] as const
    ).map(([name, priority]) => guarded.execute(async () => void order.push(name), { priority }));
    holder.resolve('done');
    await Promise.all([held, ...calls]);
    assert.deepEqual(order, ['high', 'a', 'b', 'low']);
  });

  it('lets the line in when the limit is raised', async () => {
    const { guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 5 } });
    const four = [pending(), pending(), pending()];
    const calls = four.map(({ operation }) => guarded.execute(operation));
    assert.equal(guarded.bulkhead?.queued, 2);
    guarded.update({ bulkhead: { maxConcurrent: 3 } });
    assert.deepEqual(
      [guarded.bulkhead?.queued, guarded.bulkhead?.active, guarded.bulkhead?.limit],
      [0, 3, 3],
    );
    for (const { resolve } of four) resolve('done');
    await Promise.all(calls);
  });

  it('a hundred thousand waiters leave in one tick', async () => {
    const { clock, guarded } = given(engine, { bulkhead: { maxConcurrent: 1, maxQueue: 100_000 } });
    const holder = pending();
    const held = guarded.execute(holder.operation);
    const controller = new AbortController();
    const calls = Array.from({ length: 100_000 }, () =>
      guarded.execute(boom, { signal: controller.signal }).catch((error) => error),
    );
    assert.equal(guarded.bulkhead?.queued, 100_000);
    const reason = new Error('all');
    controller.abort(reason);
    const errors = await Promise.all(calls);
    assert.ok(errors.every((error) => error === reason));
    assert.equal(guarded.bulkhead?.queued, 0);
    holder.resolve('done');
    await held;
    assert.deepEqual([guarded.bulkhead?.active, clock.pending], [0, 0]);
  });
});
