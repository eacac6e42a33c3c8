import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionsError } from '../../src/base/errors.ts';
import { rateScale, unitsPerMs } from '../../src/state/rate-scale.ts';

describe('the scale of a bucket', () => {
  it('makes one permit a whole number of units, whatever the rate', () => {
    for (const rate of [1e-7, 1 / 2_592_000, 1, 1e7]) {
      for (const keyed of [false, true]) assert.ok(Number.isInteger(rateScale('rate', rate, 10, keyed)));
    }
  });

  it('has room for large bursts at low rates and for high rates at once', () => {
    for (const [rate, burst] of [
      [1e-6, 1e6],
      [1, 1e12],
      [1e7, 1e7],
      [1e7, 1e9],
    ]) {
      const units = rateScale('rate', rate, burst, false);
      assert.ok(burst * units <= 2 ** 53 && unitsPerMs(rate, units) > 0);
    }
  });

  it('is refused where burst and rate cannot be kept together, naming both', () => {
    for (const [rate, burst, keyed] of [
      [1, 1e16, false],
      [1e12, 1, false],
      // The time of a bucket ends at 2⁵⁷ units: with these it would do so within ten years.
      [8e8, 1, false],
      [1, 3e15, true],
      [1e8, 1, true],
    ] as const) {
      assert.throws(
        () => rateScale('send.rateLimiter', rate, burst, keyed),
        (error: OptionsError) => {
          assert.ok(error instanceof OptionsError);
          assert.equal(error.path, 'send.rateLimiter');
          return error.message.includes(`${burst} permits at ${rate} a second`);
        },
      );
    }
  });
});
