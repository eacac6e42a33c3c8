// Words that threads only add to: whatever the order, nothing is lost.

import assert from 'node:assert/strict';
import {
  BREAKER_CONTROL,
  BREAKER_LATE,
  COUNT_RATE_ALLOWED,
  F_BREAKER,
  F_COUNTED,
  F_RATE,
  LINE_EVENT,
  LINE_GRANTS,
  V_FAILURE,
} from '../../../assembly/layout.ts';
import { inTurn } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { block, cell, FENCE, given, i32At, k, NEXT_FENCE, NOW, owner, slot } from '../world.ts';
import { admit, count, dueForTrial, settle } from './breaker-words.ts';

const join = (thread: number) => k.lineJoin(slot, cell(thread), FENCE);
const reclaim = (thread: number) => k.reclaim(slot, cell(thread), owner(thread), NEXT_FENCE);
const isolate = (thread: number) => k.breakerIsolate(slot, cell(thread), FENCE, 1);

export const sums: Suite = {
  name: 'sums',
  scenarios: [
    given(
      { features: F_BREAKER, before: dueForTrial },
      {
        name: 'results that come late from two threads are both counted',
        programs: [0, 1].map((t) => inTurn(settle(t, 0, V_FAILURE))),
        check: (vm) => assert.equal(count(vm, BREAKER_LATE), 2),
      },
    ),
    given(
      { features: F_RATE | F_COUNTED },
      {
        name: 'admissions of two threads are both counted',
        programs: [0, 1].map((t) => inTurn(admit(t))),
        check: (vm) => assert.equal(count(vm, COUNT_RATE_ALLOWED), 2),
      },
    ),
    given(
      { before: [join(0), join(1)] },
      {
        name: 'turns in line that two threads got are both counted',
        programs: [0, 1].map((t) => inTurn(k.lineLeave(slot, cell(t), FENCE, 1, 1))),
        check: (vm) => assert.equal(i32At(vm, LINE_GRANTS), 2),
      },
    ),
    given(
      { features: F_BREAKER, before: [isolate(0)] },
      {
        name: 'the isolation of a dead thread ends while another one begins its own',
        programs: [inTurn(reclaim(0)), inTurn(isolate(1))],
        check: (vm) => assert.equal(i32At(vm, BREAKER_CONTROL), 1 << 2),
      },
    ),
    given(
      { before: [join(2), join(3)], blocks: { 0: {} } },
      {
        name: 'whoever moves the event count on, nobody puts it back',
        programs: [
          inTurn(k.publish(slot, block(0), 0, owner(0), NOW)),
          inTurn(reclaim(3)),
          inTurn(k.lineWake(slot)),
        ],
        preemptions: 2,
        check: (vm) => assert.equal(i32At(vm, LINE_EVENT), 3),
      },
    ),
  ],
};
