// Keys whose hashes are chosen: those that share a tag, a half or a place with another one, and cells that a thread
// has left between the two steps of a move.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_KEYED, F_RATE, F_SHARED_KEYS, THREAD_HASH } from '../../assembly/layout.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { NEVER } from './arbitraries.ts';
import { World } from './world.ts';

const LOW = 0x1234_5645;
const HIGH = 0x0fed_cba9;

/** As [low, high] halves: the key itself, and others that differ from it in one respect. */
const KEYS = [
  [LOW, HIGH],
  // Another low half with the same tag and, in a small table, the same place.
  [LOW ^ 0x0010_0000, HIGH],
  [LOW, HIGH ^ 0x0000_1000],
  [LOW ^ 0x0010_0000, HIGH ^ 0x0000_1000],
  // Another tag, and another place.
  [LOW ^ 1, HIGH],
  [LOW ^ 64, HIGH],
] as const;
type Key = readonly [low: number, high: number];

const worlds = [new World(wasmKernels), new World(twinKernels)] as const;

/** Both worlds, each with a table of so many cells and nothing in it. */
function begin(keyCells: number, shared = 0): void {
  for (const world of worlds) {
    world.begin({
      features: F_RATE | F_KEYED | shared,
      numbers: { units: 1, unitsPerMs: 1, burstUnits: 4, maxDebtMs: NEVER },
      nowMs: 5,
      generation: 0,
      keyCells,
    });
  }
}

function hash({ at }: World, [low, high]: Key): void {
  at.i32[(at.row(0) + THREAD_HASH) >> 2] = low;
  at.i32[(at.row(0) + THREAD_HASH + 4) >> 2] = high;
}

/** What a key takes and then sees, which has to be the same in both worlds. */
function take(key: Key, ms: number, permits = 1): number {
  const [answer, other] = worlds.map((world) => {
    const { kernels, slot, at } = world;
    hash(world, key);
    const [row, now] = [at.row(0), world.nowMs + ms];
    return [
      kernels.keyedWait(slot, row, now, permits),
      kernels.keyedAvailable(slot, row, now),
      kernels.keyedAcquire(slot, row, now, permits),
      kernels.keyedAvailable(slot, row, now),
      kernels.keyedWait(slot, row, now, permits),
      kernels.keyedLive(slot, now),
    ];
  });
  assert.deepEqual(other, answer);
  assert.deepEqual(worlds[1].at.differences(worlds[0].at), []);
  return answer[2];
}

const refund = (key: Key) => {
  for (const world of worlds) {
    hash(world, key);
    world.kernels.keyedRefund(world.slot, world.at.row(0), world.nowMs, 1);
  }
};

/** Where a key that came first has its cell. */
function cellOf(world: World, [low, high]: Key): number {
  const { i32 } = world.at;
  const from = (world.at.row(3) + 4_096) >> 2;
  for (let at = from - (from % 4); at < i32.length; at += 2)
    if (i32[at] === low && i32[at + 1] === high) return at;
  throw new Error('the key has no cell');
}

describe('keys whose hashes resemble each other, in the twin', () => {
  for (const cells of [1, 2, 4, 64]) {
    it(`have buckets as the kernels give them, in a table of ${cells}`, () => {
      for (const shared of [0, F_SHARED_KEYS]) {
        for (const one of KEYS) {
          for (const other of KEYS) {
            begin(cells, shared);
            for (const ms of [0, 0, 1, 40, 41]) {
              take(one, ms);
              take(other, ms, 2);
              refund(other);
              take(one, ms, 3);
            }
          }
        }
      }
    });
  }

  it('are given nothing back where they have no bucket', () => {
    begin(1);
    // The header says how many policies and threads there are: it is no bucket, whatever it looks like.
    const header = worlds.map(({ at }) => at.i32.subarray(0, 4));
    for (const words of header) words.set([0, 0, 2, 4]);
    refund([(LOW & ~63) | 2, HIGH]);
    assert.deepEqual(Array.from(header[1]), [0, 0, 2, 4]);
    assert.deepEqual(Array.from(header[0]), [0, 0, 2, 4]);
  });

  it('are told to wait where their common bucket is used up', () => {
    begin(1, F_SHARED_KEYS);
    take(KEYS[0], 0, 4);
    assert.equal(take(KEYS[4], 0, 4), 0);
    assert.ok(take(KEYS[5], 0, 4) > 0);
  });
});

describe('a cell that was left between two steps of its move, in the twin', () => {
  for (const [name, before] of [
    ['nobody’s', [0, 0]],
    ['a key’s of another tag', [LOW ^ 3, HIGH]],
    ['a key’s of the same tag', KEYS[1]],
  ] as const) {
    it(`becomes that of the key it was taken for, where it was ${name}`, () => {
      for (const asked of KEYS) {
        for (const cells of [1, 2]) {
          begin(cells);
          take(KEYS[0], 0, 2);
          for (const world of worlds) {
            const at = cellOf(world, KEYS[0]);
            [world.at.i32[at], world.at.i32[at + 1]] = before;
          }
          take(asked, 0);
          take(asked, 0);
          take(KEYS[0], 0);
          take(asked, 9);
        }
      }
    });
  }

  it('is no longer that of the key it was taken from', () => {
    for (const cells of [1, 2]) {
      begin(cells);
      take(KEYS[0], 0, 2);
      for (const world of worlds) world.at.i32[cellOf(world, KEYS[0]) + 2] ^= 3;
      take(KEYS[0], 0);
      take([LOW ^ 3, HIGH], 0);
      take(KEYS[0], 9);
    }
  });

  it('is no longer that of the key it was taken from, where that key’s tag is 0', () => {
    const key = [LOW & ~63, HIGH] as const;
    for (const cells of [1, 2]) {
      begin(cells);
      take(key, 0, 2);
      for (const world of worlds) world.at.i32[cellOf(world, key) + 2] ^= 3;
      take(key, 0);
      take(key, 9);
    }
  });
});

describe('a cell whose word has an empty half, in the twin', () => {
  it('is carried over to the options in force like any other', () => {
    for (const high of [0, HIGH]) {
      begin(1);
      for (const world of worlds) world.nowMs = 2 ** 22 - 1;
      take([LOW & ~63, high], 0);
      for (const world of worlds) {
        const { kernels, slot, at } = world;
        at.writeBlock(at.scratch(1), { ...world.numbers, maxConcurrent: 3 });
        assert.equal(kernels.publish(slot, at.scratch(1), 0, 2, world.nowMs), 1);
        kernels.keyedCarry(slot, world.nowMs, 0, 1);
      }
      assert.deepEqual(worlds[1].at.differences(worlds[0].at), []);
    }
  });
});
