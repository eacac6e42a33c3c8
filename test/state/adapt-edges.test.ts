// Limits that find themselves, where one side meets the other: targets met exactly, counts beyond 32 bits, and a
// lock that somebody else has.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ADAPT_LOCK,
  ADAPT_RTT,
  COUNT_RATE_REFUSED,
  E_LIMIT,
  F_AIMD,
  F_ATTEMPTS,
  F_BULKHEAD,
  F_GRADIENT,
  F_RATE,
  F_VIEW_RATE,
  LATENCY_VIEWS_AT,
  R_RATE,
  S_RELEASE,
  S_VERDICT,
  VIEW_BYTES,
  VIEW_COUNT,
  VIEW_STAMPS,
} from '../../assembly/layout.ts';
import { bucket, ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const INTERVAL_MS = 1_000;
const RATE = 1_000;
/** The view that watches what the rate follows. */
const RATE_VIEW = 3;

/** A limiter whose rate follows latencies; each interval has thirty of them. */
function limiter(engine: TestedEngine, rateTargetMs: number, rateSamples = 1) {
  const { kernels, slot, plane } = givenPolicyOn(engine, {
    features: F_RATE | F_ATTEMPTS | F_VIEW_RATE,
    viewMs: [0, 0, 0, INTERVAL_MS],
    numbers: {
      ...bucket(RATE, RATE),
      minRate: 1,
      maxRate: 10 * RATE,
      rateTargetMs,
      ratePercentile: 0.95,
      rateSamples,
    },
  });
  const stamps = slot.at + LATENCY_VIEWS_AT + RATE_VIEW * VIEW_BYTES + VIEW_STAMPS;
  let now = 50 * INTERVAL_MS;
  const end = (ms: number) =>
    kernels.settle(slot.at, slot.cell, -1, 0, now - ms, now, 0, S_VERDICT | S_RELEASE, -1);
  /** The rate after an interval of calls that took so long. */
  function interval(ms: number): number {
    for (let i = 0; i < 30; i++) end(ms);
    now += INTERVAL_MS;
    end(ms);
    return Math.round(slot.numbers.ratePerSecond);
  }
  // The first call ever begins the first interval.
  end(0);
  return {
    interval,
    refuse: () => kernels.refuse(slot.at, plane.rowAt, now, 1, R_RATE),
    /** As if who began this interval had died before it was done. */
    forgetBeginning: () => plane.bytes.fill(0, stamps, stamps + 8 * VIEW_COUNT),
    refused: (by: number) => kernels.count(slot.at, COUNT_RATE_REFUSED, by),
  };
}

function bulkhead(engine: TestedEngine, algorithm: number) {
  const { kernels, slot, plane } = givenPolicyOn(engine, {
    features: F_BULKHEAD | algorithm,
    numbers: { maxConcurrent: 1, minLimit: 1, maxLimit: 100 },
  });
  const { cell, at } = slot;
  function call(ms: number): number {
    const ticket = kernels.admit(at, cell, plane.rowAt, plane.fence, 1_000, 1, 0, 0);
    return kernels.settle(at, cell, plane.fence, ticket, 1_000 - ms, 1_000, 0, S_VERDICT | S_RELEASE, -1);
  }
  return {
    call,
    limit: () => kernels.bulkheadCapacity(at),
    /** The long average. */
    average: () => plane.f64[(at + ADAPT_RTT) >> 3],
    lock: (owner: number) => Atomics.store(plane.i32, (at + ADAPT_LOCK) >> 2, owner),
  };
}

for (const engine of ENGINES) {
  describe(`a rate that finds itself, at its edges (${engine})`, () => {
    // 33 ms are told exactly: the middle of their bucket.
    it('holds where the percentile is 1.2 times the target, and where it is 0.8 times', () => {
      const above = limiter(engine, 33 / 1.2);
      above.refuse();
      assert.equal(above.interval(33), RATE);
      assert.ok(above.interval(35) < RATE);
      const below = limiter(engine, 33 / 0.8);
      below.refuse();
      assert.equal(below.interval(33), RATE);
      below.refuse();
      assert.ok(below.interval(31) > RATE);
    });

    it('is judged by as many calls as it takes, not by one less', () => {
      // Those of the first interval, with the call that began it.
      assert.ok(limiter(engine, 1, 31).interval(33) < RATE);
      assert.equal(limiter(engine, 1, 32).interval(33), RATE);
    });

    it('is not judged by an interval whose beginning nobody has kept', () => {
      const { interval, forgetBeginning } = limiter(engine, 1);
      forgetBeginning();
      assert.equal(interval(33), RATE);
      assert.ok(interval(33) < RATE, 'by the next one it is');
    });

    for (const [name, most] of [
      ['two', 2 ** 31 - 1],
      ['four', 2 ** 32 - 1],
    ] as const) {
      it(`rises for one refusal more after ${name} billion of them`, () => {
        const { interval, refuse, refused } = limiter(engine, 100);
        refused(most);
        const risen = interval(50);
        assert.ok(risen > RATE);
        assert.equal(interval(50), risen, 'nobody was held back since');
        refuse();
        assert.ok(interval(50) > risen);
      });
    }
  });

  describe(`a bulkhead that finds its limit, at its edges (${engine})`, () => {
    it('leaves a call out that ends while another thread learns', () => {
      const { call, limit, lock } = bulkhead(engine, F_AIMD);
      lock(99);
      assert.deepEqual([call(5), limit()], [0, 1]);
      lock(0);
      assert.deepEqual([call(5), limit()], [E_LIMIT, 2]);
    });

    it('forgets a slow spell faster once the average is over twice a call, not at twice', () => {
      const { call, average } = bulkhead(engine, F_GRADIENT);
      call(3);
      assert.equal(average(), 3);
      call(1);
      assert.equal(average(), 2, 'the mean of both');
      call(0.5);
      assert.equal(average(), 1.5 * 0.95);
    });
  });
}
