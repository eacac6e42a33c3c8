import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BUDGET_AT,
  BUDGET_BUCKETS,
  BURN_MS,
  E_TURNED,
  F_BUDGET,
  F_BURN_ONLY,
  F_COUNTED,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const HOUR_MS = 3_600_000;

/** An error budget with a window of ten minutes, unless the six hours' ring serves for it. */
function given(engine: TestedEngine, features = F_BUDGET) {
  const budgetMs = features & F_BURN_ONLY ? HOUR_MS : 600_000;
  const { kernels, slot, plane } = givenPolicyOn(engine, {
    features,
    budgetBucketMs: budgetMs / BUDGET_BUCKETS,
    numbers: { budgetMs },
  });
  let now = 100 * HOUR_MS;
  const both = (read: (which: number) => number) => ({ calls: read(0), failures: read(1) });
  return {
    plane,
    at: slot.at,
    kernels,
    ends: (verdict: number, count = 1) => {
      let events = 0;
      for (let i = 0; i < count; i++) events |= kernels.record(slot.at, now, now, verdict);
      return events;
    },
    pass: (ms: number) => {
      now += ms;
    },
    back: (ms: number) => slot.setClockBack(ms),
    restore: (calls: number, failures: number) => kernels.budgetAdd(slot.at, now, calls, failures),
    window: () => both((which) => kernels.budgetCount(slot.at, now, which)),
    last: (ms: number) => both((which) => kernels.burnCount(slot.at, now, ms, which)),
  };
}

for (const engine of ENGINES) {
  describe(`an error budget (${engine})`, () => {
    it('counts calls and failures in its window, and ignored ones not at all', () => {
      const { ends, window } = given(engine);
      ends(V_SUCCESS, 7);
      ends(V_FAILURE, 2);
      ends(V_IGNORED, 5);
      assert.deepEqual(window(), { calls: 9, failures: 2 });
    });

    it('forgets what is older than its window, a sixtieth at a time', () => {
      const { ends, pass, window } = given(engine);
      const seen: number[] = [];
      for (let bucket = 0; bucket < 3 * BUDGET_BUCKETS; bucket++) {
        ends(V_FAILURE);
        seen.push(window().failures);
        pass(10_000);
      }
      assert.deepEqual(
        seen,
        seen.map((_, bucket) => Math.min(bucket + 1, BUDGET_BUCKETS)),
      );
    });

    it('is empty after a time without calls, however long', () => {
      for (const idleMs of [600_000, 6 * HOUR_MS, 1e12]) {
        const { ends, pass, window, last } = given(engine);
        ends(V_FAILURE, 50);
        pass(idleMs);
        assert.deepEqual(window(), { calls: 0, failures: 0 });
        assert.deepEqual(last(10_000), { calls: 0, failures: 0 });
      }
    });

    it('knows the last five minutes and the last six hours whatever its window', () => {
      const { ends, pass, window, last } = given(engine);
      for (let minute = 0; minute < 360; minute++) {
        ends(V_FAILURE);
        ends(V_SUCCESS, 3);
        pass(60_000);
      }
      pass(-BURN_MS);
      assert.deepEqual(last(300_000), { calls: 20, failures: 5 });
      assert.deepEqual(last(HOUR_MS), { calls: 240, failures: 60 });
      assert.deepEqual(last(6 * HOUR_MS), { calls: 1_440, failures: 360 });
      assert.deepEqual(last(100 * HOUR_MS), last(6 * HOUR_MS));
      assert.deepEqual(window(), { calls: 40, failures: 10 });
    });

    it('reads its window from the six hours’ ring where that is fine enough', () => {
      const { ends, pass, window } = given(engine, F_BUDGET | F_BURN_ONLY);
      ends(V_FAILURE, 3);
      pass(HOUR_MS - BURN_MS);
      ends(V_SUCCESS, 1);
      assert.deepEqual(window(), { calls: 4, failures: 3 });
      pass(BURN_MS);
      assert.deepEqual(window(), { calls: 1, failures: 0 });
    });

    it('tells the one call that began a bucket', () => {
      const { ends, pass } = given(engine);
      assert.equal(ends(V_SUCCESS), E_TURNED);
      assert.equal(ends(V_SUCCESS, 20), 0);
      pass(10_000);
      assert.equal(ends(V_FAILURE), E_TURNED);
    });

    it('takes a snapshot’s counts in', () => {
      const { ends, restore, window, last, pass } = given(engine);
      ends(V_SUCCESS);
      restore(100, 7);
      assert.deepEqual([window(), last(10_000)], Array(2).fill({ calls: 101, failures: 7 }));
      pass(600_000);
      assert.deepEqual(window(), { calls: 0, failures: 0 });
    });

    it('counts what stands in the future as nothing when its clock has gone back', () => {
      const { ends, back, window, last } = given(engine);
      ends(V_FAILURE, 9);
      back(HOUR_MS);
      assert.deepEqual([window(), last(300_000)], Array(2).fill({ calls: 0, failures: 0 }));
      ends(V_SUCCESS);
      assert.deepEqual(window(), { calls: 1, failures: 0 });
    });

    it('stays at the highest count a bucket can hold', () => {
      const { plane, at, ends, window } = given(engine);
      ends(V_SUCCESS);
      const words = new BigInt64Array(plane.memory.buffer);
      for (let bucket = 0; bucket < BUDGET_BUCKETS; bucket++) {
        const word = (at + BUDGET_AT + bucket * 16) >> 3;
        if (words[word] !== 0n) words[word] |= 0xf_ffff_fffen;
      }
      ends(V_SUCCESS, 3);
      assert.deepEqual(window(), { calls: 2 ** 36 - 1, failures: 0 });
    });
  });

  describe(`counters of a policy (${engine})`, () => {
    it('count beyond 32 bits, and in one go', () => {
      const { kernels, at } = given(engine, F_COUNTED);
      kernels.count(at, 640, 2 ** 32 - 1);
      kernels.count(at, 640, 1);
      assert.equal(kernels.counted(at, 640), 2 ** 32);
      kernels.count(at, 640, 2 ** 45);
      assert.equal(kernels.counted(at, 640), 2 ** 32 + 2 ** 45);
      assert.equal(kernels.counted(at, 648), 0);
    });
  });
}
