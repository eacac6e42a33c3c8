// The units a bucket counts time in.
//
// One permit is a whole number of units, so a rate is never rounded. The number
// is as large as leaves room: products of time and rate stay exact in a double
// for months, and the arrival time fits into its word for ten years and more.

import { OptionsError } from '../base/errors.ts';

const TEN_YEARS_MS = 3.156e11;
const MONTHS_MS = 1e10;
const CHOICES = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 500, 100, 50, 20, 10, 5, 2, 1];

/**
 * Chooses a scale that serves rates up to `highestPerSecond` and a bucket of `burst` permits. Keyed buckets
 * have six bits less for the time. Throws an `OptionsError` at `path` where no scale does.
 */
export function rateScale(path: string, highestPerSecond: number, burst: number, keyed: boolean): number {
  const perMs = highestPerSecond / 1000;
  const room = 2 ** (keyed ? 52 : 57);
  const most = (units: number) => Math.max(perMs * TEN_YEARS_MS, burst) * units + burst * units;
  for (const exact of [true, false]) {
    for (const units of CHOICES) {
      const fine = !exact || perMs * MONTHS_MS * units < 2 ** 52;
      if (fine && burst * units <= 2 ** 53 && most(units) < room) return units;
    }
  }
  throw new OptionsError({
    path,
    expected: 'a burst that can be kept beside this rate',
    received: `${burst} permits at ${highestPerSecond} a second`,
  });
}

export function unitsPerMs(permitsPerSecond: number, unitsPerPermit: number): number {
  return (permitsPerSecond * unitsPerPermit) / 1000;
}
