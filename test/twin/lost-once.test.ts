// A thread that loses one race, or two in a row for one word, to another that does the same: both count.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import { elsewhere, given, handsOff, instead, NOW_MS } from './races.ts';

const { add, compareExchange } = Atomics;

/** Runs `meanwhile` before each of the first `times` swaps of the word at this address. */
function beforeSwapsOf(address: number, times: number, meanwhile: () => void): void {
  let left = times;
  instead((words, index, expected, next) => {
    if (left > 0 && index === address >> 3 && typeof expected === 'bigint') {
      left--;
      meanwhile();
    }
    return compareExchange(words, index, expected, next);
  });
}

describe('a word that another thread changes first, once and again', () => {
  afterEach(handsOff);

  it('counts the calls of both in a bucket of a budget', () => {
    const { world, k, slot } = given(layout.F_BUDGET | layout.F_BURN_ONLY);
    const nowMs = 25_000;
    const record = () => k.record(slot, nowMs, nowMs, layout.V_SUCCESS);
    assert.equal(record(), layout.E_TURNED, 'the first begins the bucket');
    beforeSwapsOf(slot + layout.BURN_AT + 2 * 16, 2, () =>
      elsewhere(world, (other) => other.record(slot, nowMs, nowMs, layout.V_SUCCESS)),
    );
    assert.equal(record(), 0, 'and nobody else');
    assert.equal(k.burnCount(slot, nowMs, 10_000, 0), 4);
  });

  it('counts the calls of both in a breaker without a window', () => {
    const { world, k, slot, cell, fence, settle } = given(layout.F_BREAKER, { consecutive: 9 });
    beforeSwapsOf(slot + layout.BREAKER_CALLS, 2, () =>
      elsewhere(world, (other) =>
        other.settle(slot, cell, fence, 0, NOW_MS, NOW_MS, layout.V_SUCCESS, layout.S_VERDICT, -1),
      ),
    );
    settle(0, layout.V_SUCCESS);
    assert.equal(k.breakerCount(slot, NOW_MS, 0), 3);
  });

  it('takes both for failures in a row', () => {
    const { world, k, slot, cell, fence, settle } = given(layout.F_BREAKER, { consecutive: 3 });
    beforeSwapsOf(slot + layout.BREAKER_STATE, 1, () =>
      elsewhere(world, (other) =>
        other.settle(slot, cell, fence, 0, NOW_MS, NOW_MS, layout.V_FAILURE, layout.S_VERDICT, -1),
      ),
    );
    assert.equal(settle(0, layout.V_FAILURE), 0);
    assert.equal(settle(0, layout.V_FAILURE), layout.E_OPENED, 'the third');
    assert.equal(k.breakerState(slot, NOW_MS), 2);
  });

  it('sums the calls of both in a window of calls', () => {
    const features = layout.F_BREAKER | layout.F_WINDOW_CALLS;
    const { world, k, slot, cell, fence, settle } = given(features, { minCalls: 9 });
    beforeSwapsOf(slot + layout.BREAKER_TOTALS, 1, () =>
      elsewhere(world, (other) =>
        other.settle(slot, cell, fence, 0, NOW_MS, NOW_MS, layout.V_FAILURE, layout.S_VERDICT, -1),
      ),
    );
    settle(0, layout.V_FAILURE);
    assert.deepEqual([k.breakerCount(slot, NOW_MS, 0), k.breakerCount(slot, NOW_MS, 1)], [2, 2]);
  });
});

describe('the last slot, wanted by two threads without a ledger', () => {
  afterEach(handsOff);

  /** One slot; somebody else takes it between the look at it and the change. */
  function lastSlot(features: number, numbers = {}) {
    const scene = given(layout.F_BULKHEAD | features, { maxConcurrent: 1, ...numbers });
    const { world, slot, cell, row, k } = scene;
    let waits = true;
    Object.assign(Atomics, {
      add: (words: Int32Array, index: number, by: number) => {
        if (waits && index === (slot + layout.BULKHEAD_ACTIVE) >> 2) {
          waits = false;
          elsewhere(world, (other) => assert.equal(other.bulkheadEnter(slot, cell, -1), 1));
        }
        return add(words, index, by);
      },
    });
    const admit = () => k.admit(slot, cell, row, -1, NOW_MS, 1, 0.5, 0);
    return { ...scene, admit };
  }

  it('is held by the first alone, and the other is told that the room is full', () => {
    const { k, slot, admit } = lastSlot(0);
    assert.equal(admit(), layout.R_BULKHEAD);
    assert.equal(k.bulkheadActive(slot), 1);
    assert.equal(admit(), layout.R_BULKHEAD, 'as it is told without a race');
  });

  it('is told of by the limiter, where that would refuse as well', () => {
    const { k, slot, admit } = lastSlot(layout.F_RATE);
    for (let i = 0; i < 4; i++) k.rateAcquire(slot, NOW_MS, 1);
    assert.equal(admit(), layout.R_RATE);
    assert.equal(k.bulkheadActive(slot), 1);
  });

  it('is taken and given back by one alone', () => {
    const { k, slot, cell, row } = given(layout.F_BULKHEAD, { maxConcurrent: 1 });
    const ticket = k.admit(slot, cell, row, -1, NOW_MS, 1, 0.5, 0);
    assert.equal(ticket, layout.T_SLOT);
    assert.equal(k.bulkheadActive(slot), 1);
    k.settle(slot, cell, -1, ticket, NOW_MS, NOW_MS, layout.V_SUCCESS, layout.S_RELEASE, -1);
    assert.equal(k.bulkheadActive(slot), 0);
  });
});
