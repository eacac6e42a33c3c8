// Limits that find themselves while something else goes on in the same memory: another thread that learns or
// publishes, a view with a longer window, calls beside the attempts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ADAPT_LOCK,
  E_LIMIT,
  F_AIMD,
  F_ATTEMPTS,
  F_BULKHEAD,
  F_LATENCY,
  F_RATE,
  F_VIEW_HEDGE,
  F_VIEW_RATE,
  LATENCY_VIEWS_AT,
  R_RATE,
  S_RELEASE,
  S_VERDICT,
  SLOT_LOCK,
  V_SUCCESS,
  VIEW_BYTES,
  VIEW_COUNT,
  VIEW_STAMPS,
} from '../../assembly/layout.ts';
import { bucket, ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const INTERVAL_MS = 1_000;
const RATE = 1_000;
const RATE_VIEW = 3;
const SIX_DAYS_MS = 6 * 24 * 3_600_000;

/** A limiter whose rate follows latencies, with others that watch them too. */
function limiter(engine: TestedEngine, rateSamples = 1) {
  const { kernels, slot, plane } = givenPolicyOn(engine, {
    features: F_RATE | F_ATTEMPTS | F_LATENCY | F_VIEW_RATE | F_VIEW_HEDGE,
    viewMs: [0, 0, 1_000 * INTERVAL_MS, INTERVAL_MS],
    numbers: {
      ...bucket(RATE, RATE),
      minRate: 1,
      maxRate: 10 * RATE,
      rateTargetMs: 10,
      ratePercentile: 0.95,
      rateSamples,
    },
  });
  const stamps = slot.at + LATENCY_VIEWS_AT + RATE_VIEW * VIEW_BYTES + VIEW_STAMPS;
  let now = 5_000 * INTERVAL_MS;
  const end = (ms: number) =>
    kernels.settle(slot.at, slot.cell, -1, 0, now - ms, now, V_SUCCESS, S_VERDICT, -1);
  // The first attempt ever begins the first interval.
  end(10);
  return {
    /** So many attempts, and the one that ends the interval: what it changed. */
    interval(ms: number, attempts = 30): number {
      for (let i = 1; i < attempts; i++) end(ms);
      now += INTERVAL_MS;
      return end(ms);
    },
    rate: () => Math.round(slot.numbers.ratePerSecond),
    refuse: () => kernels.refuse(slot.at, plane.rowAt, now, 1, R_RATE),
    call: (ms: number) => kernels.record(slot.at, now - ms, now, V_SUCCESS),
    publisher: (owner: number) => Atomics.store(plane.i32, (slot.at + SLOT_LOCK) >> 2, owner),
    /** As if who began this interval had died before it was done. */
    forgetBeginning: () => plane.bytes.fill(0, stamps, stamps + 8 * VIEW_COUNT),
  };
}

for (const engine of ENGINES) {
  describe(`a rate that finds itself beside others (${engine})`, () => {
    it('is judged each interval, though another view looks at a thousand of them', () => {
      const { interval, rate } = limiter(engine);
      assert.deepEqual([interval(50), rate()], [E_LIMIT, RATE * 0.9]);
      assert.deepEqual([interval(50), rate()], [E_LIMIT, RATE * 0.81]);
    });

    it('stays, and is not said to have moved, while another thread publishes', () => {
      const { interval, rate, publisher } = limiter(engine);
      publisher(99);
      assert.deepEqual([interval(50), rate()], [0, RATE]);
      publisher(0);
      assert.deepEqual([interval(50), rate()], [E_LIMIT, RATE * 0.9]);
    });

    it('does not rise after an interval whose beginning nobody has kept, though it held callers back', () => {
      const { interval, rate, refuse, forgetBeginning } = limiter(engine);
      refuse();
      forgetBeginning();
      assert.deepEqual([interval(1), rate()], [0, RATE]);
      refuse();
      assert.deepEqual([interval(1), rate()], [E_LIMIT, RATE * 1.05]);
    });

    it('is judged by attempts alone, however long calls were', () => {
      const { interval, rate, call } = limiter(engine, 31);
      call(2 * SIX_DAYS_MS);
      assert.deepEqual([interval(50, 30), rate()], [0, RATE], 'one attempt too few');
      assert.deepEqual([interval(50, 31), rate()], [E_LIMIT, RATE * 0.9]);
    });
  });

  describe(`a bulkhead that finds its limit beside others (${engine})`, () => {
    it('leaves the lock to the thread that learns, whichever it is', () => {
      const { kernels, slot, plane } = givenPolicyOn(engine, {
        features: F_BULKHEAD | F_AIMD,
        numbers: { maxConcurrent: 1, minLimit: 1, maxLimit: 100 },
      });
      const lock = (slot.at + ADAPT_LOCK) >> 2;
      const callOf = (row: number) => {
        const cell = plane.cellAt(row, slot.index);
        const ticket = kernels.admit(slot.at, cell, plane.rowAt, -1, 1_000, 1, 0, 0);
        return kernels.settle(slot.at, cell, -1, ticket, 995, 1_000, V_SUCCESS, S_VERDICT | S_RELEASE, -1);
      };
      for (const [learner, other] of [
        [0, 1],
        [1, 0],
      ]) {
        const limit = kernels.bulkheadCapacity(slot.at);
        // Rows sign with their number + 1.
        plane.i32[lock] = learner + 1;
        assert.deepEqual([callOf(other), kernels.bulkheadCapacity(slot.at)], [0, limit]);
        assert.equal(plane.i32[lock], learner + 1);
        plane.i32[lock] = 0;
        assert.deepEqual([callOf(other), plane.i32[lock]], [E_LIMIT, 0]);
      }
    });
  });
}
