// Words that threads only add to: whatever the order, nothing is lost.

import assert from 'node:assert/strict';
import {
  BREAKER_CONTROL,
  BREAKER_LATE,
  COUNT_RATE_ALLOWED,
  F_ATTEMPTS,
  F_BREAKER,
  F_COUNTED,
  F_RATE,
  LATENCY_ATTEMPTS_AT,
  LINE_EVENT,
  LINE_GRANTS,
  S_VERDICT,
  V_FAILURE,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import { inTurn } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { block, cell, FENCE, given, i32At, k, latenciesIn, NEXT_FENCE, NOW, owner, slot } from '../world.ts';
import { admit, count, dueForTrial, settle } from './breaker-words.ts';

const join = (thread: number) => k.lineJoin(slot, cell(thread), FENCE);
const reclaim = (thread: number) => k.reclaim(slot, cell(thread), owner(thread), NEXT_FENCE);
/** An attempt that ends well after so many milliseconds. */
const ended = (thread: number, ms: number) =>
  k.settle(slot, cell(thread), FENCE, 0, NOW - ms, NOW, V_SUCCESS, S_VERDICT, -1);
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
      { features: F_BREAKER },
      {
        name: 'calls of three threads and their durations are all in the counts of a breaker without a window',
        preemptions: 3,
        programs: [1, 2, 4].map((ms, t) => inTurn(ended(t, ms))),
        check: (vm) => {
          assert.equal(vm.run(k.breakerCount(slot, NOW, 0)), 3);
          assert.equal(vm.run(k.breakerCount(slot, NOW, 4)), 7);
        },
      },
    ),
    given(
      { features: F_ATTEMPTS },
      {
        name: 'attempts of two threads that took as long are both in the histogram',
        programs: [0, 1].map((t) => inTurn(ended(t, 5))),
        check: (vm) => assert.equal(latenciesIn(vm, LATENCY_ATTEMPTS_AT), 2),
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
