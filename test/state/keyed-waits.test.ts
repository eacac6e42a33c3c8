// What a key is told to wait is what it was told, whatever its size: no wait is taken for an answer of another kind.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_KEYED, F_RATE } from '../../assembly/layout.ts';
import { bucket, ENGINES, givenPolicyOn } from './given.ts';

for (const engine of ENGINES) {
  describe(`the wait of a refused key (${engine})`, () => {
    it('is as many milliseconds as permits that lack', () => {
      const { kernels, slot, plane, useKey } = givenPolicyOn(engine, {
        features: F_RATE | F_KEYED,
        numbers: bucket(1_000, 20, true),
        maxKeys: 8,
      });
      useKey('one');
      const take = (permits: number) => kernels.keyedAcquire(slot.at, plane.rowAt, 0, permits);
      assert.equal(take(20), 0);
      for (let lacking = 1; lacking <= 20; lacking++) assert.equal(take(lacking), lacking);
    });
  });
}
