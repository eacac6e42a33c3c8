import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { show } from '../../src/base/show.ts';

class Limits {
  burst = 1;
}

describe('a value in a message', () => {
  it('is shown so that one knows it again', () => {
    const cases: [unknown, string][] = [
      [undefined, 'undefined'],
      [null, 'null'],
      [Number.NaN, 'NaN'],
      [-0, '-0'],
      [0, '0'],
      [1e21, '1e+21'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
      [true, 'true'],
      ['5s', '"5s"'],
      ['a "b"\n', '"a \\"b\\"\\n"'],
      [12n, '12n'],
      [Symbol('s'), 'Symbol(s)'],
      [Symbol.iterator, 'Symbol(Symbol.iterator)'],
      [class Bucket {}, 'the function Bucket'],
      [[], 'an empty array'],
      [[undefined], 'an array of 1'],
      [Object.defineProperty(class {}, 'name', { value: 5 }), 'a function'],
      [{}, 'an empty object'],
      [Object.create({ constructor: undefined }), 'an empty object'],
      [new (class {})(), 'an empty object'],
      [Object.create(null), 'an empty object'],
      [{ a: 1, b: 2 }, 'an object with a, b'],
      [{ a: 1, b: 1, c: 1, d: 1, e: 1 }, 'an object with a, b, c, d, e'],
      [{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 }, 'an object with a, b, c, d, e and 2 more'],
      [new Limits(), 'an instance of Limits'],
      [/x/, 'an instance of RegExp'],
      [new TypeError('bad'), 'TypeError: bad'],
    ];
    for (const [value, shown] of cases) assert.equal(show(value), shown);
  });

  it('is clipped where it is long', () => {
    assert.equal(show('x'.repeat(60)), `"${'x'.repeat(60)}"`);
    assert.equal(show('x'.repeat(61)), `"${'x'.repeat(60)}…" (61 characters)`);
    assert.equal(show({ ['z'.repeat(60)]: 1 }), `an object with ${'z'.repeat(60)}`);
    assert.equal(show({ ['z'.repeat(61)]: 1 }), `an object with ${'z'.repeat(60)}…`);
    assert.equal(show('x'.repeat(1_000)), `"${'x'.repeat(60)}…" (1000 characters)`);
    for (const value of [
      10n ** 500n,
      Symbol('y'.repeat(500)),
      { ['z'.repeat(500)]: 1 },
      new Error('e'.repeat(500)),
    ]) {
      assert.ok(show(value).length < 100, show(value));
    }
  });

  it('is named as such when it cannot be looked at', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const trap = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error('no');
        },
      },
    );
    for (const value of [proxy, trap]) assert.equal(show(value), 'something that cannot be read');
  });
});
