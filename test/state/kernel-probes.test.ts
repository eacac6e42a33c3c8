// How far a key looks for its bucket.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_KEYED, F_RATE, KEY_PROBES, THREAD_HASH } from '../../assembly/layout.ts';
import { bucket, ENGINES, givenPolicyOn } from './given.ts';

const EXHAUSTED = -4;

for (const engine of ENGINES) {
  describe(`a key that finds no bucket (${engine})`, () => {
    it('has looked at no more cells than it may, though the table had others free', () => {
      const { kernels, slot, plane, useKey } = givenPolicyOn(engine, {
        features: F_RATE | F_KEYED,
        numbers: bucket(1, 1, true),
        maxKeys: 4 * KEY_PROBES,
      });
      const cells = 8 * KEY_PROBES;
      let found = 0;
      for (; found < 10 * cells; found++) {
        useKey(`key ${found}`);
        const answer = kernels.keyedAcquire(slot.at, plane.rowAt, 0, 1);
        if (answer === EXHAUSTED) break;
        assert.equal(answer, 0);
      }
      assert.equal(kernels.keyedLive(slot.at, 0), found);
      assert.ok(found >= 4 * KEY_PROBES, 'as many as were asked for have one');
      assert.ok(found < cells, `${found} of ${cells} cells were in use`);
    });

    it('has one in each of those cells, and none in the next', () => {
      const { kernels, slot, plane } = givenPolicyOn(engine, {
        features: F_RATE | F_KEYED,
        numbers: bucket(1, 1, true),
        maxKeys: 4 * KEY_PROBES,
      });
      const hash = (plane.rowAt + THREAD_HASH) >> 2;
      for (let n = 1; n <= KEY_PROBES + 1; n++) {
        // All of one place: it is told by the bits below the sixteenth.
        plane.i32[hash] = n << 16;
        plane.i32[hash + 1] = 1 << 16;
        const answer = kernels.keyedAcquire(slot.at, plane.rowAt, 0, 1);
        assert.equal(answer, n <= KEY_PROBES ? 0 : EXHAUSTED, `key ${n}`);
      }
    });
  });
}
