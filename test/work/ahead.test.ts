import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Holdfast } from '../../src/index.ts';
import { errorOf, given, open, reached, type Tasks, words } from './given.ts';

/** A runtime that knows what its tasks take: two milliseconds, too long for a batch. */
async function trained(workers: object, policies = {}): Promise<Holdfast<string, Tasks>> {
  const holdfast = await given(workers, { policies });
  const unread = words(64);
  for (let value = 0; value < 10; value++) await holdfast.offload('stretchOrWait', { words: unread, value });
  return holdfast;
}

describe('a task of some length', () => {
  it('is begun as soon as its thread is free, though the main thread has no time', async () => {
    const holdfast = await trained({});
    const order = words();
    const all = [1, 2, 3, 4].map((value) => holdfast.offload('stretchOrWait', { words: order, value }));
    await all[0];
    // The main thread hears of nothing meanwhile.
    const untilMs = performance.now() + 5_000;
    while (Atomics.load(order, 0) < 3 && performance.now() < untilMs);
    assert.ok(Atomics.load(order, 0) >= 3, 'the third ran behind the second without being sent for');
    await Promise.all(all);
    assert.deepEqual([...order.slice(0, 5)], [4, 1, 2, 3, 4]);
    await holdfast.stop();
  });

  it('waits for no other one as long as a thread is free', async () => {
    const holdfast = await trained({ minThreads: 2, maxThreads: 2 });
    const order = words(32);
    const gate = words();
    const all = Array.from({ length: 12 }, (_, value) =>
      holdfast.offload('stretchOrWait', { words: order, value, gate: value === 3 ? gate : undefined }),
    );
    await Promise.all(all.filter((_, value) => value !== 3));
    assert.equal(order[0], 11, 'all others ran while that one held its thread');
    open(gate);
    await all[3];
    await holdfast.stop();
  });

  it('gives its place to what is more urgent, and to a compartment that has had nothing yet', async () => {
    const holdfast = await trained({}, { a: {}, b: {} });
    const order = words(32);
    const gate = words();
    const run = (value: number, options: object, held?: Int32Array) =>
      holdfast.offload('stretchOrWait', { words: order, value, gate: held }, options);
    const first = run(0, { policy: 'a' });
    const held = run(1, { policy: 'a' }, gate);
    const later = [2, 3].map((value) => run(value, { policy: 'a' }));
    await first;
    await reached(gate, 0, 1);
    const urgent = run(8, { policy: 'a', priority: 7 });
    const other = run(9, { policy: 'b' });
    open(gate);
    await Promise.all([held, ...later, urgent, other]);
    assert.deepEqual([...order.slice(1, 5)].sort(), [0, 1, 8, 9], 'before those that came earlier');
    await holdfast.stop();
  });

  it('counts as one that waits until it is begun', async () => {
    const holdfast = await trained({ maxQueue: 2 });
    const order = words(32);
    const gate = words();
    const run = (value: number, held?: Int32Array) =>
      holdfast.offload('stretchOrWait', { words: order, value, gate: held });
    const taken = [run(0), run(1, gate), run(2)];
    await taken[0];
    await reached(gate, 0, 1);
    taken.push(run(3));
    assert.equal((await errorOf(run(4))).code, 'HF_QUEUE_FULL');
    open(gate);
    await Promise.all(taken);
    await holdfast.stop();
  });
});
