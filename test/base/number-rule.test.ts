import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAllowed, type NumberRule, sayRule } from '../../src/base/number-rule.ts';

const ODD = ['5', undefined, null, {}, [5], true, 5n, Number.NaN];
const INFINITY = Number.POSITIVE_INFINITY;

describe('a rule for numbers', () => {
  it('allows any finite number when it says nothing more', () => {
    for (const value of [0, -0, -1.5, 1e300, 5e-324]) assert.ok(isAllowed(value, {}), `${value}`);
    for (const value of [...ODD, INFINITY, -INFINITY]) assert.ok(!isAllowed(value, {}), String(value));
  });

  it('allows infinity where it says so, and then only the positive one', () => {
    const rule = { infinite: true };
    assert.ok(isAllowed(INFINITY, rule));
    assert.ok(isAllowed(5, rule));
    for (const value of [...ODD, -INFINITY]) assert.ok(!isAllowed(value, rule), String(value));
    assert.ok(isAllowed(INFINITY, { infinite: true, whole: true, atLeast: 1 }));
  });

  it('holds its bounds to the number', () => {
    const cases: [NumberRule, allowed: number[], refused: number[]][] = [
      [{ atLeast: 1 }, [1, 2], [0.999]],
      [{ atMost: 1 }, [1, -2], [1.001]],
      [{ above: 0 }, [5e-324], [0, -1]],
      [{ below: 1 }, [0.999], [1, 2]],
      [{ atLeast: 0, atMost: 1 }, [0, 1], [-0.1, 1.1]],
      [{ whole: true }, [3, -3, 2 ** 53 - 1], [0.5, 2 ** 53]],
    ];
    for (const [rule, allowed, refused] of cases) {
      for (const value of allowed) assert.ok(isAllowed(value, rule), `${value}: ${sayRule(rule)}`);
      for (const value of refused) assert.ok(!isAllowed(value, rule), `${value}: ${sayRule(rule)}`);
    }
  });

  it('is said as a noun', () => {
    const said: Record<string, NumberRule> = {
      'a finite number': {},
      'a finite number, or Infinity': { infinite: true },
      'a whole number': { whole: true },
      'a whole number of at least 1': { whole: true, atLeast: 1 },
      'a number of at most 9': { atMost: 9 },
      'a number above 0': { above: 0 },
      'a number above 0 and at most 1': { above: 0, atMost: 1 },
      'a number of at least 0 and below 1': { atLeast: 0, below: 1 },
      'a number from 0 to 1': { atLeast: 0, atMost: 1 },
      'a duration in ms': { ms: true },
      'a duration above 0 ms': { ms: true, above: 0 },
      'a duration from 1 to 9 ms': { ms: true, whole: true, atLeast: 1, atMost: 9 },
    };
    for (const [noun, rule] of Object.entries(said)) assert.equal(sayRule(rule), noun);
  });
});
