// Keyed buckets of policies whose tables lie side by side in one memory.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_KEYED, F_RATE } from '../../assembly/layout.ts';
import { bucket, ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const MAX_KEYS = 4;
const BURST = 2;

/** Three policies, made one after the other: their tables follow each other. */
function neighbours(engine: TestedEngine) {
  const make = () => {
    const numbers = bucket(1, BURST, true);
    const given = givenPolicyOn(engine, { features: F_RATE | F_KEYED, numbers, maxKeys: MAX_KEYS });
    const { kernels, slot, plane, useKey } = given;
    return {
      take(key: string) {
        useKey(key);
        return kernels.keyedAcquire(slot.at, plane.rowAt, 0, 1);
      },
      left(key: string) {
        useKey(key);
        return kernels.keyedAvailable(slot.at, plane.rowAt, 0);
      },
      live: () => kernels.keyedLive(slot.at, 0),
      carry: () => kernels.keyedCarry(slot.at, 0, 0, 2 ** 31 - 1),
      change: (rate: number) => assert.ok(slot.publish(() => bucket(rate, BURST, true), 0)),
    };
  };
  return [make(), make(), make()];
}

/** Takes from so many keys that every cell of the table has been found: its first and its last one too. */
function fill({ take }: { take: (key: string) => number }): number {
  let granted = 0;
  for (let n = 0; n < 200; n++) if (take(`key ${n}`) === 0) granted++;
  return granted;
}

for (const engine of ENGINES) {
  describe(`keyed buckets side by side (${engine})`, () => {
    it('are counted by the policy whose they are, and by no other', () => {
      const [before, own, after] = neighbours(engine);
      const used = [fill(before), fill(after)];
      assert.equal(own.live(), 0);
      own.take('one');
      assert.equal(own.live(), 1);
      assert.deepEqual([before.live(), after.live()], used);
    });

    it('keep their tokens when the policy beside them changes its rate', () => {
      const [before, own, after] = neighbours(engine);
      for (const policy of [before, own, after]) fill(policy);
      const looked = () =>
        [before, after].map(({ left }) => Array.from({ length: 200 }, (_, n) => left(`key ${n}`)));
      const seen = looked();
      for (let i = 0; i < 3; i++) {
        own.change(10 + i);
        own.carry();
      }
      assert.deepEqual(looked(), seen);
    });
  });
}
