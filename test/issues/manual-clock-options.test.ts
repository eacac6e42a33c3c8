// A manual clock took a misspelt option in silence and began at zero, and a script of draws that was no list ended in an
// error of the engine's. The testing kit says what is wrong as everything else does.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { manualClock, scriptedRandom } from '../../src/testing/index.ts';

it('a misspelt option of a manual clock is refused with the nearest known name', () => {
  assert.throws(
    () => manualClock({ startAt: 5 } as never),
    /unknown option "startAt"; did you mean "startMs"/,
  );
  assert.throws(() => manualClock({ startMs: null as never }), /manualClock\.startMs: expected a duration/);
});

it('a script of draws is a list of numbers', () => {
  assert.throws(
    () => scriptedRandom(undefined as never),
    /^TypeError: random: a script is an array of draws/,
  );
  assert.throws(() => scriptedRandom(['0.5'] as never), /^RangeError: random: draw 1/);
});
