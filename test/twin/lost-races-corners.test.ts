// A thread that loses every race, and threads that come at the worst moment: the twin's loops are bounded and what
// they answer at their end takes nothing.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import { before, elsewhere, given, handsOff, instead, losing, NOW_MS } from './races.ts';
import { play } from './steps.ts';

const { add, compareExchange, load } = Atomics;

describe('a thread that loses every race', () => {
  afterEach(handsOff);

  it('is told to wait by a bucket, and has taken nothing', () => {
    const { k, slot } = given(layout.F_RATE);
    instead(losing);
    assert.equal(k.rateAcquire(slot, NOW_MS, 1), 1);
    assert.equal(k.rateReserve(slot, NOW_MS, 1), -1);
    assert.equal(k.rateAvailable(slot, NOW_MS), 4);
  });

  it('finds no bucket for a key, and has taken none', () => {
    const { world, k, slot, row } = given(layout.F_RATE | layout.F_KEYED, {}, 8);
    world.at.bytes.set([7], world.at.scratch(0));
    k.keyHash(row, 1);
    instead(losing);
    assert.equal(k.keyedAcquire(slot, row, NOW_MS, 1), -4);
    assert.equal(k.keyedLive(slot, NOW_MS), 0);
  });

  it('gets no slot and no place, whatever its ledger says', () => {
    const { k, slot, cell, fence } = given(layout.F_BULKHEAD);
    instead(losing);
    assert.ok(k.bulkheadEnter(slot, cell, fence) < 0);
    assert.equal(k.lineJoin(slot, cell, fence), -2);
    assert.equal(k.lineJoin(slot, cell, -1), 0, 'a place without a number is none');
    assert.equal(k.bulkheadActive(slot), 0);
  });

  it('changes nothing of a breaker by hand', () => {
    const { k, slot } = given(layout.F_BREAKER, { consecutive: 1 });
    instead(losing);
    assert.equal(k.breakerForce(slot, NOW_MS, 1_000), 0);
    assert.equal(k.breakerMode(slot, 2), 2);
    k.breakerRestore(slot, NOW_MS, 2, 0, 500);
    Object.assign(Atomics, { compareExchange });
    assert.equal(k.breakerState(slot, NOW_MS), 0);
    assert.equal(k.breakerMode(slot, 0), 0, 'it was not switched to metrics only');
  });

  it('opens no breaker: by failures in a row, by a window of calls, by a trial', () => {
    for (const consecutive of [1, 0]) {
      const features = layout.F_BREAKER | (consecutive ? 0 : layout.F_WINDOW_CALLS);
      const { k, slot, admit, settle } = given(features, { consecutive });
      const ticket = admit();
      instead(losing);
      assert.equal(settle(ticket, layout.V_FAILURE), 0);
      Object.assign(Atomics, { compareExchange });
      assert.equal(k.breakerState(slot, NOW_MS), 0);
    }
  });

  it('opens no breaker though its window says so', () => {
    const { k, slot, admit, settle } = given(layout.F_BREAKER | layout.F_WINDOW_CALLS, { minCalls: 1 });
    const ticket = admit();
    // The window is counted; only the state is always another one.
    instead((words, index, expected, next) =>
      index === (slot + layout.BREAKER_STATE) >> 3
        ? ~expected
        : compareExchange(words, index, expected, next),
    );
    assert.equal(settle(ticket, layout.V_FAILURE), 0);
    Object.assign(Atomics, { compareExchange });
    assert.equal(k.breakerState(slot, NOW_MS), 0);
  });

  it('decides no trial, and its trial can be given back by who declares it dead', () => {
    const { world, k, slot, cell, admit, settle } = given(layout.F_BREAKER, { consecutive: 1, openMs: 0 });
    settle(admit(), layout.V_FAILURE);
    const trial = admit();
    assert.ok(trial & layout.T_TRIAL);
    // The ledger is its own; the word is always another one.
    instead((words, index, expected, next) =>
      index === (slot + layout.BREAKER_STATE) >> 3
        ? ~expected
        : compareExchange(words, index, expected, next),
    );
    assert.equal(settle(trial, layout.V_SUCCESS), 0);
    assert.equal(k.breakerState(slot, NOW_MS), 1, 'still half-open');
    k.reclaim(slot, cell, 1, world.fences[0] + 1);
  });

  it('takes no trial back from a dead thread that somebody else is always faster with', () => {
    const { world, k, slot, cell, admit, settle } = given(layout.F_BREAKER, { consecutive: 1, openMs: 0 });
    settle(admit(), layout.V_FAILURE);
    assert.ok(admit() & layout.T_TRIAL);
    instead((words, index, expected, next) =>
      index === (slot + layout.BREAKER_STATE) >> 3
        ? ~expected
        : compareExchange(words, index, expected, next),
    );
    k.reclaim(slot, cell, 1, world.fences[0] + 1);
    assert.equal(k.breakerState(slot, NOW_MS), 1);
  });

  it('reads the time of a state as the one it would have written', () => {
    const { world, k, slot, admit, settle } = given(layout.F_BREAKER, { consecutive: 1 });
    settle(admit(), layout.V_FAILURE);
    // Who opened it died before it wrote down when.
    world.at.i32[(slot + layout.BREAKER_MARK) >> 2] = 0;
    world.at.i32[(slot + layout.BREAKER_MARK + 4) >> 2] = 0;
    instead(losing);
    assert.equal(k.admit(slot, world.at.cell(0), world.at.row(0), world.fences[0], NOW_MS, 1, 0.5, 0), -1);
    assert.equal(k.breakerWait(slot, NOW_MS), 1_000);
  });

  it('counts what it can, and ends', () => {
    const { k, slot } = given(layout.F_BUDGET);
    instead(losing);
    k.budgetAdd(slot, NOW_MS, 1, 1);
    assert.equal(k.budgetCount(slot, NOW_MS, 0), 0);
  });
});

describe('what happens between two steps of another thread', () => {
  afterEach(handsOff);

  it('refuses a caller for a try later when the options change at each of its steps', () => {
    const { world, admit, slot, k } = given(layout.F_RATE | layout.F_BULKHEAD);
    instead((words, index, expected, next) => {
      elsewhere(world, () => play(world, ['publish', 1, {}, 0]));
      return compareExchange(words, index, expected, next);
    });
    assert.equal(admit(), layout.R_RATE);
    Object.assign(Atomics, { compareExchange });
    assert.equal(k.bulkheadActive(slot), 0, 'its slot went back');
  });

  it('admits a caller under the options that came while it was on its way', () => {
    const { world, admit, slot, k } = given(layout.F_RATE | layout.F_BULKHEAD);
    // Its first step takes a slot, its second would take from the bucket of before.
    before(1, () => elsewhere(world, () => play(world, ['publish', 1, { burstUnits: 2 }, 0])));
    assert.equal(admit(), layout.T_SLOT);
    assert.deepEqual([k.bulkheadActive(slot), k.rateAvailable(slot, NOW_MS)], [1, 1]);
  });

  it('says that it has turned a breaker half-open, though the options then changed', () => {
    const features = layout.F_RATE | layout.F_BREAKER;
    const { world, k, slot, admit, settle } = given(features, { consecutive: 1, openMs: 0 });
    settle(admit(), layout.V_FAILURE);
    // Turned half-open, its time written down, the trial taken, the trial listed.
    before(4, () => elsewhere(world, () => play(world, ['publish', 1, {}, 0])));
    const ticket = admit();
    assert.equal(ticket, 2 | layout.T_TRIAL | layout.T_HALF_OPENED);
    assert.equal(k.breakerWord(slot) & 7, 1);
  });

  it('refuses a caller of an empty bucket for a try later when the options change whenever it looks', () => {
    for (const keyed of [0, layout.F_KEYED]) {
      const { world, k, slot, row } = given(layout.F_RATE | keyed, { burstUnits: 1 }, keyed && 8);
      world.at.bytes.set([7], world.at.scratch(0));
      k.keyHash(row, 1);
      const acquire = () => (keyed ? k.keyedAcquire(slot, row, NOW_MS, 1) : k.rateAcquire(slot, NOW_MS, 1));
      assert.equal(acquire(), 0);
      Object.assign(Atomics, {
        load: (words: BigInt64Array, index: number) => {
          elsewhere(world, () => play(world, ['publish', 1, {}, 0]));
          return load(words, index);
        },
      });
      assert.equal(acquire(), keyed ? -4 : 1);
      Object.assign(Atomics, { load });
    }
  });

  it('tells no percentile while the first latency of a window is on its way', () => {
    const features = layout.F_LATENCY | layout.F_VIEW_BUDGET;
    const { world, k, slot } = given(features);
    const seen: number[] = [];
    Object.assign(Atomics, {
      add: (words: Int32Array, index: number, by: number) => {
        seen.push(k.viewPercentile(slot, 0, NOW_MS, 0.5));
        return add(words, index, by);
      },
    });
    k.record(slot, 0, NOW_MS, layout.V_SUCCESS);
    Object.assign(Atomics, { add });
    assert.ok(seen.length > 0 && Number.isNaN(seen[0]));
    world.turn(0);
    assert.ok(k.viewPercentile(slot, 0, NOW_MS, 0.5) > 0);
  });

  it('turns away who finds the last place in line taken between its look and its step', () => {
    const { world, k, slot, cell } = given(layout.F_BULKHEAD | layout.F_LINE, { maxQueue: 1 });
    Object.assign(Atomics, {
      add: (words: Int32Array, index: number, by: number) => {
        Object.assign(Atomics, { add });
        elsewhere(world, (kernels) => kernels.lineJoin(slot, world.at.cell(1), world.fences[1]));
        return add(words, index, by);
      },
    });
    assert.equal(k.lineJoin(slot, cell, -1), -1);
    assert.equal(world.at.i32[(slot + layout.LINE_COUNT) >> 2], 1, 'the other one waits');
  });

  it('ramps a caller up like any other whose breaker was closed while it asked for a trial', () => {
    const { world, k, slot, admit, settle } = given(layout.F_BREAKER | layout.F_RAMP, {
      consecutive: 1,
      openMs: 0,
      rampMs: 1_000,
      trials: 2,
    });
    settle(admit(), layout.V_FAILURE);
    before(1, () => elsewhere(world, (kernels) => kernels.breakerForce(slot, NOW_MS, -1)));
    assert.equal(admit(0.99), layout.R_RAMP);
    assert.equal(k.breakerState(slot, NOW_MS), 0);
  });

  it('leaves a cell to the key of the same tag that has completed its move there', () => {
    const { world, k, slot, row } = given(layout.F_RATE | layout.F_KEYED, {}, 8);
    world.at.bytes.set([7], world.at.scratch(0));
    k.keyHash(row, 1);
    // The first swap takes the cell's word, the second writes whose it is.
    before(2, (words, index) => {
      const mine = new BigInt64Array(world.at.memory.buffer)[(row + layout.THREAD_HASH) >> 3];
      words[index] = mine ^ (1n << 60n);
    });
    assert.equal(k.keyedAcquire(slot, row, NOW_MS, 1), 0);
    assert.equal(k.keyedAvailable(slot, row, NOW_MS), 3, 'in another cell, with a permit gone');
    assert.equal(k.keyedLive(slot, NOW_MS), 2);
  });

  it('spends from the cell that another thread has brought the same key to meanwhile', () => {
    const { world, k, slot, row } = given(layout.F_RATE | layout.F_KEYED, {}, 8);
    const words = new BigInt64Array(world.at.memory.buffer);
    world.at.bytes.set([7], world.at.scratch(0));
    k.keyHash(row, 1);
    // Somebody else has the key's first cell, so that it goes to the one behind.
    assert.equal(k.keyedAcquire(slot, row, NOW_MS, 4), 0);
    const mine = words[(row + layout.THREAD_HASH) >> 3];
    const first = words.indexOf(mine, (row + layout.THREAD_BYTES * 4) >> 3);
    words[first] = mine ^ 63n;
    words[first + 1] ^= 63n;
    before(2, (_, index) => {
      words[first] = mine;
      words[first + 1] = words[index + 1];
    });
    assert.equal(k.keyedAcquire(slot, row, NOW_MS, 1), 0);
    assert.equal(k.keyedAvailable(slot, row, NOW_MS), 2, 'both have spent from one bucket');
    assert.equal(k.keyedLive(slot, NOW_MS), 1, 'and the cell that it had begun is given up');
  });
});
