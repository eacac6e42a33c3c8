import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_BULKHEAD, F_LINE, LINE_EVENT, LINE_GRANTS } from '../../assembly/layout.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Threads } from '../../src/state/threads.ts';
import { ENGINES, givenPlane, givenPolicy, type TestedEngine } from './given.ts';

function given(engine: TestedEngine, numbers: { maxConcurrent: number; maxQueue?: number }) {
  const plane = givenPlane({}, engine);
  const { slot, kernels } = givenPolicy({ features: F_BULKHEAD | F_LINE, numbers }, plane);
  const threads = new Threads(plane);
  const word = (offset: number) => Atomics.load(plane.i32, (slot.at + offset) >> 2);

  /** A thread, played by this one. */
  function join() {
    const { row, fence } = StatePlane.attach(threads.reserveOnMain());
    const cell = plane.cellAt(row, 0);
    return {
      enter: () => kernels.bulkheadEnter(slot.at, cell, fence),
      leave: () => kernels.bulkheadReturn(slot.at, cell, fence),
      queue: () => kernels.lineJoin(slot.at, cell, fence),
      unqueue: (places: number, granted: number) => kernels.lineLeave(slot.at, cell, fence, places, granted),
      head: (order: number, costs: number) => kernels.lineHead(cell, order, costs),
    };
  }
  const resize = (maxConcurrent: number) => assert.ok(slot.publish(() => ({ maxConcurrent }), 0));
  return { kernels, at: slot.at, join, resize, word };
}

for (const engine of ENGINES) {
  describe(`a bulkhead (${engine})`, () => {
    it('has as many slots as it was made with, over all threads', () => {
      const { kernels, at, join } = given(engine, { maxConcurrent: 3 });
      const [one, two] = [join(), join()];
      assert.deepEqual([one.enter(), two.enter(), one.enter(), two.enter(), one.enter()], [1, 1, 1, 0, 0]);
      assert.deepEqual([kernels.bulkheadActive(at), kernels.bulkheadCapacity(at)], [3, 3]);
      two.leave();
      assert.deepEqual([one.enter(), two.enter()], [1, 0]);
    });

    it('takes no slot back from a thread that has none', () => {
      const { kernels, at, join } = given(engine, { maxConcurrent: 3 });
      const [one, two] = [join(), join()];
      one.enter();
      assert.equal(two.leave(), -2147483648);
      assert.equal(kernels.bulkheadActive(at), 1);
    });

    it('grows and shrinks while in use; what is over the limit goes as it ends', () => {
      const { kernels, at, join, resize } = given(engine, { maxConcurrent: 2 });
      const thread = join();
      assert.deepEqual([thread.enter(), thread.enter(), thread.enter()], [1, 1, 0]);
      resize(3);
      assert.deepEqual([thread.enter(), thread.enter()], [1, 0]);
      resize(1);
      assert.deepEqual([kernels.bulkheadActive(at), kernels.bulkheadCapacity(at)], [3, 1]);
      thread.leave();
      thread.leave();
      assert.equal(thread.enter(), 0);
      thread.leave();
      assert.equal(thread.enter(), 1);
    });
  });

  describe(`a line of waiters (${engine})`, () => {
    it('numbers arrivals over all threads, as far as it has room', () => {
      const { join } = given(engine, { maxConcurrent: 1, maxQueue: 3 });
      const [one, two] = [join(), join()];
      assert.deepEqual([one.queue(), two.queue(), one.queue(), two.queue()], [1, 2, 3, -1]);
      one.unqueue(1, 0);
      assert.deepEqual([two.queue(), one.queue()], [4, -1]);
    });

    it('knows how many threads have somebody in front, and what all ask for', () => {
      const { kernels, at, join } = given(engine, { maxConcurrent: 1, maxQueue: 10 });
      const [one, two, three] = [join(), join(), join()];
      one.head(5, 2);
      two.head(3, 0.5);
      three.head(9, 4);
      assert.deepEqual(
        [3, 4, 5, 9, 10].map((order) => kernels.lineRank(at, order)),
        [0, 1, 1, 2, 3],
      );
      assert.equal(kernels.lineCosts(at), 6.5);
      two.head(0, 0);
      assert.deepEqual([kernels.lineRank(at, 5), kernels.lineCosts(at)], [0, 6]);
    });

    it('wakes those who wait when a place or a slot comes free, and nobody when none waits', () => {
      const { kernels, at, join, word } = given(engine, { maxConcurrent: 1, maxQueue: 10 });
      const thread = join();
      assert.deepEqual([kernels.lineWake(at), word(LINE_EVENT)], [0, 0]);
      thread.queue();
      thread.queue();
      assert.deepEqual([kernels.lineWake(at), word(LINE_EVENT)], [1, 1]);
      assert.deepEqual([thread.unqueue(1, 1), word(LINE_EVENT)], [1, 2]);
      assert.deepEqual([thread.unqueue(1, 1), word(LINE_EVENT)], [0, 2]);
      assert.equal(word(LINE_GRANTS), 2);
    });

    it('wakes everybody when the options change', () => {
      const { join, word, resize } = given(engine, { maxConcurrent: 1, maxQueue: 10 });
      join().queue();
      const before = word(LINE_EVENT);
      resize(5);
      assert.notEqual(word(LINE_EVENT), before);
    });
  });
}
