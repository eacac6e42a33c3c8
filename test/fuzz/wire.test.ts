import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromWire, toWire } from '../../src/base/error-wire.ts';
import { TimeoutError } from '../../src/index.ts';
import { anything, built, ODDITIES, type OddityName } from './anything.ts';
import { sized } from './sizes.ts';

/** Both ways, as between two threads. */
const across = (thrown: unknown): unknown => fromWire(structuredClone(toWire(thrown)));

const anyError = fc
  .record({
    make: fc.constantFrom(
      () => new Error('plain'),
      () => new RangeError('range', { cause: new TypeError('below') }),
      () => new AggregateError([new Error('one'), 2], 'all'),
      () => new TimeoutError({ scope: 'total', timeoutMs: 5 }),
      () => new DOMException('aborted', 'AbortError'),
      () => Object.create(Error.prototype) as Error,
    ),
    fields: fc.dictionary(
      fc.oneof(
        fc.string(),
        fc.constantFrom('name', 'message', 'stack', 'cause', 'errors', 'code', '__proto__'),
      ),
      anything,
      { maxKeys: 4 },
    ),
    hidden: fc.boolean(),
  })
  .map(({ make, fields, hidden }) => ({
    make,
    fields,
    hidden,
    toString: () => `${make()} ${fc.stringify(fields)} ${hidden}`,
  }));

function withFields({ make, fields, hidden }: { make: () => Error; fields: object; hidden: boolean }): Error {
  const error = make();
  for (const [name, value] of Object.entries(fields)) {
    const descriptor = { value: built(value), enumerable: !hidden, configurable: true, writable: true };
    try {
      Object.defineProperty(error, name, descriptor);
    } catch {
      // A stack is written when it is first looked at, and a name that is a symbol cannot be.
    }
  }
  return error;
}

describe('whatever is thrown', () => {
  it('can be sent and is put together on the other side', () => {
    fc.assert(
      fc.property(anything, (recipe) => {
        across(built(recipe));
        across({ list: [built(recipe)], error: new Error('x', { cause: built(recipe) }) });
      }),
      sized(600),
    );
  });

  it('as an error arrives as one of its class, with texts for name, message and stack', () => {
    fc.assert(
      fc.property(anyError, (given) => {
        const error = withFields(given);
        const arrived = across(error) as Error;
        assert.ok(arrived instanceof Error, `${typeof arrived}`);
        assert.equal(typeof arrived.message, 'string');
        assert.equal(typeof arrived.name, 'string');
        assert.equal(Object.hasOwn(arrived, '__proto__'), false);
        assert.ok(['string', 'undefined'].includes(typeof arrived.stack));
        if (!Object.hasOwn(given.fields, 'name')) assert.equal(arrived.name, error.name);
        // What has arrived can travel on.
        assert.ok(across(arrived) instanceof Error);
      }),
      sized(400),
    );
  });

  it('stays within its bytes, however wide, deep or cyclic it is', () => {
    const wide: Record<string, unknown> = {};
    for (let index = 0; index < 20_000; index++) wide[`field${index}`] = { index, all: wide };
    const grown = {
      get more(): unknown {
        return {
          get more() {
            return grown;
          },
          text: 'x'.repeat(40_000),
        };
      },
    };
    for (const name of Object.keys(ODDITIES) as OddityName[]) wide[name] = ODDITIES[name]();
    for (const thrown of [
      wide,
      grown,
      Object.assign(new Error('wide'), wide),
      new Array(4e9),
      new Set([wide]),
    ]) {
      const text = JSON.stringify(toWire(thrown), (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      assert.ok(text.length < 1_000_000, `${text.length} characters`);
    }
  });

  it('reads whatever comes in its place, as an error that says so', () => {
    fc.assert(
      fc.property(
        anything,
        anything,
        fc.constantFrom('error', 'object', 'map', 'array', 'ref', 'bytes', 'date'),
        (a, b, t) => {
          for (const wire of [a, { t, id: a, kind: b, fields: [[a, b]], items: [a, b], entries: [[a, b]] }]) {
            fromWire(built(wire));
            fromWire(wire, { classes: [RangeError] });
          }
          assert.equal(Object.keys(Object.prototype).length, 0);
        },
      ),
      sized(400),
    );
  });
});
