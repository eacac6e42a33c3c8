// Corners that histories of everything seldom come to: few protections, and what makes them meet.

import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  F_AIMD,
  F_ATTEMPTS,
  F_BREAKER,
  F_BULKHEAD,
  F_COUNTED,
  F_GRADIENT,
  F_KEYED,
  F_LATENCY,
  F_LINE,
  F_RAMP,
  F_RATE,
  F_SHARED_KEYS,
  F_THROTTLE,
  F_VEGAS,
  F_VIEW_BUDGET,
  F_VIEW_HEDGE,
  F_VIEW_RATE,
  F_VIEW_TIMEOUT,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
} from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import {
  beginning,
  breakerNumbers,
  bucketNumbers,
  bulkheadNumbers,
  draw,
  fence,
  NEVER,
  permits,
  real,
  some,
  step,
  thread,
  whole,
  windowNumbers,
} from './arbitraries.ts';
import { histories } from './history.ts';

const always = some<'right'>('right');
const ended = step(10, 'settle', whole(0, 20), some(0, 0, 1), some(7), some(-1), always);
const admitted = (draws: fc.Arbitrary<number>) =>
  step(12, 'admit', thread, some(1), draws, some(0, 0, 1), always);
const openBriefly = fc.record({ openMs: some(100), trialWaitMs: some(-1, 500) });

describe('a policy of the twin, in its corners', () => {
  it('draws apart for the ramp of its breaker and for its throttle', () => {
    const steps = fc.oneof(
      admitted(fc.oneof(draw, some(0, 0.5, 0.25 + 2 ** -17))),
      step(2, 'settle', whole(0, 20), some(1, 1, 0), some(7), some(-1), always),
      step(2, 'pass', some(0, 10, 100)),
      step(1, 'force', some(-1)),
    );
    const numbers = [windowNumbers, breakerNumbers, fc.record({ rampMs: some(1_000), consecutive: some(0) })];
    const features = some(F_BREAKER | F_RAMP, F_BREAKER | F_RAMP | F_THROTTLE, F_BREAKER | F_THROTTLE);
    histories(beginning(features, numbers), steps, { runs: 60, length: 60 });
  });

  it('decides by its trials, and starts over when they succeed', () => {
    const steps = fc.oneof(
      admitted(draw),
      ended,
      step(4, 'pass', some(0, 50, 100, 500)),
      step(1, 'settle', whole(0, 20), some(0, 2), some(7), some(0), always),
      step(2, 'settle', whole(0, 20), some(2), some(7), some(-1), always),
      step(1, 'isolate', thread, some(1, -1), always),
      step(1, 'mode', some(0, 0, 0, 1, 2)),
      step(1, 'die', thread),
      step(2, 'lookAtBreaker'),
    );
    const trials = fc.record({ trials: some(1, 2, 4), trialRate: some(2, 0.5, 1), consecutive: whole(1, 3) });
    const few = fc.record({ maxConcurrent: some(1, 2) });
    const numbers = [breakerNumbers, openBriefly, trials, bulkheadNumbers, few];
    const features = some(F_BREAKER, F_BREAKER | F_BULKHEAD, F_BREAKER | F_WINDOW_CALLS | F_COUNTED);
    histories(beginning(features, numbers), steps, { runs: 100, length: 80 });
  });

  it('refuses by whoever comes first, wakes the line, and says why', () => {
    const steps = fc.oneof(
      admitted(draw),
      step(4, 'settle', whole(0, 20), some(0, 1), some(7, 3, 2), some(-1), fence),
      step(3, 'pass', some(0, 0.5, 1, 100)),
      step(2, 'useKey', thread, whole(0, 3).map(String), some(1)),
      step(3, 'refuse', thread, permits, whole(-10, -1)),
      step(2, 'joinLine', thread, always),
      step(1, 'leaveLine', thread, always, some(1), some(0, 1)),
      step(1, 'force', some(-1, 1_000)),
      step(1, 'isolate', thread, some(1, -1), always),
      step(1, 'mode', some(0, 0, 1)),
      step(2, 'lookAtLine', whole(0, 9)),
      step(2, 'lookAtKeys', thread, permits),
    );
    const few = fc.record({ maxConcurrent: some(1, 2), maxQueue: some(1, 3) });
    const numbers = [breakerNumbers, openBriefly, bulkheadNumbers, few, bucketNumbers(true)];
    const keyed = F_RATE | F_KEYED;
    const features = fc
      .tuple(some(0, F_BREAKER), some(F_RATE, keyed, keyed | F_SHARED_KEYS), some(0, F_BULKHEAD))
      .map(([breaker, rate, bulkhead]) => breaker | rate | bulkhead | F_LINE);
    histories(beginning(features, numbers, some(1, 2)), steps, { runs: 150, length: 80 });
  });

  it('trips at a rate that is met exactly, of calls that were failed or slow', () => {
    const steps = fc.oneof(
      step(8, 'admit', thread, some(1), draw, some(0), always),
      step(8, 'settle', whole(0, 20), some(0, 1, 1), some(7), some(-1), always),
      step(4, 'pass', some(0, 10, 11, 0.017, 100, 200, 1_000)),
      step(1, 'force', some(-1)),
      step(2, 'lookAtBreaker'),
    );
    const rates = fc.record({
      consecutive: some(0),
      minCalls: whole(1, 4),
      failureRate: some(2, 0.5, 1),
      slowMs: some(10),
      slowRate: some(2, 0.5, 1),
    });
    const features = some(F_BREAKER | F_WINDOW_CALLS, F_BREAKER | F_WINDOW_TIME, F_BREAKER);
    histories(beginning(features, [breakerNumbers, rates]), steps, { runs: 100, length: 80 });
  });
});

describe('limits that find themselves, in their corners', () => {
  it('probe anew, fade and judge at the edge of their target, as those of the kernels do', () => {
    const steps = fc.oneof(
      step(10, 'admit', thread, some(1), draw, some(0), always),
      step(10, 'settle', whole(0, 3), some(0, 0, 0, 0, 3), some(7), some(-1), always),
      step(4, 'pass', some(0, 1, 1.5, 3, 30, 40)),
      step(1, 'pass', some(1_000)),
    );
    const edge = fc.record({
      minRate: some(0.5),
      maxRate: some(10_000),
      rateTargetMs: some(1, 2),
      ratePercentile: some(0.5, 0.95),
      rateSamples: whole(1, 3),
      maxConcurrent: some(1, 2),
      minLimit: some(1),
      maxLimit: some(3),
    });
    // A thousand a second, or one: then the next is less than one.
    const rates = some<Partial<PolicyNumbers>>(
      { ratePerSecond: 1_000, units: 1_000_000, unitsPerMs: 1_000_000, burstUnits: 1_000_000_000 },
      { ratePerSecond: 1, units: 1_000_000, unitsPerMs: 1_000, burstUnits: 1_000_000_000 },
    );
    const adaptive = F_RATE | F_ATTEMPTS | F_VIEW_RATE;
    const features = fc
      .tuple(some(0, adaptive, adaptive | F_VIEW_HEDGE), some(F_AIMD, F_VEGAS, F_GRADIENT))
      .map(([rate, limit]) => rate | limit | F_BULKHEAD);
    histories(beginning(features, [bulkheadNumbers, edge, rates]), steps, { runs: 60, length: 400 });
  });
});

describe('a window of latencies, in its corners', () => {
  it('holds what lasted for days, and nothing of a future that the clock has left', () => {
    const lasted = fc.oneof(real(0, 2), some(0, 16 / 16_384, 15 / 16_384, 6e8, 1e12));
    const steps = fc.oneof(
      step(8, 'record', lasted, some(0, 0, 1)),
      step(4, 'admit', thread, some(1), draw, some(0), always),
      step(4, 'settle', whole(0, 20), some(0, 1), some(7), some(-1), always),
      step(3, 'pass', some(0, 79, 80, 100, 1_000, 8_000, 6e8)),
      step(1, 'turnBack', some(50, 100, 1_000)),
      step(4, 'lookAtLatency', whole(0, 2), some(0, 0.5, 1), lasted),
    );
    const features = some(F_LATENCY | F_VIEW_BUDGET, F_LATENCY | F_ATTEMPTS | F_VIEW_BUDGET | F_VIEW_TIMEOUT);
    histories(beginning(features, [fc.record({ maxConcurrent: some(NEVER) })]), steps, {
      runs: 60,
      length: 60,
    });
  });
});
