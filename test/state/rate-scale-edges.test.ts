import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionsError } from '../../src/base/errors.ts';
import { rateScale } from '../../src/state/rate-scale.ts';

/** Permits a second at which, in so many units, a product of time and rate is exact for 10¹⁰ ms and no longer. */
const exactUntil = (units: number) => (2 ** 52 / 1e10 / units) * 1_000;

describe('the scale of a bucket at the edges of its word', () => {
  it('is finer where no key shares the word', () => {
    assert.equal(rateScale('rate', 1 / 2_592_000, 5_000_000, false), 1e9);
    assert.equal(rateScale('rate', 1 / 2_592_000, 5_000_000, true), 1e8);
  });

  it('is the finest whose products are exact for months', () => {
    assert.equal(rateScale('rate', exactUntil(1e9), 1, false), 1e8);
    assert.equal(rateScale('rate', exactUntil(1e9) * 0.999, 1, false), 1e9);
  });

  it('is one that is exact for less where none is exact for months', () => {
    assert.equal(rateScale('rate', exactUntil(1), 1, false), 1);
  });

  it('has room for a burst of 2⁵³ units, and not for one that fills the word', () => {
    assert.equal(rateScale('rate', 0.001, 2 ** 53, false), 1);
    assert.throws(() => rateScale('rate', 0.001, 2 ** 51, true), OptionsError);
    assert.equal(rateScale('rate', 0.001, 2 ** 50, true), 1);
  });
});
