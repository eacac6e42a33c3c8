// Slices of a histogram are kept in eight places: the ninth begins where the first was, and what lies there while it
// is written is neither.

import assert from 'node:assert/strict';
import { F_LATENCY, F_VIEW_BUDGET, V_SUCCESS, VIEW_COUNT } from '../../../assembly/layout.ts';
import { inTurn } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { given, k, slot } from '../world.ts';

/** The middle of the nth slice of a second, from 1. */
const inSlice = (n: number) => (n - 0.5) * 1_000;
/** Of the second bucket; what took no time is in the first. */
const SHORT = 1 / 16_384;
const LONG = 100;

const record = (n: number, ms: number) => k.record(slot, inSlice(n) - ms, inSlice(n), V_SUCCESS);
/** What was short of all that the window holds, for a reader whose time is in the nth slice. */
const shortOnes = (n: number) => k.viewWithin(slot, 0, inSlice(n), SHORT);

export const slices: Suite = {
  name: 'slices',
  scenarios: [
    given(
      {
        features: F_LATENCY | F_VIEW_BUDGET,
        before: [record(1, 0), record(1, SHORT), record(2, 0), record(2, SHORT)],
      },
      {
        name: 'a slice that a dead thread has begun to write over is nobody’s, for those behind in time too',
        programs: [inTurn(record(1 + VIEW_COUNT, LONG))],
        death: { of: 0 },
        check: (vm) => {
          for (const n of [VIEW_COUNT - 2, VIEW_COUNT]) {
            const seen = vm.run(shortOnes(n));
            assert.ok(seen === 4 || seen === 2, `${seen} of 4, or of 2 since the second slice`);
          }
        },
      },
    ),
  ],
};
