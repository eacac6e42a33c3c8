import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  F_AIMD,
  F_ATTEMPTS,
  F_BULKHEAD,
  F_GRADIENT,
  F_RATE,
  F_VEGAS,
  F_VIEW_RATE,
} from '../../assembly/layout.ts';
import { beginning, bulkheadNumbers, calls, life, permits, some, step, time, whole } from './arbitraries.ts';
import { histories } from './history.ts';

const adaptiveRate = fc.record({
  ratePerSecond: some(10, 100),
  units: some(1_000_000),
  burstUnits: some(1_000_000, 20_000_000),
  unitsPerMs: some(10_000, 100_000),
  minRate: some(5, 50),
  maxRate: some(100, 1_000),
  rateTargetMs: some(1, 50, 400),
  ratePercentile: some(0.5, 0.95),
  rateSamples: whole(1, 3),
});

describe('limits that find themselves, in the twin', () => {
  it('find what those of the kernels find', () => {
    const steps = fc.oneof(
      ...time,
      ...calls,
      ...life(fc.oneof(bulkheadNumbers, adaptiveRate)),
      step(3, 'lookAtRate', permits),
      step(3, 'lookAtLine', whole(0, 9)),
    );
    const rate = F_RATE | F_ATTEMPTS | F_VIEW_RATE;
    const features = fc
      .tuple(some(0, rate), some(F_AIMD, F_GRADIENT, F_VEGAS))
      .map(([limiter, limit]) => limiter | limit | F_BULKHEAD);
    histories(beginning(features, [bulkheadNumbers, adaptiveRate]), steps, { runs: 150, length: 150 });
  });
});
