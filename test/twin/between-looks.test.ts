// What another thread does between two looks of the twin, or two of its steps: a slot that is given back, a breaker
// that is opened, a bucket that is not carried over yet, a key that is brought to two cells.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import { before, beforeSwapOf, elsewhere, given, handsOff, instead, NOW_MS } from './races.ts';
import { play } from './steps.ts';

const { compareExchange, load } = Atomics;
const CLOSED = 0;

/** Runs `meanwhile` once, just before this word is looked at in order. */
function beforeLookAt(address: number, meanwhile: () => void): void {
  Object.assign(Atomics, {
    load: (words: Int32Array, index: number) => {
      if (index * words.BYTES_PER_ELEMENT === address) {
        Object.assign(Atomics, { load });
        meanwhile();
      }
      return load(words, index);
    },
  });
}

describe('a thread of the twin, between its looks', () => {
  afterEach(handsOff);

  it('has the slot that another one gives back after it seemed to be the last one taken', () => {
    const { world, k, slot, admit } = given(layout.F_BULKHEAD, { maxConcurrent: 1 });
    const [cell, fence] = [world.at.cell(1), world.fences[1]];
    elsewhere(world, (kernels) => assert.equal(kernels.bulkheadEnter(slot, cell, fence), 1));
    assert.equal(admit(), layout.R_BULKHEAD);
    beforeLookAt(slot + layout.BULKHEAD_ACTIVE, () =>
      elsewhere(world, (kernels) => assert.equal(kernels.bulkheadReturn(slot, cell, fence), 1)),
    );
    assert.equal(admit(), layout.T_SLOT);
    assert.equal(k.bulkheadActive(slot), 1);
  });

  it('closes a breaker by hand that another one opens just then', () => {
    const { world, k, slot } = given(layout.F_BREAKER);
    k.breakerForce(slot, NOW_MS, 1_000);
    beforeSwapOf(slot + layout.BREAKER_STATE, () =>
      elsewhere(world, (kernels) => kernels.breakerForce(slot, NOW_MS, 2_000)),
    );
    assert.equal(k.breakerForce(slot, NOW_MS, -1), 1);
    assert.deepEqual([k.breakerState(slot, NOW_MS), k.breakerWait(slot, NOW_MS)], [CLOSED, 0]);
  });

  it('sees the whole debt of a bucket between options that came in force and the bucket’s turn to them', () => {
    const { world, k, slot } = given(layout.F_RATE);
    assert.equal(k.rateReserve(slot, NOW_MS, 10), 6);
    const seen: number[][] = [];
    instead((words, index, expected, next) => {
      if (index === (slot + layout.RATE_TAT) >> 3 && typeof expected === 'bigint')
        seen.push([world.version, k.rateAvailable(slot, NOW_MS), k.rateWait(slot, NOW_MS, 1)]);
      return compareExchange(words, index, expected, next);
    });
    assert.equal(play(world, ['publish', 1, { maxConcurrent: 9 }, 0]), 1);
    handsOff();
    assert.deepEqual(seen.at(-1), [1, -6, 7]);
    assert.deepEqual([k.rateAvailable(slot, NOW_MS), k.rateWait(slot, NOW_MS, 1)], [-6, 7]);
  });

  // At the speed that it had, or twice that; the other thread has spent as much as this one is about to, or more.
  for (const unitsPerMs of [1, 2]) {
    for (const spent of [1, 2]) {
      it(`spends from the cell that a key was brought to meanwhile, ${spent} gone of it, ${unitsPerMs} a ms coming`, () => {
        const { world, k, slot, row } = given(layout.F_RATE | layout.F_KEYED, {}, 8);
        const words = new BigInt64Array(world.at.memory.buffer);
        play(world, ['publish', 1, { unitsPerMs }, 0]);
        world.at.bytes.set([7], world.at.scratch(0));
        k.keyHash(row, 1);
        // Somebody else has the key's first cell, so that it goes to the one behind.
        assert.equal(k.keyedAcquire(slot, row, NOW_MS, 4), 0);
        const mine = words[(row + layout.THREAD_HASH) >> 3];
        const first = words.indexOf(mine, (row + layout.THREAD_BYTES * 4) >> 3);
        words[first] = mine ^ 63n;
        words[first + 1] ^= 63n;
        before(2, (_, index) => {
          // A unit of the arrival time stands above ten other bits.
          words[first] = mine;
          words[first + 1] = words[index + 1] + (BigInt(spent - 1) << 10n);
        });
        assert.equal(k.keyedAcquire(slot, row, NOW_MS, 1), 0);
        assert.equal(k.keyedAvailable(slot, row, NOW_MS), 4 - spent - 1, 'both have spent from one bucket');
        assert.equal(k.keyedLive(slot, NOW_MS), 1, 'and the cell that it had begun is given up');
      });
    }
  }
});
