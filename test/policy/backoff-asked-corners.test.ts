// What a function of the user's gives for milliseconds, and what a made backoff is asked for.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constant, exponential } from '../../src/policy/backoff.ts';
import { guardedMs } from '../../src/policy/backoff-guard.ts';

describe('milliseconds that a function of the user’s gives', () => {
  it('are taken as they are where they are a finite number of at least 0', () => {
    for (const ms of [0, 0.5, 7, Number.MAX_VALUE])
      assert.equal(
        guardedMs(() => ms, 9),
        ms,
      );
  });

  it('are others where they are anything else, or where it throws', () => {
    for (const ms of [-1, -0.5, Number.NaN, Infinity, -Infinity, '5', 5n, [5], null, undefined]) {
      assert.equal(
        guardedMs(() => ms, 9),
        9,
        String(ms),
      );
    }
    const broken = () => {
      throw new Error('broken');
    };
    assert.equal(guardedMs(broken, 9), 9);
  });
});

describe('a made backoff', () => {
  it('refuses what is no retry number with a RangeError, whatever it is', () => {
    for (const retry of [2n, Symbol('2'), '2', 0, 0.5, 1.5, Number.NaN, null, undefined, {}]) {
      for (const backoff of [constant({ baseMs: 5 }), exponential({ baseMs: 5 })]) {
        assert.throws(() => backoff(retry as number), RangeError, String(retry));
      }
    }
    assert.equal(constant({ baseMs: 5 })(Infinity), 5);
  });
});
