import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNativeError } from 'node:util/types';
import { fromWire, toWire } from '../../src/base/error-wire.ts';
import {
  CircuitOpenError,
  HoldfastError,
  LifecycleError,
  OptionsError,
  RejectedError,
  TimeoutError,
} from '../../src/base/errors.ts';
import { carried, carriedError, NotFound } from './carried.ts';

describe('an error that crosses threads', () => {
  it('keeps its class, message, name and stack, for each class of the language', () => {
    const classes = [Error, TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError];
    for (const ErrorClass of classes) {
      const error = new ErrorClass('broken');
      const arrived = carriedError(error);
      assert.equal(Object.getPrototypeOf(arrived), ErrorClass.prototype);
      assert.ok(isNativeError(arrived));
      assert.deepEqual([arrived.name, arrived.message, arrived.stack], [error.name, 'broken', error.stack]);
      assert.deepEqual(Object.keys(arrived), []);
    }
  });

  it('keeps its code and its other own fields, and no functions and symbols', () => {
    const error = Object.assign(new Error('no such file'), {
      code: 'ENOENT',
      errno: -2,
      path: '/x',
      at: new Date(5),
      nothing: undefined,
      none: null,
      big: 12n,
      details: { list: [1, 'two', { three: 3 }], odd: Number.NaN },
      tags: new Set(['a']),
      counts: new Map<unknown, unknown>([['a', { n: 1 }]]),
      bytes: new Uint16Array([1, 2, 65_535]),
      buffer: Buffer.from('hi'),
      toString: () => 'not carried',
      [Symbol('s')]: 1,
      symbol: Symbol('s'),
      url: new URL('https://example.org/a'),
    });
    const arrived = carriedError(error);
    const { toString: _text, symbol: _symbol, url, buffer, ...data } = error;
    const named = Object.fromEntries(Object.entries(data));
    assert.deepEqual({ ...arrived }, { ...named, url: url.href, buffer: new Uint8Array(buffer) });
  });

  it('keeps its cause, to the end of the chain, and its errors', () => {
    const root = new RangeError('root');
    const error = new AggregateError([new TypeError('a'), 'b', root], 'all', {
      cause: new Error('middle', { cause: root }),
    });
    const arrived = carriedError(error) as unknown as AggregateError;
    assert.ok(arrived instanceof AggregateError);
    const middle = arrived.cause as Error;
    assert.ok(middle.cause instanceof RangeError && arrived.errors[0] instanceof TypeError);
    assert.equal(arrived.errors[1], 'b');
    assert.equal(arrived.errors[2], middle.cause, 'the same object arrives as one');
    assert.deepEqual(Object.keys(arrived), []);
    assert.equal('cause' in carriedError(new Error('none')), false);
    assert.equal(Object.hasOwn(carriedError(new Error('none', { cause: undefined })), 'cause'), true);
  });

  it('is an AbortError or a TimeoutError of the platform if it was one', () => {
    const signal = AbortSignal.abort();
    for (const error of [
      signal.reason,
      new DOMException('late', 'TimeoutError'),
      new DOMException('x', 'DataCloneError'),
    ]) {
      const arrived = carriedError(error);
      assert.ok(arrived instanceof DOMException);
      assert.deepEqual(
        [arrived.name, arrived.message, arrived.code],
        [error.name, error.message, error.code],
      );
    }
  });

  it('is one of Holdfast if it was one, with its facts', () => {
    const circuit = new CircuitOpenError({ policy: 'send', retryAfterMs: 1_200.5 });
    const arrived = carried(circuit);
    assert.ok(arrived instanceof CircuitOpenError && arrived instanceof RejectedError);
    assert.ok(HoldfastError.is(arrived) && isNativeError(arrived));
    assert.deepEqual({ ...arrived }, { ...circuit });
    assert.deepEqual(
      [arrived.name, arrived.message, arrived.stack],
      [circuit.name, circuit.message, circuit.stack],
    );
    assert.equal(arrived.strategy, 'circuitBreaker');

    const lifecycle = new LifecycleError({
      code: 'HF_STOP_FAILED',
      errors: [new TimeoutError({ scope: 'stop', timeoutMs: 5 })],
    });
    const again = carried(lifecycle) as LifecycleError;
    assert.ok(again.errors[0] instanceof TimeoutError);
    assert.ok(carried(new OptionsError({ path: 'a', expected: 'b', received: 'c' })) instanceof OptionsError);
  });

  it('is of a class of the user if that is listed, though its constructor is not called', () => {
    const arrived = carried(new NotFound(7), { classes: [NotFound] });
    assert.ok(arrived instanceof NotFound && isNativeError(arrived));
    assert.deepEqual(
      [arrived.id, arrived.isOdd, arrived.name, arrived.message],
      [7, true, 'NotFound', 'nothing has id 7'],
    );
  });

  it('is an Error with its name and fields if its class is not listed, or not on the other side', () => {
    const halves = [
      fromWire(toWire(new NotFound(7))),
      fromWire(toWire(new NotFound(7), { classes: [NotFound] })),
    ];
    for (const arrived of halves as NotFound[]) {
      assert.equal(Object.getPrototypeOf(arrived), Error.prototype);
      assert.deepEqual([arrived.name, arrived.id], ['NotFound', 7]);
    }
  });

  it('is not taken for one of Holdfast, or of the language, for its name', () => {
    class TimeoutError extends Error {
      override readonly name = 'TimeoutError';
    }
    const arrived = carriedError(new TimeoutError('theirs'));
    assert.equal(HoldfastError.is(arrived), false);
    assert.equal(Object.getPrototypeOf(arrived), Error.prototype);
    assert.equal(arrived.name, 'TimeoutError');
    const named = carriedError(Object.assign(new Error('x'), { name: 'TypeError' }));
    assert.equal(named instanceof TypeError, false);
  });

  it('may be no error at all', () => {
    for (const thrown of [
      undefined,
      null,
      false,
      0,
      Number.NaN,
      -0,
      'text',
      10n,
      { code: 'E', deep: [{}] },
      [1, [2]],
    ]) {
      assert.deepEqual(carried(thrown), thrown);
    }
    assert.equal(carried(Symbol('s')), '[a symbol cannot travel]');
    assert.equal(
      carried(() => {}),
      '[a function cannot travel]',
    );
  });

  it('may hold itself', () => {
    const error = new Error('round') as Error & Record<string, unknown>;
    error.self = error;
    error.list = [error, { error }];
    error.cause = error;
    const arrived = carriedError(error);
    assert.equal(arrived.self, arrived);
    assert.equal(arrived.cause, arrived);
    assert.deepEqual((arrived.list as unknown[])[0], arrived);
    assert.equal((arrived.list as { error: unknown }[])[1].error, arrived);
  });

  it('brings no field by which a prototype could be reached', () => {
    const error = Object.assign(
      new Error('evil'),
      JSON.parse(
        '{"__proto__":{"polluted":1},"details":{"__proto__":{"polluted":1},"constructor":{"x":1},"prototype":1,"ok":1}}',
      ),
    );
    const arrived = carriedError(error);
    assert.deepEqual(Object.keys(arrived), ['details']);
    assert.deepEqual(Object.keys(arrived.details as object), ['ok']);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    assert.equal((arrived.details as { polluted?: number }).polluted, undefined);
  });

  it('survives getters, conversions and proxies that throw', () => {
    const boom = () => {
      throw new Error('boom');
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const error = Object.defineProperties(new Error('odd'), {
      bad: { get: boom, enumerable: true },
      good: { get: () => 5, enumerable: true },
      proxy: { value: proxy, enumerable: true },
      odd: {
        value: new (class {
          toJSON = boom;
        })(),
        enumerable: true,
      },
    });
    const arrived = carriedError(error);
    assert.deepEqual(
      { ...arrived },
      { bad: '[cannot be read]', good: 5, proxy: '[cannot be read]', odd: '[cannot be read]' },
    );
    assert.equal(carried(proxy), '[cannot be read]');
    const noStack = Object.defineProperty(new Error('x'), 'stack', { get: boom });
    assert.equal(carriedError(noStack).stack, '[cannot be read]');
  });
});
