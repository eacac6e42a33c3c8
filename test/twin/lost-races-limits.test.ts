// Slots, permits, keys and options of the twin that another thread takes between two steps.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { before, elsewhere, given, handsOff, instead, NOW_MS } from './races.ts';
import { play } from './steps.ts';

const { compareExchange, load } = Atomics;
const EXHAUSTED = -4;
const BURST = 4;

/** Runs `meanwhile` just before atomic look number `count`, from 1. */
function beforeLook(count: number, meanwhile: () => void): void {
  let left = count;
  Object.assign(Atomics, {
    load: (words: Int32Array, index: number) => {
      if (--left === 0) {
        Object.assign(Atomics, { load });
        meanwhile();
      }
      return load(words, index);
    },
  });
}

describe('a slot of the twin', () => {
  afterEach(handsOff);

  it('is not granted to who finds that another thread has taken the last one since it looked', () => {
    for (const maxConcurrent of [1, 2]) {
      const { world, k, slot, cell, fence } = given(layout.F_BULKHEAD, { maxConcurrent });
      if (maxConcurrent === 2) assert.equal(k.bulkheadEnter(slot, cell, fence), 1);
      before(1, () =>
        elsewhere(world, (kernels) => {
          assert.equal(kernels.bulkheadEnter(slot, world.at.cell(1), world.fences[1]), 1);
        }),
      );
      assert.equal(k.bulkheadEnter(slot, cell, fence), 0);
      assert.equal(k.bulkheadActive(slot), maxConcurrent);
    }
  });
});

describe('a limit that finds itself, of the twin', () => {
  afterEach(handsOff);

  it('is free to learn again once the thread is declared dead that died while it learnt', () => {
    for (const thread of [0, 1]) {
      const { world, k, slot } = given(layout.F_BULKHEAD | layout.F_AIMD, { minLimit: 1, maxLimit: 9 });
      const lock = (slot + layout.ADAPT_LOCK) >> 2;
      play(world, ['admit', thread, 1, 0.5, 0, 'right']);
      let swaps = 0;
      instead((words, index, expected, next) => {
        if (index === lock && words.BYTES_PER_ELEMENT === 4 && ++swaps === 2) throw new Error('died');
        return compareExchange(words, index, expected, next);
      });
      assert.throws(() => play(world, ['settle', 0, layout.V_SUCCESS, 7, -1, 'right']), /^Error: died$/);
      handsOff();
      assert.notEqual(world.at.i32[lock], 0);
      k.reclaim(slot, world.at.cell(thread), thread + 1, world.fences[thread] + 1);
      assert.equal(world.at.i32[lock], 0);
    }
  });
});

describe('a place in line of the twin', () => {
  afterEach(handsOff);

  it('is struck from the ledger again of who came too late for it', () => {
    const { world, k, slot, cell, fence } = given(layout.F_BULKHEAD | layout.F_LINE, { maxQueue: 1 });
    before(1, () => elsewhere(world, (kernels) => kernels.lineJoin(slot, world.at.cell(1), world.fences[1])));
    assert.equal(k.lineJoin(slot, cell, fence), -1);
    assert.equal(k.reclaim(slot, cell, 1, fence + 1), 0, 'it held nothing');
    assert.equal(world.at.i32[(slot + layout.LINE_COUNT) >> 2], 1);
  });

  it('has a number of its own after billions of them', () => {
    const { world, k, slot, cell, fence } = given(layout.F_BULKHEAD | layout.F_LINE);
    for (const number of [2 ** 31 - 1, 2 ** 32 - 1, 2 ** 33]) {
      new BigInt64Array(world.at.memory.buffer)[(slot + layout.LINE_SEQ) >> 3] = BigInt(number);
      assert.deepEqual(
        [k.lineJoin(slot, cell, fence), k.lineJoin(slot, cell, fence)],
        [number + 1, number + 2],
      );
      k.lineHead(cell, number + 1, 1);
      assert.deepEqual([k.lineRank(slot, number + 1), k.lineRank(slot, number + 2)], [0, 1]);
    }
  });
});

describe('options of the twin', () => {
  it('are not published while another thread does so', () => {
    const { world, slot } = given(layout.F_BULKHEAD);
    const lock = (slot + layout.SLOT_LOCK) >> 2;
    world.at.i32[lock] = 99;
    assert.equal(play(world, ['publish', 0, { maxConcurrent: 7 }, 0]), -1);
    assert.deepEqual([world.version, world.at.i32[lock]], [0, 99]);
    world.at.i32[lock] = 0;
    assert.equal(play(world, ['publish', 0, { maxConcurrent: 7 }, 0]), 1);
  });

  it('stay what they were where who was to publish others has died, in a version that it does not know', () => {
    const { world, k, slot, cell, fence } = given(layout.F_BULKHEAD, { maxConcurrent: 3 });
    const lock = (slot + layout.SLOT_LOCK) >> 2;
    assert.equal(play(world, ['publish', 0, { maxConcurrent: 5 }, 0]), 1);
    world.at.i32[lock] = 1;
    k.reclaim(slot, cell, 1, fence + 1);
    assert.deepEqual([world.version, world.at.i32[lock], k.bulkheadCapacity(slot)], [3, 0, 5]);
  });
});

/** Keys on a table of so many cells; each has a tag, and differs from the others below it. */
function keyed(cells: number, numbers: Partial<PolicyNumbers> = {}) {
  const scene = given(layout.F_RATE | layout.F_KEYED, { burstUnits: BURST, ...numbers }, cells);
  const { world, k, slot, row } = scene;
  const { i32 } = world.at;
  const use = (thread: number, [low, high]: readonly number[]) => {
    const at = (world.at.row(thread) + layout.THREAD_HASH) >> 2;
    i32[at] = low;
    i32[at + 1] = high;
  };
  return {
    ...scene,
    use: (key: readonly number[]) => use(0, key),
    take: (permits = 1, ms = 0) => k.keyedAcquire(slot, row, NOW_MS + ms, permits),
    left: (ms = 0) => k.keyedAvailable(slot, row, NOW_MS + ms),
    live: (ms = 0) => k.keyedLive(slot, NOW_MS + ms),
    otherTakes(key: readonly number[], ms: number, permits = 1): void {
      elsewhere(world, (kernels) => {
        use(1, key);
        assert.equal(kernels.keyedAcquire(slot, world.at.row(1), NOW_MS + ms, permits), 0);
      });
    },
  };
}

const KEY = [0x1234_5645, 0x0fed_cba9];
const OF_ANOTHER_TAG = [0x1234_5646, 0x0fed_cba9];
const OF_THE_SAME_TAG = [0x1234_5645 ^ 0x0010_0000, 0x0fed_cba9];

describe('a key of the twin', () => {
  afterEach(handsOff);

  it('does not spend from its cell once that is another key’s', () => {
    const { use, take, otherTakes } = keyed(1);
    use(KEY);
    assert.equal(take(BURST), 0);
    // The second look at the bucket is one in order.
    beforeLook(1, () => otherTakes(OF_ANOTHER_TAG, 1_000));
    assert.equal(take(), EXHAUSTED);
  });

  it('gives nothing back to a cell that is another key’s by then', () => {
    const { use, k, slot, row, take, left, otherTakes } = keyed(1);
    use(KEY);
    assert.equal(take(BURST), 0);
    beforeLook(1, () => otherTakes(OF_ANOTHER_TAG, 1_000, BURST));
    k.keyedRefund(slot, row, NOW_MS + 1_000, 1);
    use(OF_ANOTHER_TAG);
    assert.equal(left(1_000), 0);
  });

  it('spends once, though another thread of its own has completed its move', () => {
    const { world, use, take, left, live } = keyed(2);
    use(KEY);
    before(2, (words, index) => {
      words[index] = new BigInt64Array(world.at.memory.buffer)[(world.at.row(0) + layout.THREAD_HASH) >> 3];
    });
    assert.equal(take(), 0);
    assert.deepEqual([left(), live()], [BURST - 1, 1]);
  });

  it('leaves its cell to a key with another low half that has completed its own move there', () => {
    const { world, use, take, left, live } = keyed(2);
    use(KEY);
    before(2, () => {
      const { i32 } = world.at;
      const word = (world.slot + layout.SLOT_KEYS_AT) >> 2;
      for (let at = i32[word] >> 2; ; at += layout.KEY_BYTES >> 2) {
        if (i32[at + 2] === 0 && i32[at + 3] === 0) continue;
        [i32[at], i32[at + 1]] = OF_THE_SAME_TAG;
        return;
      }
    });
    assert.equal(take(), 0);
    assert.equal(left(), BURST - 1);
    assert.equal(live(), 2, 'the other key’s cell and its own');
  });

  it('is looked for once more where no cell was free: another thread may have brought it', () => {
    for (const look of [1, 2, 3, 4, 5, 6]) {
      const { use, take, otherTakes } = keyed(1);
      use(OF_ANOTHER_TAG);
      assert.equal(take(), 0);
      use(KEY);
      assert.equal(take(), EXHAUSTED);
      // By the other thread's time the cell is free again.
      beforeLook(look, () => otherTakes(KEY, 1_000));
      assert.ok(take() > 0, `look ${look}: its bucket is told apart from none`);
    }
  });

  it('completes no move for itself that another key of its tag has completed', () => {
    for (const look of [3, 4]) {
      const { world, use, take, otherTakes } = keyed(1);
      otherTakes(OF_THE_SAME_TAG, 0, BURST);
      const { i32 } = world.at;
      const at = i32[(world.slot + layout.SLOT_KEYS_AT) >> 2] >> 2;
      // As it was between the two steps of that move.
      i32[at] = 0;
      i32[at + 1] = 0;
      use(KEY);
      beforeLook(look, () => {
        [i32[at], i32[at + 1]] = OF_THE_SAME_TAG;
      });
      assert.equal(take(), EXHAUSTED);
      assert.deepEqual([i32[at], i32[at + 1]], OF_THE_SAME_TAG);
    }
  });

  it('completes no move of its own in a cell that a key of another tag has taken by then', () => {
    const { world, use, take, otherTakes } = keyed(1);
    otherTakes(OF_THE_SAME_TAG, 0, BURST);
    const { i32 } = world.at;
    const at = i32[(world.slot + layout.SLOT_KEYS_AT) >> 2] >> 2;
    i32[at] = 0;
    i32[at + 1] = 0;
    use(KEY);
    beforeLook(3, () => {
      i32[at + 2] ^= 3;
    });
    assert.equal(take(), EXHAUSTED);
    assert.deepEqual([i32[at], i32[at + 1]], [0, 0]);
  });

  it('is charged under the options that came while it was looking for a cell', () => {
    const { world, use, take, left } = keyed(1);
    use(KEY);
    // A bucket that holds ten now, of which one is gone.
    beforeLook(3, () => elsewhere(world, () => play(world, ['publish', 1, { burstUnits: 10 }, 0])));
    assert.equal(take(), 0);
    assert.equal(left(), 9);
  });
});
