import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  HEADER_BYTES_USED,
  HEADER_MAGIC,
  HEADER_VERSION,
  LAYOUT_VERSION,
  SLOT_BYTES,
} from '../../assembly/layout.ts';
import { OptionsError } from '../../src/base/errors.ts';
import { Arena } from '../../src/state/arena.ts';
import { geometryOf } from '../../src/state/geometry.ts';
import { type PlaneHandle, StatePlane } from '../../src/state/plane.ts';
import { Threads } from '../../src/state/threads.ts';
import { givenPlane, SIZES } from './given.ts';

function refusedAttach(change: (i32: Int32Array) => void): OptionsError {
  const plane = givenPlane();
  const handle = new Threads(plane).reserveOnMain();
  change(plane.i32);
  return caught(() => StatePlane.attach(handle));
}

function caught(act: () => unknown): OptionsError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof OptionsError, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
}

describe('a state plane', () => {
  it('is as large as it was asked to be, and a whole number of pages', () => {
    const plane = givenPlane();
    assert.deepEqual(plane.sizes, SIZES);
    assert.equal(plane.memory.buffer.byteLength, plane.geometry.pages * 65_536);
    assert.equal(plane.f64[HEADER_BYTES_USED >> 3], plane.geometry.bytes);
    assert.ok(plane.geometry.bytes <= plane.memory.buffer.byteLength);
  });

  it('shows the same sizes, places and time to a thread that attaches', () => {
    const plane = StatePlane.create(SIZES, 12_345.5);
    const view = StatePlane.attach(new Threads(plane).reserveOnMain());
    assert.deepEqual(view.sizes, plane.sizes);
    assert.deepEqual(view.geometry, plane.geometry);
    assert.equal(view.originMs, 12_345.5);
    assert.equal(view.memory, plane.memory);
    assert.notEqual(view.row, plane.row);
  });

  it('names both versions to a thread that knows another layout', () => {
    const error = refusedAttach((i32) => {
      i32[HEADER_VERSION >> 2] = LAYOUT_VERSION + 6;
    });
    assert.match(error.message, new RegExp(`layout version ${LAYOUT_VERSION}\\b`));
    assert.match(error.message, new RegExp(`one of version ${LAYOUT_VERSION + 6}\\b`));
    assert.equal(error.code, 'HF_BAD_OPTION');
  });

  it('refuses memory that is none of its own', () => {
    const error = refusedAttach((i32) => {
      i32[HEADER_MAGIC >> 2] = 0;
    });
    assert.match(error.message, /memory that Holdfast did not make/);
  });

  it('hashes keys differently in every memory, and alike in every view of one', () => {
    const [one, other] = [givenPlane({ keys: 8 }), givenPlane({ keys: 8 })];
    for (const plane of [one, other]) new Arena(plane).takeKeysOnMain('policy.rateLimiter.maxKeys', 4);
    const view = StatePlane.attach(new Threads(one).reserveOnMain());
    assert.notEqual(hashIn(one), hashIn(other));
    assert.equal(hashIn(one), hashIn(view));
  });

  it('lets each view choose its engine', () => {
    const plane = givenPlane({}, 'wasm');
    const handle: PlaneHandle = { ...new Threads(plane).reserveOnMain(), engine: 'js' };
    assert.equal(plane.engine.name, 'wasm');
    assert.equal(StatePlane.attach(handle).engine.name, 'js');
  });
});

describe('the geometry of a memory', () => {
  it('keeps everything on borders of 128 bytes, in order, apart', () => {
    const { bytes, pages, keyCells, ...places } = geometryOf({ policies: 3, threads: 5, keys: 7 });
    const starts = Object.values(places);
    assert.deepEqual(
      starts,
      starts.toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      starts.filter((at) => at % 128 !== 0),
      [],
    );
    assert.equal(SLOT_BYTES % 128, 0);
    assert.ok(keyCells >= 14 && pages * 65_536 >= bytes);
  });

  it('is refused when it is larger than a memory, with what was asked for', () => {
    const error = caught(() => geometryOf({ policies: 1_000_000, threads: 64, keys: 65_536 }));
    assert.match(error.message, /^memory: expected sizes that fit into \d+ bytes, got policies 1000000,/);
  });

  it('is refused beyond the addresses that a signed word can hold', () => {
    const most = Math.floor(2 ** 31 / SLOT_BYTES);
    assert.ok(geometryOf({ policies: most - 100, threads: 2, keys: 0 }).bytes <= 2 ** 31);
    caught(() => geometryOf({ policies: most + 1, threads: 2, keys: 0 }));
  });

  it('is refused when the machine cannot reserve it', () => {
    const { Memory } = WebAssembly;
    const cause = new RangeError('could not allocate memory');
    WebAssembly.Memory = function refuse() {
      throw cause;
    } as unknown as typeof Memory;
    try {
      const error = caught(() => givenPlane());
      assert.match(error.message, /sizes that this machine can reserve, got \d+ bytes/);
      assert.equal(error.cause, cause);
    } finally {
      WebAssembly.Memory = Memory;
    }
  });
});

function hashIn(plane: StatePlane): bigint {
  const words = new BigInt64Array(plane.memory.buffer);
  plane.bytes.set([107, 101, 121], plane.rowAt + 128);
  plane.kernels.keyHash(plane.rowAt, 3);
  return words[(plane.rowAt + 64) >> 3];
}
