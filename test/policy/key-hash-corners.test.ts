// How a key comes to its bucket: the same way each time, another way for any other key, however long both are, and
// with nothing written but where this thread may write.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { THREAD_BYTES, THREAD_HASH, THREAD_SCRATCH, THREAD_SCRATCH_BYTES } from '../../assembly/layout.ts';
import { Keys } from '../../src/policy/keys.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { type Engine, onBothEngines } from '../support/given.ts';

/** UTF-16 units that the kernels are handed at once. */
const AT_ONCE = THREAD_SCRATCH_BYTES / 2;

function given(engine: Engine) {
  const plane = StatePlane.create({ policies: 1, threads: 2, keys: 0 }, 0, engine);
  const keys = new Keys(plane);
  const hash = () =>
    String(plane.i32.slice((plane.rowAt + THREAD_HASH) >> 2, (plane.rowAt + THREAD_HASH + 8) >> 2));
  const hashOf = (key: string) => {
    keys.use(key);
    return hash();
  };
  return { plane, keys, hash, hashOf };
}

onBothEngines('a key', (engine) => {
  it('has the hash of its own text as long as the kernels can take that at once', () => {
    const { plane, hash, hashOf } = given(engine);
    for (const key of ['', 'a', 'order 17', 'é\ud800', 'x'.repeat(AT_ONCE - 1), 'x'.repeat(AT_ONCE)]) {
      const units = new Uint16Array(plane.memory.buffer, plane.rowAt + THREAD_SCRATCH, AT_ONCE);
      for (let unit = 0; unit < key.length; unit++) units[unit] = key.charCodeAt(unit);
      plane.kernels.keyHash(plane.rowAt, key.length * 2);
      const expected = hash();
      assert.equal(hashOf(key), expected, `${key.length} units`);
    }
  });

  it('has the same hash whatever was hashed before it', () => {
    const { hashOf } = given(engine);
    for (const length of [1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE]) {
      const key = 'k'.repeat(length);
      const first = hashOf(key);
      for (const other of ['z', 'z'.repeat(AT_ONCE), 'z'.repeat(2 * AT_ONCE)]) {
        assert.notEqual(hashOf(other), first);
        assert.equal(hashOf(key), first, `${length} units`);
      }
    }
  });

  it('has another hash when any one unit of it is another, wherever that stands', () => {
    const { hashOf } = given(engine);
    for (const length of [AT_ONCE - 3, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE - 7, 3 * AT_ONCE]) {
      const hashes = new Set([hashOf('x'.repeat(length))]);
      for (let at = 0; at < length; at++) {
        hashes.add(hashOf(`${'x'.repeat(at)}y${'x'.repeat(length - at - 1)}`));
      }
      assert.equal(hashes.size, length + 1, `${length} units`);
    }
  });

  it('is written nowhere but in this thread’s own row, however long it is', () => {
    const { plane, keys } = given(engine);
    const others = () =>
      Buffer.from(plane.bytes.slice(plane.rowAt + THREAD_BYTES, plane.rowAt + 9 * THREAD_BYTES));
    const before = others();
    for (const length of [AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE, 4 * AT_ONCE, 9 * AT_ONCE])
      keys.use('x'.repeat(length));
    assert.ok(others().equals(before));
  });

  it('is a text, and what came instead is said', () => {
    const { keys } = given(engine);
    for (const [key, got] of [
      [undefined, 'none'],
      [null, 'object'],
      [5, 'number'],
    ]) {
      assert.throws(() => keys.use(key), {
        name: 'TypeError',
        message: `a keyed limiter needs a key, a text; got ${got}`,
      });
    }
  });
});
