// The line of a policy in a memory that is used to its edges: what lies before the ledger and behind it is no waiter.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_BULKHEAD, F_KEYED, F_LINE, F_RATE, SLOT_TEXT, SLOT_TEXT_BYTES } from '../../assembly/layout.ts';
import { Arena } from '../../src/state/arena.ts';
import { Threads } from '../../src/state/threads.ts';
import { bucket, ENGINES, givenPlane, givenPolicy, type TestedEngine } from './given.ts';

/** More arrivals than a line ever sees, still counted exactly. */
const LATE = 2 ** 53;

function given(engine: TestedEngine) {
  const plane = givenPlane({ policies: 2, threads: 2, keys: 4 }, engine);
  const arena = new Arena(plane);
  const line = { features: F_BULKHEAD | F_LINE, numbers: { maxConcurrent: 1 } };
  const { slot, kernels } = givenPolicy(line, plane, arena);
  const waiting = () => [kernels.lineRank(slot.at, LATE), kernels.lineCosts(slot.at)];
  return { plane, arena, waiting };
}

for (const engine of ENGINES) {
  describe(`a line at the edge of the ledger (${engine})`, () => {
    it('is empty though every thread has joined, and keys are in use', () => {
      const { plane, arena, waiting } = given(engine);
      new Threads(plane).reserveOnMain();
      const keyed = { features: F_RATE | F_KEYED, numbers: bucket(1, 2, true), maxKeys: 4 };
      const { kernels, slot, useKey } = givenPolicy(keyed, plane, arena);
      for (let n = 0; kernels.keyedLive(slot.at, 0) < 8; n++) {
        useKey(`key ${n}`);
        kernels.keyedAcquire(slot.at, plane.rowAt, 0, 1);
      }
      assert.deepEqual(waiting(), [0, 0]);
    });

    for (const letter of ['x', 'é']) {
      it(`is empty though the policy before the ledger has options as long as can be, of ${letter}`, () => {
        const { plane, arena, waiting } = given(engine);
        const { slot } = givenPolicy({}, plane, arena);
        const text = new TextEncoder().encode(letter.repeat(SLOT_TEXT_BYTES)).subarray(0, SLOT_TEXT_BYTES);
        plane.bytes.set(text, slot.at + SLOT_TEXT);
        assert.deepEqual(waiting(), [0, 0]);
      });
    }
  });
}
