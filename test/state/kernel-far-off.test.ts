// Numbers that few calls ever come to: times as large as the kernels count exactly, buckets a ring comes round to
// after days, latencies behind the last border.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  F_ATTEMPTS,
  F_RATE,
  F_VIEW_RATE,
  LATENCY_BUCKETS,
  S_VERDICT,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { givenBreaker } from './breaker-scene.ts';
import { ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const WEEK_MS = 604_800_000;
/** Stamps of buckets have so many bits: after as many buckets they are the same again. */
const STAMPS = 2 ** 28;

/** A breaker with buckets of a millisecond, as many as the ring has: what is counted in one of them, and seen then. */
function countedIn(engine: TestedEngine) {
  const { calls, counts, pass, now } = givenBreaker(engine, {
    windowBuckets: 64,
    bucketMs: 1,
    numbers: { minCalls: 100 },
  });
  return (bucket: number) => {
    pass(bucket - now());
    calls(1, 'ok');
    return counts().total;
  };
}

for (const engine of ENGINES) {
  describe(`a bucket of units far from the beginning (${engine})`, () => {
    it('is read to the nearest unit, up from a half, where time has outgrown what is read quickest', () => {
      const perMs = 2 ** 30;
      const { kernels, slot } = givenPolicyOn(engine, {
        features: F_RATE,
        numbers: { units: 1, unitsPerMs: perMs, burstUnits: 10 },
      });
      const then = 2 ** 51 / perMs;
      const half = 0.5 / perMs;
      assert.equal(kernels.rateAcquire(slot.at, then, 10), 0);
      assert.equal(kernels.rateAvailable(slot.at, then), 0);
      assert.equal(kernels.rateAvailable(slot.at, then + half), 1);
      assert.equal(kernels.rateAcquire(slot.at, then + half, 1), 0);
      assert.equal(kernels.rateAvailable(slot.at, then + half), 0);
    });
  });

  describe(`a bucket of a window after days (${engine})`, () => {
    it('is begun anew where the one before it bore the last of all stamps', () => {
      const seen = countedIn(engine);
      assert.equal(seen(STAMPS - 1), 1);
      assert.equal(seen(STAMPS + 63), 1);
    });

    it('is begun anew where the one before it bore twice its stamp', () => {
      const seen = countedIn(engine);
      const stamp = STAMPS / 2 + 64;
      assert.equal(seen(2 * stamp - STAMPS), 1);
      assert.equal(seen(stamp), 1);
    });
  });

  describe(`a latency of a week (${engine})`, () => {
    it('lies in the last bucket, and lowers a rate that follows latencies', () => {
      const { kernels, slot } = givenPolicyOn(engine, {
        features: F_RATE | F_ATTEMPTS | F_VIEW_RATE,
        viewMs: [0, 0, 0, 1_000],
        numbers: {
          ratePerSecond: 100,
          minRate: 1,
          maxRate: 1_000,
          rateTargetMs: 1,
          ratePercentile: 0.5,
          rateSamples: 1,
        },
      });
      const now = WEEK_MS;
      const end = (at: number, ms: number) =>
        kernels.settle(slot.at, slot.cell, -1, 0, at - ms, at, V_SUCCESS, S_VERDICT, -1);
      assert.equal(kernels.latencyIndex(WEEK_MS), LATENCY_BUCKETS - 1);
      end(now, WEEK_MS);
      end(now + 1_000, 1);
      assert.equal(Math.round(slot.numbers.ratePerSecond), 90);
    });
  });
}
