import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serialize } from 'node:v8';
import fc from 'fast-check';
import { fromWire, toWire } from '../../src/base/error-wire.ts';
import { carried, carriedError } from './carried.ts';

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
        { maxDepth: 4 },
        fc.tuple(fc.constantFrom('x', 'ü', '🙂x'), fc.nat(20_000)).map(([text, times]) => text.repeat(times)),
        fc.constantFrom(
          'x'.repeat(30_000),
          'ü'.repeat(30_000),
          10n ** 20_000n,
          new Uint8Array(20_000),
          null,
          5,
        ),
        fc.array(tie('node'), { maxLength: 12 }),
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
