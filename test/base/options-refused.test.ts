import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OptionsError } from '../../src/base/errors.ts';
import { checkNumber, readOptions } from '../../src/base/options.ts';
import { path, read, refusal } from './options-scene.ts';

describe('an unknown option', () => {
  it('is refused with the nearest known name', () => {
    assert.equal(
      refusal(() => read({ brust: 5 })),
      `${path}: unknown option "brust"; did you mean "burst"?`,
    );
    assert.match(
      refusal(() => read({ maxWait: 5 })),
      /did you mean "maxWaitMs"\?$/,
    );
  });

  it('is refused with all known names when none is near', () => {
    assert.equal(
      refusal(() => readOptions('timeout', { quux: 1 }, ['attemptMs', 'totalMs'])),
      'timeout: unknown option "quux"; known are attemptMs, totalMs',
    );
  });

  it('is refused even when its value is undefined or its name is odd', () => {
    assert.match(
      refusal(() => read({ brust: undefined })),
      /unknown option "brust"/,
    );
    assert.match(
      refusal(() => read({ '': 1 })),
      /unknown option ""/,
    );
    assert.match(
      refusal(() => read(JSON.parse('{"__proto__": 1}'))),
      /unknown option "__proto__"/,
    );
    assert.ok(refusal(() => read({ ['x'.repeat(100_000)]: 1 })).length < 400);
  });

  it('is found on an instance, whose known ones may be inherited', () => {
    class Defaults {
      get burst() {
        return 9;
      }
    }
    assert.equal(read(new Defaults()).number('burst'), 9);
    assert.match(
      refusal(() => read(Object.assign(new Defaults(), { brust: 1 }))),
      /unknown option "brust"/,
    );
    assert.equal(read(Object.assign(Object.create(null), { burst: 2 })).number('burst'), 2);
  });
});

describe('options that are no options', () => {
  it('are refused, whatever they are', () => {
    const cases: [unknown, string][] = [
      [undefined, 'undefined'],
      [null, 'null'],
      [5, '5'],
      ['burst', '"burst"'],
      [true, 'true'],
      [Symbol('s'), 'Symbol(s)'],
      [10n, '10n'],
      [[], 'an empty array'],
      [[1, 2], 'an array of 2'],
      [() => {}, 'a function'],
      [function limits() {}, 'the function limits'],
      [new Map(), 'an instance of Map'],
      [new Date(0), 'an instance of Date'],
      [Promise.resolve(), 'an instance of Promise'],
      [new Error('no'), 'Error: no'],
    ];
    for (const [value, shown] of cases) {
      assert.equal(
        refusal(() => read(value)),
        `${path}: expected an object with options, got ${shown}`,
      );
    }
  });

  it('are refused with where they threw', () => {
    const thrower = {
      get burst() {
        throw new Error('boom');
      },
    };
    const o = read(thrower);
    const expected = `${path}.burst: expected a readable value, got a throw of Error: boom`;
    assert.equal(
      refusal(() => o.number('burst')),
      expected,
    );
    assert.equal(
      refusal(() => o.has('burst')),
      expected,
    );
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    assert.match(
      refusal(() => read(proxy)),
      /^policies\.send\.rateLimiter: expected a readable value, got a throw/,
    );
    const item = new Proxy([1], {
      get(target, name) {
        if (name === '0') throw new Error('boom');
        return Reflect.get(target, name);
      },
    });
    assert.match(
      refusal(() => read({ list: item }).array('list', String)),
      /list\[0\]: expected a readable value/,
    );
  });

  it('cannot make it throw anything but an OptionsError, nor a long message', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          const acts = [
            () => read(value),
            () => read({ burst: value }).number('burst', { above: Number.MAX_VALUE }),
            () => read({ adaptive: value }).child('adaptive', []),
            () =>
              read({ list: [value] }).array('list', (each, at) => checkNumber(at, each, { below: -1e308 })),
          ];
          for (const act of acts) {
            try {
              act();
            } catch (error) {
              assert.ok(error instanceof OptionsError, String(error));
              assert.ok(error.message.length < 600, error.message);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
