import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromWire, toWire } from '../../src/base/error-wire.ts';
import { NotFound } from './carried.ts';

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
    const odd = fc.oneof(
      fc.constantFrom(null, undefined, 5, 'x', -0, Number.NaN),
      fc.anything({ maxDepth: 1, maxKeys: 2 }),
    );
    const wireLike = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        odd,
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
              { maxLength: 4 },
            ),
            items: fc.array(tie('node'), { maxLength: 3 }),
            entries: fc.array(fc.tuple(tie('node'), tie('node')), { maxLength: 3 }),
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
      { numRuns: 100 },
    );
  });
});
