// Conversions of the twin against the instructions that they stand for.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { carried, int32, nearest, whole } from '../../src/state/twin/arithmetic.ts';
import { real, some } from './arbitraries.ts';

// A module of two functions: i32.trunc_sat_f64_s and f64.nearest.
const MODULE = [
  [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  [0x01, 0x0b, 0x02, 0x60, 0x01, 0x7c, 0x01, 0x7f, 0x60, 0x01, 0x7c, 0x01, 0x7c],
  [0x03, 0x03, 0x02, 0x00, 0x01],
  [0x07, 0x09, 0x02, 0x01, 0x69, 0x00, 0x00, 0x01, 0x6e, 0x00, 0x01],
  [0x0a, 0x0e, 0x02, 0x06, 0x00, 0x20, 0x00, 0xfc, 0x02, 0x0b, 0x05, 0x00, 0x20, 0x00, 0x9e, 0x0b],
];
const module = new WebAssembly.Module(new Uint8Array(MODULE.flat()));
const { i, n } = new WebAssembly.Instance(module).exports as Record<string, (value: number) => number>;

const EDGES = [
  0,
  0.3,
  0.5,
  1.5,
  2.5,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 31 + 1,
  2 ** 32,
  2 ** 51 + 0.5,
  2 ** 52 - 0.5,
]
  .concat([2 ** 52, 2 ** 52 + 1, 2 ** 53 - 1, 2 ** 53, 1e300, Number.POSITIVE_INFINITY])
  .flatMap((value) => [value, -value]);
const numbers = fc.oneof(real(-10, 10), real(-5e9, 5e9), real(-1e16, 1e16), some(...EDGES));

describe('conversions of the twin', () => {
  it('cut a double to 32 bits as the instruction does, at every edge', () => {
    for (const value of [...EDGES, Number.NaN]) assert.equal(int32(value), i(value), String(value));
    fc.assert(fc.property(numbers, (value) => assert.equal(int32(value), i(value))));
  });

  it('round halves to the even number as the instruction does, at every edge', () => {
    // A sum with 0 tells no zero from another: nobody asks for the sign of one.
    for (const value of EDGES) assert.equal(nearest(value) + 0, n(value) + 0, String(value));
    fc.assert(fc.property(numbers, (value) => assert.equal(nearest(value) + 0, n(value) + 0)));
  });

  it('cut a double to a whole number, and NaN to 0', () => {
    assert.deepEqual([1.9, -1.9, 2 ** 53, Number.NaN].map(whole), [1, -1, 2 ** 53, 0]);
  });

  it('carry into the upper half what the lower one has no room for, and borrow from it', () => {
    const halves = [2 ** 32 - 1, 2 ** 32, 2 ** 33 + 5, -1, -(2 ** 32)];
    assert.deepEqual(
      halves.map((low) => carried(7, low)),
      [7, 8, 9, 6, 6],
    );
    assert.equal(carried(2 ** 31 - 1, 2 ** 32), -(2 ** 31), 'and goes round');
  });
});
