// A view that is read while a slice of it begins: what was read meanwhile is forgotten.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LATENCY_VIEWS_AT, VIEW_BYTES, VIEW_EPOCH } from '../../assembly/layout.ts';
import { policy } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { whileSteady } from '../../src/policy/steady-view.ts';
import { onBothEngines } from '../support/given.ts';

const VIEWS = [0, 1, 2, 3];

onBothEngines('a reading of a view', (engine) => {
  /** Reads a view; in each of the first so many readings a slice of another or the same view begins. */
  function readings(view: number, begins: { slices: number; of: number }): (number | undefined)[] {
    const guarded = policy({}, { engine });
    const { slot } = Policy.coreOf(guarded);
    const epoch = (slot.at + LATENCY_VIEWS_AT + begins.of * VIEW_BYTES + VIEW_EPOCH) >> 2;
    let read = 0;
    const found = whileSteady(slot, view, () => {
      if (read < begins.slices) Atomics.add(slot.plane.i32, epoch, 1);
      return ++read;
    });
    guarded.dispose();
    return [found, read];
  }

  it('is the first one where no slice began', () => {
    for (const view of VIEWS) assert.deepEqual(readings(view, { slices: 0, of: view }), [1, 1]);
  });

  it('is done again where one began, and up to three times', () => {
    for (const view of VIEWS) {
      assert.deepEqual(readings(view, { slices: 1, of: view }), [2, 2]);
      assert.deepEqual(readings(view, { slices: 2, of: view }), [3, 3]);
      assert.deepEqual(readings(view, { slices: 3, of: view }), [undefined, 3]);
    }
  });

  it('bears that a slice of another view begins', () => {
    for (const view of VIEWS) {
      for (const of of VIEWS) {
        if (of !== view) assert.deepEqual(readings(view, { slices: 9, of }), [1, 1]);
      }
    }
  });
});
