import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BULKHEAD_ACTIVE,
  F_BULKHEAD,
  KEY_BYTES,
  SLOT_BYTES,
  SLOT_GEN,
  SLOT_INDEX,
} from '../../assembly/layout.ts';
import { OptionsError } from '../../src/base/errors.ts';
import { Arena } from '../../src/state/arena.ts';
import { cellsFor } from '../../src/state/geometry.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Threads } from '../../src/state/threads.ts';
import { givenPlane, givenPolicy } from './given.ts';

function given(sizes: { policies?: number; threads?: number; keys?: number } = {}) {
  const plane = givenPlane(sizes);
  const arena = new Arena(plane);
  const generation = (index: number) => Atomics.load(plane.i32, (plane.slotAt(index) + SLOT_GEN) >> 2);
  return { plane, arena, generation };
}

describe('the arena of slots', () => {
  it('hands out as many as there are, then says how many and which option raises them', () => {
    const { arena } = given({ policies: 3 });
    assert.deepEqual([take(arena), take(arena), take(arena)], [0, 1, 2]);
    assert.equal(arena.free, 0);
    assert.throws(() => arena.takeOnMain('policies.send'), {
      name: 'OptionsError',
      path: 'policies.send',
      message: /one of 3 policy slots .* memory\.policies raises/,
    });
  });

  it('hands out what was given back, oldest first', () => {
    const { arena } = given({ policies: 3 });
    for (let i = 0; i < 3; i++) take(arena);
    arena.freeOnMain(1);
    arena.freeOnMain(0);
    assert.equal(arena.free, 2);
    assert.deepEqual([take(arena), take(arena)], [1, 0]);
  });

  it('begins a generation with each policy, and ends it with the policy', () => {
    const { arena, generation } = given({ policies: 1 });
    const seen = new Set<number>();
    for (let i = 0; i < 5; i++) {
      const index = take(arena);
      assert.ok(!seen.has(generation(index)));
      seen.add(generation(index));
      arena.freeOnMain(index);
      assert.ok(!seen.has(generation(index)));
    }
  });

  it('hands out slots with nothing left in them but their index and generation', () => {
    const { plane, arena } = given({ policies: 1 });
    const index = take(arena);
    const slot = plane.slotAt(index);
    plane.bytes.fill(0xff, slot + 16, slot + SLOT_BYTES);
    arena.freeOnMain(index);
    take(arena);
    const words = plane.i32.slice(slot >> 2, (slot + SLOT_BYTES) >> 2);
    words[SLOT_GEN >> 2] = 0;
    words[SLOT_INDEX >> 2] = 0;
    assert.ok(words.every((word) => word === 0));
  });

  it('passes over a slot of which a thread still holds something', () => {
    const { plane, arena } = given({ policies: 2 });
    const policy = givenPolicy({ features: F_BULKHEAD, numbers: { maxConcurrent: 3 } }, plane, arena);
    const thread = StatePlane.attach(new Threads(plane).reserveOnMain());
    const cell = thread.cellAt(thread.row, 0);
    thread.kernels.bulkheadEnter(policy.slot.at, cell, thread.fence);
    arena.freeOnMain(0);
    assert.equal(take(arena), 1);
    assert.throws(() => take(arena), OptionsError);
    thread.kernels.bulkheadReturn(policy.slot.at, cell, thread.fence);
    assert.equal(take(arena), 0);
    assert.equal(Atomics.load(plane.i32, (policy.slot.at + BULKHEAD_ACTIVE) >> 2), 0);
  });

  it('tells a slot apart from the policy that had it before', () => {
    const { plane, arena } = given({ policies: 1 });
    const { slot } = givenPolicy({}, plane, arena);
    assert.equal(slot.lives, true);
    arena.freeOnMain(slot.index);
    assert.equal(slot.lives, false);
    const next = givenPolicy({}, plane, arena);
    assert.equal(next.slot.index, slot.index);
    assert.deepEqual([slot.lives, next.slot.lives], [false, true]);
  });
});

describe('the arena of keys', () => {
  it('has room for any tables whose keys add up to the memory', () => {
    for (const tables of [[65], [33, 32], [40, 25], [1, 2, 3, 5, 9, 17, 28], Array<number>(65).fill(1)]) {
      const { arena } = given({ keys: 65 });
      for (const keys of tables) assert.ok(arena.takeKeysOnMain('maxKeys', keys).count >= 2 * keys);
    }
  });

  it('says how many keys there still is room for, and which option raises it', () => {
    const { arena } = given({ keys: 64 });
    arena.takeKeysOnMain('maxKeys', 64);
    assert.throws(() => arena.takeKeysOnMain('send.rateLimiter.perKey.maxKeys', 100), {
      name: 'OptionsError',
      message:
        /^send\.rateLimiter\.perKey\.maxKeys: .*room for 100 keys, got room for 64 left.*memory\.keys raises/,
    });
  });

  it('says that there is none when the memory was made for none', () => {
    const { arena } = given({ keys: 0 });
    assert.throws(() => arena.takeKeysOnMain('maxKeys', 1), /got room for 0 left/);
  });

  it('gives tables apart from each other', () => {
    const { arena } = given({ keys: 64 });
    const ranges = [16, 3, 8].map((keys) => arena.takeKeysOnMain('maxKeys', keys));
    const ends = ranges.map(({ first, count }) => first + count);
    assert.deepEqual(
      ranges.map(({ first }) => first),
      [0, ...ends.slice(0, -1)],
    );
  });

  it('merges what is given back, whatever the order', () => {
    for (const order of [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
      [2, 0, 3, 1],
    ]) {
      const { plane, arena } = given({ keys: 64 });
      const ranges = [16, 16, 16, 16].map((keys) => arena.takeKeysOnMain('maxKeys', keys));
      for (const index of order) arena.freeKeysOnMain(ranges[index]);
      assert.equal(arena.freeCells, plane.geometry.keyCells);
      assert.deepEqual(arena.takeKeysOnMain('maxKeys', 128), { first: 0, count: cellsFor(128) });
    }
  });

  it('empties cells before others have them', () => {
    const { plane, arena } = given({ keys: 8 });
    const range = arena.takeKeysOnMain('maxKeys', 8);
    const at = plane.geometry.keysAt;
    plane.bytes.fill(0xff, at, at + range.count * KEY_BYTES);
    arena.freeKeysOnMain(range);
    assert.ok(plane.bytes.slice(at, at + range.count * KEY_BYTES).every((byte) => byte === 0));
  });
});

function take(arena: Arena): number {
  return arena.takeOnMain('policy');
}
