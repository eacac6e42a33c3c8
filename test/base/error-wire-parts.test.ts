import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromWire, toWire } from '../../src/base/error-wire.ts';
import type { WireError } from '../../src/base/error-wire-format.ts';
import { carriedError, NotFound } from './carried.ts';

const wireOf = (error: Error) => toWire(error) as WireError;

describe('the parts of an error that crosses threads', () => {
  it('are each sent once, as what they are', () => {
    const renamed = Object.assign(new Error('x'), { name: 'Renamed', message: 'y', code: 'E' });
    assert.deepEqual(wireOf(renamed).fields, [['code', 'E']]);
    const { kind, type, name } = wireOf(new NotFound(7));
    assert.deepEqual([kind, type, name], ['other', '', 'NotFound']);
  });

  it('are hidden where they were hidden, and shown where they were shown', () => {
    const hidden = carriedError(new NotFound(7));
    assert.deepEqual(Object.keys(carriedError(new Error('x', { cause: 1 }))), []);
    assert.deepEqual(Object.keys(hidden), ['id']);
    assert.equal(Object.hasOwn(carriedError(new TypeError('x')), 'name'), false);
    const shown = Object.assign(new Error('x'), { errors: [1], cause: 2 });
    assert.deepEqual(Object.keys(carriedError(shown)), ['errors', 'cause']);
  });

  it('may be changed and taken away like those of any error', () => {
    const arrived = carriedError(Object.assign(new NotFound(7), { code: 'E' }));
    arrived.code = 'F';
    arrived.name = 'Found';
    assert.equal(`${arrived} ${arrived.code}`, 'Found: nothing has id 7 F');
    delete arrived.code;
    assert.deepEqual(Object.keys(arrived), ['id']);
  });

  it('lack the stack if it had none', () => {
    const error = Object.defineProperty(new Error('bare'), 'stack', { value: undefined });
    assert.equal(Object.hasOwn(wireOf(error), 'stack'), false);
    const arrived = carriedError(error);
    assert.equal(arrived.message, 'bare');
    assert.doesNotMatch(arrived.stack ?? '', /\n/, 'nor has it that of the thread where it arrives');
    assert.match(new Error('mine').stack ?? '', /error-wire-parts/);
  });

  it('say of which class it is, whatever classes are listed before', () => {
    class Other extends Error {}
    const options = { classes: [NotFound, Other] };
    assert.ok(carriedError(new Other('x'), options) instanceof Other);
    assert.equal(Object.getPrototypeOf(carriedError(new TypeError('x'), options)), TypeError.prototype);
  });

  it('name a class of their kind only', () => {
    const error = wireOf(new Error('x'));
    const kinds = {
      native: ['TimeoutError', 'NotFound', 'toString'],
      holdfast: ['TypeError', 'AggregateError', 'NotFound', 'toString'],
      user: ['TypeError', 'AggregateError', 'TimeoutError', 'toString'],
      other: ['TypeError', 'AggregateError', 'TimeoutError', 'NotFound'],
    };
    for (const [kind, types] of Object.entries(kinds)) {
      for (const type of types) {
        const arrived = fromWire({ ...error, kind, type }, { classes: [NotFound] }) as Error;
        assert.equal(Object.getPrototypeOf(arrived), Error.prototype, `${kind} ${type}`);
        assert.equal(arrived.message, 'x', `${kind} ${type}`);
      }
    }
  });

  it('are empty where nothing was sent', () => {
    const { errors: _errors, ...wire } = wireOf(new AggregateError([1], 'x'));
    assert.deepEqual((fromWire(wire) as AggregateError).errors, []);
    assert.equal(fromWire({ t: 'ref', id: 9 }), '[cannot be read]');
  });

  it('are what an instance says as text, and else its fields', () => {
    const text = Object.assign(Object.create({ toJSON: () => 'said' }), { a: 1 });
    assert.equal(toWire(text), 'said');
    const own = { toJSON: () => 'said', a: 1 };
    for (const value of [
      own,
      Object.assign(Object.create(null), own),
      Object.assign(Object.create({}), { a: 1 }),
    ]) {
      assert.deepEqual(fromWire(toWire(value)), { a: 1 });
    }
  });

  it('are bytes of their own, whatever they were seen as', () => {
    class Odd extends Uint8Array {
      override get [Symbol.toStringTag]() {
        return 'Odd' as 'Uint8Array';
      }
    }
    const odd = new Odd(new SharedArrayBuffer(2) as never).fill(7);
    const wire = toWire(odd) as { bytes: Uint8Array };
    odd.fill(9);
    assert.ok(wire.bytes.buffer instanceof ArrayBuffer);
    assert.deepEqual(fromWire(wire), new Uint8Array([7, 7]));
  });

  it('are bytes of their own where they arrive', () => {
    const sent = new Uint8Array([1, 2, 3, 4, 5, 6]);
    const arrived = fromWire({ t: 'bytes', id: 1, type: 'Uint16Array', bytes: sent.subarray(2, 4) });
    assert.ok(arrived instanceof Uint16Array);
    sent.fill(9);
    assert.deepEqual([...new Uint8Array(arrived.buffer)], [3, 4]);
  });
});
