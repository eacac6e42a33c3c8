import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Holdfast } from '../../src/index.ts';
import { given, open, reached, type Tasks, words } from './given.ts';

/** Offloads tasks that note their value in their turn; gives the values in the order in which they ran. */
function notes(holdfast: Holdfast<string, Tasks>) {
  const order = words(1_024);
  const running: Promise<unknown>[] = [];
  return {
    add(value: number, options: { policy?: string; priority?: number } = {}) {
      running.push(holdfast.offload('note', { words: order, value }, options));
    },
    async order(): Promise<number[]> {
      await Promise.all(running);
      return [...order.slice(1, 1 + order[0])];
    },
  };
}

describe('tasks of one compartment', () => {
  let holdfast: Holdfast<string, Tasks>;

  before(async () => {
    holdfast = await given();
  });

  after(() => holdfast.stop());

  it('run in their order, and by their priority before that', async () => {
    const shared = words();
    const first = holdfast.offload('gate', shared);
    const { add, order } = notes(holdfast);
    for (const [value, priority] of [
      [1, 4],
      [2, 0],
      [3, 7],
      [4, 4],
      [5, 7],
    ])
      add(value, { priority });
    open(shared);
    await first;
    assert.deepEqual(await order(), [3, 5, 1, 4, 2]);
  });

  it('overtake what was sent to a thread but not begun there', async () => {
    const warm = notes(holdfast);
    for (let value = 0; value < 50; value++) warm.add(value);
    await warm.order();
    const { add, order } = notes(holdfast);
    // The first few leave in a message behind a task that is expected to be short and is not.
    const shared = words();
    const trained = Array.from({ length: 20 }, () => holdfast.offload('gate', openWords()));
    await Promise.all(trained);
    const first = holdfast.offload('gate', shared);
    for (let value = 1; value <= 5; value++) add(value);
    await reached(shared, 0, 1);
    add(9, { priority: 7 });
    open(shared);
    await first;
    assert.deepEqual(await order(), [9, 1, 2, 3, 4, 5]);
  });
});

function openWords(): Int32Array {
  const shared = words();
  open(shared);
  return shared;
}

describe('compartments that share a thread', () => {
  const policies = { a: {}, b: {}, c: {} };

  it('take turns, so that one that comes anew waits for one task at most', async () => {
    const holdfast = await given({}, { policies });
    const shared = words();
    const first = holdfast.offload('gate', shared, { policy: 'a' });
    const { add, order } = notes(holdfast);
    for (let value = 100; value < 120; value++) add(value, { policy: 'a' });
    add(1, { policy: 'b' });
    open(shared);
    await first;
    const ran = await order();
    assert.ok(ran.indexOf(1) <= 1, `it ran after ${ran.indexOf(1)} of the others: ${ran}`);
    await holdfast.stop();
  });

  it('do not wait for a flood of small tasks, however many are on their way: for one at most', async () => {
    const newcomers = ['b', 'c', 'd', 'e', 'f'];
    const compartments = Object.fromEntries(['a', ...newcomers].map((name) => [name, {}]));
    const holdfast = await given({ maxQueue: 100_000 }, { policies: compartments });
    const order = words(8_000);
    const note = (value: number, policy: string) =>
      holdfast.offload('note', { words: order, value }, { policy });
    await Promise.all(Array.from({ length: 200 }, () => note(1, 'a')));
    const flood = Array.from({ length: 6_000 }, () => note(1, 'a'));
    for (const [index, policy] of newcomers.entries()) {
      const newcomer = 2 + index;
      // Somewhere in the flood, which a fast thread has behind it in a few ms.
      await reached(order, 0, Math.min(Atomics.load(order, 0) + 50, 6_000));
      const done = note(newcomer, policy);
      const begunBefore = Atomics.load(order, 0);
      await done;
      const place = order.indexOf(newcomer, 1) - 1;
      assert.ok(place <= begunBefore + 1, `${place - begunBefore} of the flood were begun before it`);
    }
    await Promise.all(flood);
    assert.equal(order[0], 6_205);
    await holdfast.stop();
  });

  it('share the thread’s time by their weights', async () => {
    const holdfast = await given({ compartments: { a: { weight: 3 }, b: { weight: 1 } } }, { policies });
    // What it takes is known beforehand: a stretch of 2 ms.
    await holdfast.offload('stretch', { words: words(4), value: 0 });
    const order = words(256);
    const shared = words();
    const first = holdfast.offload('gate', shared, { policy: 'c' });
    const run = (policy: string, value: number) =>
      holdfast.offload('stretch', { words: order, value }, { policy });
    const all = Array.from({ length: 24 }, () => [run('a', 1), run('b', 2)]).flat();
    open(shared);
    await Promise.all([first, ...all]);
    // Alike they would have 12 each. Time is measured, so a thread that was held up shifts it by a few.
    const early = [...order.slice(1, 25)];
    const ofA = early.filter((value) => value === 1).length;
    assert.ok(ofA >= 14 && ofA <= 22, `${ofA} of the first 24 were of the one with three times the weight`);
    await holdfast.stop();
  });
});

describe('a compartment with threads of its own', () => {
  it('is not held up by anything in the others', async () => {
    const holdfast = await given(
      { compartments: { cpu: { threads: 1 } } },
      { policies: { cpu: {}, other: {} } },
    );
    assert.deepEqual(holdfast.workers?.threads, { busy: 0, idle: 2, starting: 0, unended: 0 });
    const shared = words();
    const blocked = holdfast.offload('gate', shared, { policy: 'cpu' });
    const waits = holdfast.offload('echo', 1, { policy: 'cpu' });
    assert.equal(await holdfast.offload('echo', 2, { policy: 'other' }), 2);
    assert.deepEqual(
      [...(holdfast.workers?.waiting ?? [])],
      [
        ['cpu', 1],
        ['other', 0],
      ],
    );
    open(shared);
    await Promise.all([blocked, waits]);
    await holdfast.stop();
  });
});
