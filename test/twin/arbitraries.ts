// What histories are made of.

import fc from 'fast-check';
import { F_COUNTED } from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { rateScale, unitsPerMs } from '../../src/state/rate-scale.ts';
import type { Step, StepName } from './steps.ts';
import { type Beginning, type FenceKind, THREADS } from './world.ts';

type Numbers = Partial<PolicyNumbers>;

const HOUR_MS = 3_600_000;
export const NEVER = Number.POSITIVE_INFINITY;

export const whole = (min: number, max: number) => fc.integer({ min, max });
export const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
export const some = fc.constantFrom;

export const thread = whole(0, THREADS - 1);
export const fence = some<FenceKind>('right', 'right', 'right', 'right', 'right', 'none', 'wrong');
export const draw = real(0, 1);

/** Time stands still, goes on a little, turns a bucket, leaps; now and then a thread is late with its reading. */
const pause = fc.oneof(
  { weight: 8, arbitrary: some(0, 1, 5, 100, 1000) },
  { weight: 6, arbitrary: real(0, 2_000) },
  { weight: 3, arbitrary: some(1_250, 5_000, 10_000, 60_000) },
  { weight: 2, arbitrary: some(HOUR_MS, 25 * HOUR_MS, -0.5, -1_000) },
);

export const permits = fc.oneof(
  { weight: 4, arbitrary: some(1, 1, 2, 5) },
  { weight: 2, arbitrary: some(0.5, 0.1, 1 / 3) },
  { weight: 1, arbitrary: real(0.001, 50) },
);

/** How long something took, in milliseconds. */
export const duration = fc.oneof(
  { weight: 3, arbitrary: some(0, 0.5, 10, 100) },
  { weight: 3, arbitrary: real(0, 500) },
  { weight: 1, arbitrary: real(-10, 1e12) },
);

/** A step that comes up `weight` times as often as one of weight 1. */
export function step(weight: number, name: StepName, ...by: fc.Arbitrary<unknown>[]) {
  return { weight, arbitrary: fc.tuple(fc.constant(name), ...by) as unknown as fc.Arbitrary<Step> };
}

export const time = [
  step(8, 'pass', pause),
  step(1, 'turnBack', fc.oneof(some(HOUR_MS, 1), real(0, 20_000))),
] as const;

/** Ends of threads, and changes of options to numbers from `change`. */
export const life = (change: fc.Arbitrary<Numbers>) =>
  [
    step(1, 'die', thread),
    step(1, 'join', thread),
    step(2, 'publish', thread, change, some(0, 0, 0, 1)),
  ] as const;

const verdict = some(0, 0, 1, 1, 2, 3);
const openMs = fc.oneof(
  { weight: 12, arbitrary: some(-1) },
  { weight: 1, arbitrary: some(0, 250, 60_000, 1e15) },
);

export const calls = [
  step(12, 'admit', thread, permits, draw, some(0, 0, 0, 1, 2, 3), fence),
  step(10, 'settle', whole(0, 20), verdict, some(7, 7, 7, 3, 1, 2, 4), openMs, fence),
  step(1, 'settleAgain', thread, fc.oneof(whole(0, 5), whole(0, 0xffffff)), verdict),
  step(1, 'record', duration, verdict),
  step(3, 'refuse', thread, permits, whole(-10, -1)),
] as const;

/** Numbers of a token bucket: as `rateScale` chooses them, or any that hold together. */
export const bucketNumbers = (keyed: boolean): fc.Arbitrary<Numbers> =>
  fc.oneof(
    fc
      .tuple(some(1 / 2_592_000, 0.7, 10, 1_000, 1e6, 1e7), fc.oneof(whole(1, 10), whole(1, 1_000_000)))
      .map(([ratePerSecond, burst]) => {
        const units = rateScale('rate', ratePerSecond, burst, keyed);
        return scaled(ratePerSecond, units, burst * units);
      }),
    fc
      // A keyed word has no room for more than 10,000 units a millisecond in ten years.
      .tuple(real(1e-6, keyed ? 1e4 : 1e7), whole(1, keyed ? 1e3 : 1e9), whole(1, 1_000))
      .map(([ratePerSecond, units, burst]) => scaled(ratePerSecond, units, burst * units)),
  );

function scaled(ratePerSecond: number, units: number, burstUnits: number): Numbers {
  return { ratePerSecond, units, burstUnits, unitsPerMs: unitsPerMs(ratePerSecond, units) };
}

export const breakerNumbers: fc.Arbitrary<Numbers> = fc.record({
  consecutive: whole(0, 3),
  minCalls: whole(1, 6),
  failureRate: some(2, 0.3, 0.5, 0.56, 1),
  slowMs: some(NEVER, 10, 100),
  slowRate: some(2, 0.5),
  trials: some(1, 2, 3, 4, 10, 4_095),
  trialRate: some(2, 0.3, 0.5),
  trialWaitMs: some(-1, 0, 500, 100_000),
  rampMs: some(0, 1_000),
  openMs: some(0, 100, 1_000, 30_000.5),
});

export const bulkheadNumbers: fc.Arbitrary<Numbers> = fc.record({
  maxConcurrent: fc.oneof(whole(1, 4), some(NEVER)),
  maxQueue: some(0, 1, 3, NEVER),
  minLimit: some(1, 2),
  maxLimit: some(3, 40, 1_000),
});

export const windowNumbers: fc.Arbitrary<Numbers> = fc.record({
  throttleK: some(1, 1.5, 2),
  throttleMax: some(0.9, 1),
  retryRatio: some(0, 0.2, 1),
  retryFloor: some(0, 0.1, 1),
  budgetMs: some(60_000, HOUR_MS, 1e9),
});

/** Adds what is asked for to a beginning. */
export function beginning(
  features: fc.Arbitrary<number>,
  numbers: readonly fc.Arbitrary<Numbers>[],
  keyCells: fc.Arbitrary<number> = some(0),
): fc.Arbitrary<Beginning> {
  return fc.record({
    features: fc.tuple(features, some(0, F_COUNTED)).map(([chosen, counted]) => chosen | counted),
    windowBuckets: some(1, 3, 10, 64),
    bucketMs: some(0.1, 100, 1_000),
    windowCalls: some(1, 2, 5, 8, 100),
    budgetBucketMs: some(1_000, 10_000, HOUR_MS),
    throttleBucketMs: some(10, 5_000),
    viewMs: some([60_000, 8_000, 80, 1_000] as const, [100, 100, 100, 100] as const),
    keyCells,
    numbers: fc.tuple(...numbers).map((parts): Numbers => Object.assign({}, ...parts)),
    nowMs: some(0, 1_234.5, 1e6 + 0.25, 3.15e11),
    generation: some(0, 0, 0, 1, 255, 0x7ffffe, 0xfffffe),
  });
}

/** Any set of flags, as one number. */
export const anyOf = (...flags: number[]): fc.Arbitrary<number> =>
  fc.subarray(flags).map((chosen) => chosen.reduce((sum, flag) => sum | flag, 0));
