import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromWire, toWire, type Wire } from '../../src/base/error-wire.ts';

const DEEPER = '[deeper than 8 levels]';

/** Something in a hundred of its kind. */
function nested(wrap: (inner: unknown) => unknown, times = 100): unknown {
  return Array.from({ length: times }).reduce((inner) => wrap(inner), 'core');
}

const wraps: Record<string, (inner: unknown) => unknown> = {
  'an object': (inner) => ({ inner }),
  'an array': (inner) => [inner],
  'a set': (inner) => new Set([inner]),
  'a map, as a value': (inner) => new Map([['key', inner]]),
  'a map, as a key': (inner) => new Map([[inner, 'value']]),
  'an error, as a cause': (inner) => new Error('x', { cause: inner }),
  'an error, among errors': (inner) => new AggregateError([inner]),
  'an error, in a field': (inner) => Object.assign(new Error('x'), { inner }),
  'what says itself as text': (inner) =>
    new (class {
      toJSON = () => inner;
    })(),
};

describe('what is nested', () => {
  for (const [name, wrap] of Object.entries(wraps)) {
    it(`is cut at eight levels, and arrives so: ${name}`, () => {
      const wire = toWire(nested(wrap));
      assert.equal(JSON.stringify(wire).split(DEEPER).length, 2);
      assert.ok(!JSON.stringify(wire).includes('core'));
      assert.deepEqual(toWire(fromWire(structuredClone(wire))), wire);
    });
  }

  const nodes: Record<string, (inner: unknown) => unknown> = {
    object: (inner) => ({ t: 'object', id: 1, fields: [['a', inner]] }),
    array: (inner) => ({ t: 'array', id: 1, items: [inner] }),
    set: (inner) => ({ t: 'set', id: 1, items: [inner] }),
    'map, as a value': (inner) => ({ t: 'map', id: 1, entries: [['a', inner]] }),
    'map, as a key': (inner) => ({ t: 'map', id: 1, entries: [[inner, 1]] }),
    'error, as a cause': (inner) => ({ ...(toWire(new Error('x')) as object), cause: { value: inner } }),
    'error, as its errors': (inner) => ({ ...(toWire(new Error('x')) as object), errors: inner }),
  };
  for (const [name, wrap] of Object.entries(nodes)) {
    it(`is refused when no thread of ours can have sent it so deep: ${name}`, () => {
      const shallow = fromWire(nested(wrap, 8));
      assert.ok(!(shallow instanceof Error && /cannot be read/.test(shallow.message)));
      assert.match((fromWire(nested(wrap, 10)) as Error).message, /cannot be read/);
    });
  }
});

describe('what fills the room to the last byte', () => {
  // An error takes 64 KB less 2 KB for the notes; any value 16 bytes, an error 64 more, a text and a name their own.
  const NOTE = /^\[(\d+) more, over 65536 bytes\]$/;

  it('is a list, which says how many items it lacks', () => {
    for (const list of [new Array(5_000).fill(null), new Set(Array.from({ length: 5_000 }, (_, at) => at))]) {
      const { items } = toWire(list) as { items: Wire[] };
      assert.equal(items.length, 3_968);
      assert.equal(NOTE.exec(items.at(-1) as string)?.[1], String(5_000 - 3_967));
    }
  });

  it('is a map, which says how many entries it lacks', () => {
    const map = new Map(Array.from({ length: 5_000 }, (_, at) => [at, null]));
    const { items } = toWire([map]) as { items: { entries: [Wire, Wire][] }[] };
    const [{ entries }] = items;
    assert.equal(entries.length, 1_984);
    const [name, note] = entries.at(-1) as [string, string];
    assert.deepEqual([name, NOTE.exec(note)?.[1]], ['...', String(5_000 - 1_983)]);
  });

  it('is an object, which says how many fields it lacks', () => {
    const names = Array.from({ length: 5_000 }, (_, at) => `name${String(at).padStart(12, '0')}`);
    const { fields } = toWire(Object.fromEntries(names.map((name) => [name, null]))) as {
      fields: [string, Wire][];
    };
    assert.equal(fields.length, 1_984);
    const [name, note] = fields.at(-1) as [string, string];
    assert.deepEqual([name, NOTE.exec(note)?.[1]], ['...', String(5_000 - 1_983)]);
  });

  it('is an error, which says that its cause is lacking', () => {
    const error = Object.assign(new Error('ten bytes.', { cause: 5 }), { a: new Array(5_000).fill(null) });
    Object.defineProperty(error, 'stack', { value: undefined });
    const { cause } = toWire(error) as { cause: { value: Wire } };
    assert.equal(cause.value, '[over 65536 bytes]');
  });

  it('is many texts', () => {
    const wire = JSON.stringify(toWire(Array.from({ length: 50 }, () => 'x'.repeat(10_000))));
    const bytes = wire.split('x').length - 1;
    assert.ok(bytes > 60_000 && bytes <= 65_536 - 2_048, `${bytes} bytes`);
  });

  it('is many errors', () => {
    const empty = () => Object.defineProperty(new Error(''), 'stack', { value: undefined });
    const { items } = toWire(Array.from({ length: 5_000 }, empty)) as { items: Wire[] };
    assert.equal(items.length, 1 + Math.ceil((65_536 - 2_048 - 16) / (16 + 64 + 'Error'.length)));
  });

  it('is one view of bytes, and no byte more', () => {
    const room = 65_536 - 2_048 - 16;
    assert.equal((toWire(new Uint8Array(room)) as { bytes: Uint8Array }).bytes.length, room);
    assert.equal(toWire(new Uint8Array(room + 1)), `[${room + 1} bytes, over 65536 bytes]`);
    const { items } = toWire([new Uint8Array(40_000), new Uint8Array(40_000)]) as { items: Wire[] };
    assert.equal(items[1], '[40000 bytes, over 65536 bytes]');
  });

  it('is a number of 16 KB at most, or of what is left', () => {
    const largest = (1n << 131_072n) - 1n;
    assert.equal(toWire(largest), largest);
    assert.equal(toWire(largest + 1n), '[a bigint of 16385 bytes]');
    const { items } = toWire([new Uint8Array(60_000), 1n << 40_000n]) as { items: Wire[] };
    assert.equal(items[1], '[a bigint of 5001 bytes]');
  });

  it('is a text of 16 KB at most, cut by what it takes in UTF-8', () => {
    const whole = 'a'.repeat(16_384);
    assert.equal(toWire(whole), whole);
    assert.equal(toWire(`${whole}a`), `${whole}[... 16385 characters in all]`);
    assert.equal(toWire(`${whole}ü`), `${whole}[... 16385 characters in all]`);
    assert.equal(toWire('ü'.repeat(5_461)), 'ü'.repeat(5_461));
    assert.equal(toWire('ü'.repeat(5_462)), `${'ü'.repeat(5_461)}[... 5462 characters in all]`);
  });

  it('is taken as it is sent, and no value more', () => {
    const list = (length: number) => ({ t: 'array', id: 1, items: new Array(length).fill(null) });
    assert.equal((fromWire(list(65_535)) as unknown[]).length, 65_535);
    for (const length of [65_536, 2 ** 31]) {
      const wire = { t: 'array', id: 1, items: new Array(length) };
      assert.match((fromWire(wire) as Error).message, /cannot be read/);
    }
  });
});
