import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { F_LATENCY, F_VIEW_BUDGET, LATENCY_BUCKETS, V_IGNORED, V_SUCCESS } from '../../assembly/layout.ts';
import { latenciesIn } from '../support/histogram.ts';
import { ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

/** What a percentile may be off, of itself: CONTRACT says 3.2 %. */
const MOST_ERROR = 1 / 32 + 1e-9;
const WINDOW_MS = 80_000;

/** Latencies of whole calls, in a window of eight slices. */
function given(engine: TestedEngine) {
  const { kernels, slot } = givenPolicyOn(engine, {
    features: F_LATENCY | F_VIEW_BUDGET,
    viewMs: [WINDOW_MS, 0, 0, 0],
  });
  let now = WINDOW_MS * 10;
  return {
    kernels,
    at: slot.at,
    took: (ms: number, verdict = V_SUCCESS) => kernels.record(slot.at, now - ms, now, verdict),
    pass: (ms: number) => {
      now += ms;
    },
    percentile: (q: number) => kernels.viewPercentile(slot.at, 0, now, q),
    within: (ms: number) => kernels.viewWithin(slot.at, 0, now, ms),
    seen: () => kernels.viewCount(slot.at, 0, now),
    ever: () => latenciesIn(kernels, slot.at, 0),
  };
}

for (const engine of ENGINES) {
  const { kernels } = givenPolicyOn(engine, {});

  describe(`a bucket of latencies (${engine})`, () => {
    it('stands for nothing that is further from it than a thirty-second', () => {
      const latencies = fc.double({ min: Math.log(0.001), max: Math.log(5 * 86_400_000), noNaN: true });
      fc.assert(
        fc.property(latencies, (exponent) => {
          const ms = Math.exp(exponent);
          const value = kernels.latencyValue(kernels.latencyIndex(ms));
          assert.ok(Math.abs(value / ms - 1) <= MOST_ERROR, `${ms} became ${value}`);
        }),
        { numRuns: 2_000 },
      );
    });

    it('comes after that of every shorter latency', () => {
      let last = 0;
      for (let ms = 1e-5; ms < 1e9; ms *= 1.003) {
        const index = kernels.latencyIndex(ms);
        assert.ok(index >= last && index - last <= 1, `${ms} has ${index} after ${last}`);
        last = index;
      }
      assert.equal(last, LATENCY_BUCKETS - 1);
    });

    it('is found again by its own middle', () => {
      for (let index = 0; index < LATENCY_BUCKETS; index++) {
        assert.equal(kernels.latencyIndex(kernels.latencyValue(index)), index);
      }
    });

    it('is the first for no time at all, the last for all time', () => {
      assert.deepEqual([0, -5, 0.00005].map(kernels.latencyIndex), [0, 0, 0]);
      assert.deepEqual([1e9, 1e300, Number.POSITIVE_INFINITY].map(kernels.latencyIndex), Array(3).fill(639));
      assert.equal(kernels.latencyValue(0), 0);
    });
  });

  describe(`a window of latencies (${engine})`, () => {
    it('knows no percentile before there was a call', () => {
      const { percentile, seen } = given(engine);
      assert.deepEqual([percentile(0.5), seen()], [Number.NaN, 0]);
    });

    it('gives percentiles to within a thirty-second', () => {
      const latencies = fc.array(fc.double({ min: 0.001, max: 10_000, noNaN: true }), {
        minLength: 1,
        maxLength: 300,
      });
      fc.assert(
        fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
          const { took, percentile } = given(engine);
          for (const ms of values) took(ms);
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(Math.ceil(q * sorted.length), 1) - 1];
          const found = percentile(q);
          // A latency is a difference of two clock readings: that much is not the histogram's.
          const rounding = 1e-9 / exact;
          assert.ok(Math.abs(found / exact - 1) <= MOST_ERROR + rounding, `${found} for ${exact}`);
        }),
        { numRuns: 60 },
      );
    });

    it('holds calls for at least seven eighths of its length, and not beyond it', () => {
      const { took, pass, seen } = given(engine);
      took(5);
      pass((WINDOW_MS * 7) / 8 - 1);
      assert.equal(seen(), 1);
      pass(WINDOW_MS / 8 + 1);
      assert.equal(seen(), 0);
    });

    it('forgets while idle', () => {
      const { took, pass, percentile, seen, ever } = given(engine);
      for (let i = 0; i < 50; i++) took(900);
      pass(WINDOW_MS * 1_000);
      assert.deepEqual([seen(), percentile(0.95)], [0, Number.NaN]);
      took(3);
      assert.equal(seen(), 1);
      assert.ok(Math.abs(percentile(0.99) - 3) < 0.1);
      assert.equal(ever(), 51);
    });

    it('slides: each eighth that is over goes by itself', () => {
      const { took, pass, seen } = given(engine);
      const counts: number[] = [];
      for (let slice = 0; slice < 24; slice++) {
        for (let i = 0; i <= slice; i++) took(i);
        counts.push(seen());
        pass(WINDOW_MS / 8);
      }
      const sum = (from: number, to: number) => ((to - from + 1) * (from + to + 2)) / 2;
      assert.deepEqual(
        counts,
        counts.map((_, slice) => sum(Math.max(0, slice - 7), slice)),
      );
    });

    it('counts how many were within a limit, to the width of a bucket', () => {
      const { took, within } = given(engine);
      for (let ms = 10; ms <= 1_000; ms += 10) took(ms);
      assert.equal(within(1_000), 100);
      assert.ok(Math.abs(within(500) - 50) <= 2);
      assert.equal(within(9), 0);
    });

    it('does not hear of ignored calls', () => {
      const { took, seen } = given(engine);
      took(5, V_IGNORED);
      assert.equal(seen(), 0);
    });
  });
}
