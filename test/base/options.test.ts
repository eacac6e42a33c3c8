import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OptionsError } from '../../src/base/errors.ts';
import { checkNumber, readNamed, readOptions } from '../../src/base/options.ts';
import { known, path, read, refusal } from './options-scene.ts';

describe('options', () => {
  it('are read as they are', () => {
    const retryAfter = () => 5;
    const o = read({
      permitsPerSecond: 0.5,
      burst: 3,
      maxWaitMs: 0,
      jitter: 'full',
      fair: false,
      label: 'a',
      retryAfter,
    });
    assert.equal(o.path, path);
    assert.equal(o.number('permitsPerSecond', { above: 0 }), 0.5);
    assert.equal(o.number('burst', { whole: true, atLeast: 1 }), 3);
    assert.equal(o.durationMs('maxWaitMs'), 0);
    assert.equal(o.ratio('permitsPerSecond'), 0.5);
    assert.equal(o.oneOf('jitter', ['none', 'full']), 'full');
    assert.equal(o.boolean('fair', { default: true }), false);
    assert.equal(o.text('label'), 'a');
    assert.equal(o.fn('retryAfter'), retryAfter);
    assert.equal(o.get('burst'), 3);
    assert.deepEqual([o.has('burst'), o.has('list')], [true, false]);
  });

  it('that are not given, or given as undefined, have their defaults or are left out', () => {
    for (const o of [read({}), read(Object.fromEntries(known.map((name) => [name, undefined])))]) {
      assert.equal(o.number('burst', { whole: true, atLeast: 1, default: 7 }), 7);
      assert.equal(o.number('burst', { optional: true }), undefined);
      assert.equal(o.durationMs('maxWaitMs', { default: 0 }), 0);
      assert.equal(o.boolean('fair', { default: false }), false);
      assert.equal(o.oneOf('jitter', ['none', 'full'], { default: 'none' }), 'none');
      assert.equal(o.fn('retryAfter', { optional: true }), undefined);
      assert.equal(o.text('label', { default: 'x' }), 'x');
      assert.equal(o.child('adaptive', []), undefined);
      assert.deepEqual(
        o.array('list', (item) => item, { default: [] }),
        [],
      );
      assert.equal(o.has('burst'), false);
    }
  });

  it('that are required say so when they are not given', () => {
    const o = read({});
    assert.equal(
      refusal(() => o.number('permitsPerSecond', { above: 0 })),
      `${path}.permitsPerSecond: expected a number above 0, got undefined`,
    );
    assert.equal(
      refusal(() => o.fn('retryAfter')),
      `${path}.retryAfter: expected a function, got undefined`,
    );
  });

  it('do not take null for nothing', () => {
    const o = read({ burst: null, adaptive: null });
    assert.match(
      refusal(() => o.number('burst', { default: 1 })),
      /burst: expected a finite number, got null$/,
    );
    assert.match(
      refusal(() => o.number('burst', { optional: true })),
      /got null$/,
    );
    assert.match(
      refusal(() => o.child('adaptive', [])),
      /adaptive: expected an object with options, got null$/,
    );
  });

  it('are refused with where, what was expected, and what came', () => {
    const error = (() => {
      try {
        return read({ burst: Number.NaN }).number('burst', { whole: true, atLeast: 1 });
      } catch (thrown) {
        return thrown as OptionsError;
      }
    })() as OptionsError;
    assert.equal(
      error.message,
      'policies.send.rateLimiter.burst: expected a whole number of at least 1, got NaN',
    );
    assert.deepEqual(
      [error.path, error.expected, error.received],
      [`${path}.burst`, 'a whole number of at least 1', 'NaN'],
    );
  });

  it('that are numbers keep to their rule, whose every part is said', () => {
    const cases: [rule: object, good: number[], bad: unknown[], said: string][] = [
      [{}, [0, -1, 0.5, 1e300], [Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, true], 'a finite number'],
      [{ atLeast: 1 }, [1, 1.5], [0.999, -1], 'a number of at least 1'],
      [{ above: 0 }, [5e-324, 1], [0, -0, -1], 'a number above 0'],
      [{ atMost: 10 }, [10, -1e9], [10.01], 'a number of at most 10'],
      [{ below: 10 }, [9.99], [10], 'a number below 10'],
      [{ atLeast: 0, atMost: 7, whole: true }, [0, 7], [7.5, 8, -1], 'a whole number from 0 to 7'],
      [{ above: 0, atMost: 1 }, [0.1, 1], [0, 1.1], 'a number above 0 and at most 1'],
      [{ atLeast: 0, below: 1 }, [0, 0.9], [1, -0.1], 'a number of at least 0 and below 1'],
      [{ whole: true }, [0, -5, 2 ** 53 - 1], [0.5, 2 ** 53, Number.POSITIVE_INFINITY], 'a whole number'],
      [
        { atLeast: 0, infinite: true },
        [0, Number.POSITIVE_INFINITY],
        [Number.NEGATIVE_INFINITY, Number.NaN, -1],
        'a number of at least 0, or Infinity',
      ],
      [{ whole: true, infinite: true }, [3, Number.POSITIVE_INFINITY], [2.5], 'a whole number, or Infinity'],
    ];
    for (const [rule, good, bad, said] of cases) {
      for (const burst of good) assert.equal(read({ burst }).number('burst', rule), burst);
      for (const burst of bad) {
        const message = refusal(() => read({ burst }).number('burst', rule));
        assert.ok(message.startsWith(`${path}.burst: expected ${said}, got `), message);
      }
    }
  });

  it('that are durations or ratios say it and have bounds of their own', () => {
    const o = read({ maxWaitMs: '5s', burst: -1, permitsPerSecond: 1.5 });
    assert.match(
      refusal(() => o.durationMs('maxWaitMs')),
      /expected a duration of at least 0 ms, got "5s"$/,
    );
    assert.match(
      refusal(() => o.durationMs('burst')),
      /expected a duration of at least 0 ms, got -1$/,
    );
    assert.match(
      refusal(() => o.durationMs('burst', { above: 0 })),
      /expected a duration above 0 ms, got -1$/,
    );
    assert.match(
      refusal(() => o.durationMs('burst', { atLeast: 1, atMost: 9 })),
      /a duration from 1 to 9 ms/,
    );
    assert.match(
      refusal(() => o.ratio('permitsPerSecond')),
      /expected a number from 0 to 1, got 1.5$/,
    );
    assert.match(
      refusal(() => o.ratio('burst', { above: 0 })),
      /expected a number above 0 and at most 1, got -1$/,
    );
    assert.match(
      refusal(() => o.ratio('burst', { below: 1 })),
      /expected a number of at least 0 and below 1, got -1$/,
    );
    assert.equal(
      read({ maxWaitMs: Number.POSITIVE_INFINITY }).durationMs('maxWaitMs', { infinite: true }),
      Infinity,
    );
  });

  it('that are one of several name them', () => {
    const o = read({ jitter: 'ful' });
    const among = ['none', 'full', 'equal'] as const;
    assert.match(
      refusal(() => o.oneOf('jitter', among)),
      /expected "none", "full" or "equal", got "ful"$/,
    );
    assert.match(
      refusal(() => o.oneOf('jitter', ['none'])),
      /expected "none", got "ful"$/,
    );
  });

  it('that are truths, texts and functions are nothing else', () => {
    const o = read({ fair: 'true', label: '', jitter: 5, retryAfter: {}, list: 'abc' });
    assert.match(
      refusal(() => o.text('jitter')),
      /expected a text that is not empty, got 5$/,
    );
    assert.match(
      refusal(() => o.boolean('fair')),
      /expected true or false, got "true"$/,
    );
    assert.match(
      refusal(() => o.text('label')),
      /expected a text that is not empty, got ""$/,
    );
    assert.match(
      refusal(() => o.fn('retryAfter')),
      /expected a function, got an empty object$/,
    );
    assert.match(
      refusal(() => o.array('list', (item) => item)),
      /expected an array, got "abc"$/,
    );
  });

  it('within options have their path', () => {
    const o = read({ adaptive: { targetMs: 'x' }, list: [1, 2, -3], retryAfter: { a: 1 } });
    const adaptive = o.child('adaptive', ['targetMs']);
    assert.equal(adaptive?.path, `${path}.adaptive`);
    assert.match(
      refusal(() => adaptive?.durationMs('targetMs')),
      /^policies\.send\.rateLimiter\.adaptive\.targetMs: expected a duration/,
    );
    const atLeast0 = (item: unknown, itemPath: string) => checkNumber(itemPath, item, { atLeast: 0 });
    assert.equal(
      refusal(() => o.array('list', atLeast0)),
      `${path}.list[2]: expected a number of at least 0, got -3`,
    );
    assert.match(
      refusal(() => o.child('retryAfter', ['b'])),
      /retryAfter: unknown option "a"/,
    );
  });

  it('can be refused by whoever knows more', () => {
    const o = read({ burst: 500 });
    assert.equal(
      refusal(() => o.refuse('burst', 'at most the capacity, 100')),
      `${path}.burst: expected at most the capacity, 100, got 500`,
    );
  });

  it('that are lists are read item by item, but not their default', () => {
    const double = (item: unknown) => Number(item) * 2;
    const standing = [7];
    assert.deepEqual(read({ list: [1, 2] }).array('list', double), [2, 4]);
    assert.equal(read({}).array('list', double, { default: standing }), standing);
    assert.equal(read({}).array('list', double, { optional: true }), undefined);
    assert.equal(
      refusal(() => read({ list: 'ab' }).array('list', double)),
      `${path}.list: expected an array, got "ab"`,
    );
  });

  it('that stand at no path are those of a factory', () => {
    assert.equal(
      refusal(() => readOptions('', 5, known)),
      'options: expected an object with options, got 5',
    );
    assert.equal(
      refusal(() => readOptions('', { burst: -1 }, known).number('burst', { atLeast: 0 })),
      'burst: expected a number of at least 0, got -1',
    );
  });
});

describe('things by name', () => {
  it('are given as they are, whatever their names', () => {
    const named = { send: 5, 'a b': undefined };
    assert.equal(readNamed('policies', named), named);
  });

  it('are refused when they are no object, or one of them cannot be read', () => {
    for (const [value, shown] of [
      [5, '5'],
      [null, 'null'],
      [[1], 'an array of 1'],
      [() => {}, 'a function'],
    ]) {
      assert.equal(
        refusal(() => readNamed('policies', value)),
        `policies: expected an object with options, got ${shown}`,
      );
    }
    const unreadable = {
      get 'a b'() {
        throw new RangeError('no');
      },
    };
    assert.equal(
      refusal(() => readNamed('policies', unreadable)),
      'policies["a b"]: expected a readable value, got a throw of RangeError: no',
    );
  });
});
