import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNativeError } from 'node:util/types';
import { serialize } from 'node:v8';
import fc from 'fast-check';
import { fromWire, toWire, type WireOptions } from '../../src/base/error-wire.ts';
import {
  CircuitOpenError,
  HoldfastError,
  LifecycleError,
  OptionsError,
  RejectedError,
  TimeoutError,
} from '../../src/base/errors.ts';

/** What arrives in another thread, which structured cloning stands between. */
function carried(thrown: unknown, options?: WireOptions): unknown {
  return fromWire(structuredClone(toWire(thrown, options)), options);
}

function carriedError(thrown: unknown, options?: WireOptions): Error & Record<string, unknown> {
  const arrived = carried(thrown, options);
  assert.ok(arrived instanceof Error);
  return arrived as never;
}

class NotFound extends Error {
  readonly id: number;
  constructor(id: number) {
    if (!Number.isInteger(id)) throw new TypeError('constructed anew');
    super(`nothing has id ${id}`);
    this.name = 'NotFound';
    this.id = id;
  }

  get isOdd() {
    return this.id % 2 === 1;
  }
}

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

describe('an error that is too large', () => {
  it('is cut at eight levels, and says so', () => {
    let deepest: Record<string, unknown> = {};
    const error = Object.assign(new Error('deep'), { field: deepest });
    for (let level = 0; level < 20; level++) deepest = deepest.field = {} as Record<string, unknown>;
    let at: unknown = carriedError(error);
    for (let level = 1; level <= 7; level++) at = (at as { field: unknown }).field;
    assert.deepEqual(at, { field: '[deeper than 8 levels]' });

    let chain = new Error('0');
    for (let level = 1; level < 20; level++) chain = new Error(String(level), { cause: chain });
    const messages = [];
    for (let each: unknown = carried(chain); each instanceof Error; each = each.cause)
      messages.push(each.message);
    assert.deepEqual(messages, ['19', '18', '17', '16', '15', '14', '13', '12']);
  });

  it('is cut at 64 KB, with its code and the start of its message, and says where', () => {
    const error = Object.assign(new Error('x'.repeat(1_000_000)), {
      code: 'E_LARGE',
      body: 'y'.repeat(1_000_000),
      list: new Array(100_000).fill(1),
      after: 'z'.repeat(50_000),
    });
    const arrived = carriedError(error);
    assert.match(arrived.message, /^x{16000,17000}\[\.\.\. 1000000 characters in all\]$/);
    assert.equal(arrived.code, 'E_LARGE');
    assert.match(arrived.body as string, /^y{10000,}\[\.\.\. 1000000 characters in all\]$/);
    assert.match((arrived.list as unknown[]).at(-1) as string, /^\[\d+ more, over 65536 bytes\]$/);
    assert.match((arrived as unknown as { '...': string })['...'], /^\[1 more, over 65536 bytes\]$/);
    assert.ok(serialize(toWire(error)).length <= 65_536);
  });

  it('is cut between characters', () => {
    const arrived = carriedError(new Error(`a${'😀'.repeat(100_000)}`));
    assert.ok(arrived.message.isWellFormed());
    assert.ok(Buffer.byteLength(arrived.message) <= 16_384 + 64);
  });

  it('never carries more than 64 KB, whatever it holds', () => {
    const holder = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.string({ maxLength: 20_000, size: 'max' }),
        fc.constantFrom(
          'x'.repeat(30_000),
          'ü'.repeat(30_000),
          10n ** 20_000n,
          new Uint8Array(20_000),
          null,
          5,
        ),
        fc.array(tie('node'), { maxLength: 30 }),
        fc.dictionary(fc.string({ maxLength: 40 }), tie('node'), { maxKeys: 10 }),
        fc
          .array(tie('node'), { maxLength: 5 })
          .map((items) => new Map(items.map((item, index) => [index, item]))),
        fc
          .array(tie('node'), { maxLength: 5 })
          .map((errors) => new AggregateError(errors, 'e'.repeat(5_000))),
      ),
    })).node;
    fc.assert(
      fc.property(holder, (held) => {
        const wire = toWire(Object.assign(new Error('holder'), { held }));
        assert.ok(textBytes(wire) <= 65_536, `${textBytes(wire)} bytes`);
        assert.ok(fromWire(structuredClone(wire)) instanceof Error);
      }),
      { numRuns: 30 },
    );
  });
});

/** The bytes of all texts, names, numbers and views in a wire value, without its tags. */
function textBytes(wire: unknown): number {
  if (typeof wire === 'string') return Buffer.byteLength(wire);
  if (typeof wire === 'bigint') return wire.toString(16).length / 2;
  if (typeof wire !== 'object' || wire === null) return 8;
  if (ArrayBuffer.isView(wire)) return wire.byteLength;
  if (Array.isArray(wire)) return wire.reduce((sum: number, item) => sum + textBytes(item), 0);
  const { t, id, kind, type, ...rest } = wire as Record<string, unknown>;
  return Object.values(rest).reduce((sum: number, item) => sum + textBytes(item), 0);
}

describe('what is sent as an error', () => {
  const malformed = { name: 'Error', message: 'what another thread sent as an error cannot be read' };

  it('is refused, as a plain error, when it has another shape', () => {
    const error = toWire(new Error('x')) as object;
    const deep = Array.from({ length: 50 }).reduce((inner) => ({ t: 'array', id: 1, items: [inner] }), 1);
    const round: { t: string; id: number; items: unknown[] } = { t: 'array', id: 1, items: [] };
    round.items.push(round, round);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const shapes = [
      {},
      [],
      { t: 'nothing' },
      { t: 'error' },
      { t: '__proto__' },
      { ...error, message: 5 },
      { ...error, name: { toString: null } },
      { ...error, id: 'x' },
      { ...error, stack: {} },
      { ...error, fields: 'abc' },
      { ...error, fields: [['a']].concat([null as never]) },
      { ...error, fields: [['__proto__', { t: 'object', id: 9, fields: [['polluted', 1]] }]] },
      { ...error, fields: [[Symbol('s'), 1]] },
      { ...error, fields: { length: 2 ** 31 } },
      { ...error, cause: 5 },
      { ...error, errors: { t: 'array', id: 3 } },
      { t: 'bytes', id: 1, type: 'Function', bytes: new Uint8Array(4) },
      { t: 'bytes', id: 1, type: 'Uint16Array', bytes: new Uint8Array(3) },
      { t: 'bytes', id: 1, type: 'Uint8Array', bytes: [1, 2] },
      { t: 'date', id: 1, ms: '2020' },
      { t: 'map', id: 1, entries: [1] },
      deep,
      round,
      proxy,
      Symbol('s'),
      () => {},
    ];
    for (const [index, shape] of shapes.entries()) {
      const revived = fromWire(shape);
      assert.ok(revived instanceof Error, `shape ${index}`);
      assert.deepEqual({ name: revived.name, message: revived.message }, malformed, `shape ${index}`);
    }
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it('gives no class by a name that is not one', () => {
    const error = toWire(new Error('x')) as object;
    for (const kind of ['native', 'holdfast', 'user', 'dom2', '__proto__']) {
      for (const type of ['__proto__', 'constructor', 'toString', 'Function', '']) {
        const revived = fromWire({ ...error, kind, type }, { classes: [NotFound] }) as Error;
        assert.equal(Object.getPrototypeOf(revived), Error.prototype);
      }
    }
  });

  it('never makes it throw, and never changes a prototype', () => {
    const odd = fc.anything({ maxDepth: 1, maxKeys: 2 });
    const wireLike = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.anything({ maxDepth: 1, maxKeys: 3 }),
        fc.record(
          {
            t: fc.constantFrom('error', 'object', 'array', 'map', 'set', 'date', 'bytes', 'ref', 'x'),
            id: fc.oneof(fc.nat(3), odd),
            kind: fc.constantFrom('native', 'dom', 'holdfast', 'user', 'other', '__proto__'),
            type: fc.constantFrom(
              'Error',
              'AggregateError',
              'TimeoutError',
              'NotFound',
              'Uint8Array',
              '__proto__',
            ),
            name: fc.oneof(fc.string(), odd),
            message: fc.oneof(fc.string(), odd),
            stack: fc.oneof(fc.string(), odd),
            fields: fc.array(
              fc.tuple(
                fc.oneof(fc.string(), fc.constantFrom('__proto__', 'message', 'stack', 'toString')),
                tie('node'),
              ),
            ),
            items: fc.array(tie('node'), { maxLength: 3 }),
            entries: fc.array(fc.tuple(tie('node'), tie('node'))),
            cause: fc.record({ value: tie('node') }),
            errors: tie('node'),
            ms: fc.oneof(fc.double(), odd),
            bytes: fc.oneof(fc.uint8Array(), odd),
          },
          { requiredKeys: ['t'] },
        ),
      ),
    })).node;
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    fc.assert(
      fc.property(wireLike, (wire) => {
        fromWire(wire, { classes: [NotFound] });
        assert.equal(Object.getOwnPropertyNames(Object.prototype).length, before);
      }),
      { numRuns: 200 },
    );
  });
});
