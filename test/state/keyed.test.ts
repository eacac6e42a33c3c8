import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_KEYED, F_RATE, F_SHARED_KEYS, HEADER_SEED, OPTIONS_RING } from '../../assembly/layout.ts';
import { bucket, ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const EXHAUSTED = -4;

function given(engine: TestedEngine, { maxKeys = 8, rate = 1, burst = 3, shared = true } = {}) {
  const features = F_RATE | F_KEYED | (shared ? F_SHARED_KEYS : 0);
  const { kernels, slot, plane, useKey } = givenPolicyOn(engine, {
    features,
    numbers: bucket(rate, burst, true),
    maxKeys,
  });
  // Where keys fall is drawn for each plane; here the same each time, since a cell of a key's own tag is not for it.
  plane.i32.fill(20_301, HEADER_SEED >> 2, (HEADER_SEED >> 2) + 4);
  const row = plane.rowAt;
  const of =
    <T>(act: (now: number, permits: number) => T) =>
    (key: string, now = 0, permits = 1) => {
      useKey(key);
      return act(now, permits);
    };
  return {
    slot,
    cells: 2 * maxKeys,
    take: of((now, permits) => kernels.keyedAcquire(slot.at, row, now, permits)),
    left: of((now) => kernels.keyedAvailable(slot.at, row, now)),
    wait: of((now, permits) => kernels.keyedWait(slot.at, row, now, permits)),
    refund: of((now, permits) => kernels.keyedRefund(slot.at, row, now, permits)),
    live: (now = 0) => kernels.keyedLive(slot.at, now),
    change: (now: number, toRate: number, toBurst: number) =>
      assert.ok(slot.publish(() => bucket(toRate, toBurst, true), now)),
  };
}

/** Takes until refused: how many there were. */
function drain(take: (key: string, now?: number) => number, key: string, now = 0): number {
  let taken = 0;
  while (take(key, now) === 0 && taken < 1_000) taken++;
  return taken;
}

const keys = (count: number, prefix = 'key') =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

for (const engine of ENGINES) {
  describe(`keyed token buckets (${engine})`, () => {
    it('are one for each key, full at first', () => {
      const { take } = given(engine);
      for (const key of ['a', 'b', 'a longer key, in ünicode 🗝️', '']) {
        assert.deepEqual([drain(take, key), take(key)], [3, 1_000], key);
      }
    });

    it('are as many as were asked for at least, at the same moment', () => {
      for (const maxKeys of [1, 2, 3, 5, 8, 64, 100, 128]) {
        const { take, live } = given(engine, { maxKeys, shared: false });
        for (const key of keys(maxKeys)) assert.equal(take(key), 0);
        for (const key of keys(maxKeys)) assert.equal(drain(take, key), 2, `${key} of ${maxKeys}`);
        assert.equal(live(), maxKeys);
      }
    });

    it('tell a key that is not there what it would find', () => {
      const { left, wait } = given(engine);
      assert.deepEqual([left('new'), wait('new', 0, 3)], [3, 0]);
    });

    it('show what is left, and have back what is refunded', () => {
      const { take, left, refund, wait } = given(engine);
      take('a', 0, 2);
      assert.deepEqual([left('a'), wait('a', 0, 3), left('b')], [1, 2_000, 3]);
      refund('a', 0, 1);
      assert.deepEqual([left('a'), left('b')], [2, 3]);
      refund('a', 0, 50);
      assert.equal(left('a'), 3);
    });

    it('are in use until they are full again', () => {
      const { take, live } = given(engine);
      take('a', 0, 1);
      take('b', 0, 3);
      assert.deepEqual([live(0), live(999), live(1_000), live(2_999), live(3_000)], [2, 2, 1, 1, 0]);
    });

    it('are taken over by other keys once they are full again, without end', () => {
      const { take, cells } = given(engine, { maxKeys: 8, shared: false });
      for (let round = 0; round < 50; round++) {
        const now = round * 3_000;
        for (const key of keys(cells / 2, `round ${round}`)) assert.equal(drain(take, key, now), 3);
      }
    });

    it('are not taken over while anything of them is spent', () => {
      const { take } = given(engine, { maxKeys: 4, shared: false });
      const spent = keys(4);
      for (const key of spent) take(key, 0, 3);
      for (const key of keys(200, 'flood')) take(key, 2_999, 1);
      for (const key of spent) assert.equal(drain(take, key, 2_999), 2);
    });

    it('refuse a key with its own answer when none is free', () => {
      const { take, cells } = given(engine, { maxKeys: 4, shared: false });
      const answers = keys(cells + 5).map((key) => take(key));
      assert.equal(answers.filter((answer) => answer === 0).length, cells);
      assert.equal(answers.filter((answer) => answer === EXHAUSTED).length, 5);
    });

    it('let keys share one bucket when none is free', () => {
      const { take, cells } = given(engine, { maxKeys: 4 });
      for (const key of keys(cells)) assert.equal(take(key, 0, 3), 0);
      assert.deepEqual(
        keys(4, 'late').map((key) => take(key)),
        [0, 0, 0, 1_000],
      );
      assert.equal(take('late 2', 1_000), 0);
    });

    it('give a key a bucket of its own as soon as one is free again', () => {
      const { take, cells } = given(engine, { maxKeys: 4 });
      for (const key of keys(cells)) take(key, 0, key === 'key 3' ? 1 : 3);
      assert.equal(drain(take, 'late'), 3);
      assert.equal(take('late', 500), 500);
      assert.equal(drain(take, 'late', 1_000), 3);
    });

    it('keep what was spent through changes of the rate, used or not', () => {
      const { take, change, left } = given(engine, { rate: 1, burst: 4 });
      take('a', 0, 3);
      for (let round = 1; round <= 5 * OPTIONS_RING; round++) change(0, round % 2 ? 1e-4 : 100, 4);
      assert.equal(left('a'), 1);
      change(0, 1, 4);
      assert.deepEqual([drain(take, 'a'), take('a')], [1, 1_000]);
    });

    it('keep the shared bucket through changes of the rate', () => {
      const { take, change, cells } = given(engine, { maxKeys: 2, rate: 1, burst: 4 });
      for (const key of keys(cells)) take(key, 0, 4);
      take('late', 0, 3);
      for (let round = 1; round <= 16; round++) change(0, round % 2 ? 1e-4 : 100, round === 16 ? 4 : 4_000);
      change(0, 1, 4);
      for (const key of keys(cells)) take(key, 0, 4);
      assert.equal(drain(take, 'late'), 1);
    });

    it('forget debts of no key when a change makes them smaller', () => {
      const { take, change, left } = given(engine, { rate: 1, burst: 10 });
      take('a', 0, 4);
      change(0, 1, 5);
      assert.equal(left('a'), 5);
      take('a', 0, 5);
      change(0, 1, 10);
      assert.equal(left('a'), 0);
    });
  });

  describe(`a flood of keys (${engine})`, () => {
    it('of 100 000 finds a bucket each, where so many were asked for', () => {
      const { take, live } = largeTable(engine, 100_000);
      const refused = keys(100_000).filter((key) => take(key) !== 0);
      assert.deepEqual(refused, []);
      assert.equal(live(), 100_000);
      assert.equal(keys(100_000).filter((key) => take(key) === 0).length, 0);
    });

    it('of invented keys locks no key out that has its bucket', () => {
      const { take, left } = largeTable(engine, 1_000, 3);
      const honest = keys(50, 'honest');
      for (const key of honest) assert.equal(take(key), 0);
      for (const key of keys(20_000, 'invented')) take(key);
      for (const key of honest) assert.deepEqual([left(key), drain(take, key)], [2, 2]);
    });

    it('of invented keys passes: with time all buckets can be had again', () => {
      const { take, live } = largeTable(engine, 1_000, 3);
      for (const key of keys(20_000, 'invented')) take(key);
      assert.ok(live() > 1_000);
      assert.deepEqual(
        keys(1_000).filter((key) => drain(take, key, 3_000) !== 3),
        [],
      );
    });

    it('of invented keys fills the cells there are, and no others', () => {
      const { take, live } = largeTable(engine, 1_000);
      const admitted = keys(20_000, 'invented').filter((key) => take(key) === 0);
      assert.deepEqual([admitted.length, live()], [2_048, 2_048]);
    });
  });
}

function largeTable(engine: TestedEngine, maxKeys: number, burst = 1) {
  return given(engine, { maxKeys, burst, shared: false });
}
