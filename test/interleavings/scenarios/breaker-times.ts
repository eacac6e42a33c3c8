// The time of a state stands in a word of its own, the mark, and is written after the move: whoever comes late with
// it must leave what was written for a later state.

import assert from 'node:assert/strict';
import {
  BREAKER_CONTROL,
  CELL_TRIALS,
  F_BREAKER,
  F_RAMP,
  V_FAILURE,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { cell, FENCE, fenceOf, held, i32At, k, NEXT_FENCE, NOW, owner, slot } from '../world.ts';
import {
  admit,
  breaker,
  CLOSED,
  dueForTrial,
  generation,
  HALF_OPEN,
  isTrial,
  markedGeneration,
  markedMs,
  onTrial,
  settle,
  state,
  TRIAL,
  undecided,
} from './breaker-words.ts';

const closes = k.breakerForce(slot, NOW + 5, -1);
const reclaim = inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE));

const markBelongsToTheState = (vm: Machine) => assert.equal(markedGeneration(vm), generation(vm) & 255);

export const breakerTimes: Suite = {
  name: 'times of the breaker',
  scenarios: [
    breaker(
      { numbers: { consecutive: 1 } },
      {
        name: 'who opened it comes late with the time, and leaves that of the close',
        programs: [inTurn(settle(0, 0, V_FAILURE)), inTurn(closes)],
        check: (vm) => {
          markBelongsToTheState(vm);
          assert.deepEqual([state(vm), markedMs(vm)], [CLOSED, NOW + 5]);
        },
      },
    ),
    breaker(
      { numbers: { consecutive: 1 } },
      {
        name: 'who writes the time for another comes late, and leaves that of the close',
        programs: [inTurn(settle(0, 0, V_FAILURE), closes), inTurn(admit(1))],
        check: (vm) => {
          markBelongsToTheState(vm);
          assert.deepEqual([state(vm), markedMs(vm)], [CLOSED, NOW + 5]);
        },
      },
    ),
    breaker(
      { before: dueForTrial },
      {
        name: 'the first trial comes late to start its clock, and leaves the time of the close',
        programs: [inTurn(admit(0)), inTurn(closes)],
        check: (vm) => {
          markBelongsToTheState(vm);
          assert.deepEqual([state(vm), markedMs(vm)], [CLOSED, NOW + 5]);
        },
      },
    ),
    breaker(
      { features: F_BREAKER | F_RAMP, numbers: { rampMs: 1_000 }, before: onTrial },
      {
        name: 'a ramp begins at its own close, though that of another one was still to be written down',
        programs: [
          inTurn(settle(0, TRIAL, V_SUCCESS), k.breakerForce(slot, NOW + 10, 5)),
          inTurn(k.breakerForce(slot, NOW + 500, -1), admit(1, NOW + 600)),
        ],
        check: (vm) => {
          markBelongsToTheState(vm);
          if (state(vm) === CLOSED) assert.equal(markedMs(vm), NOW + 500);
        },
      },
    ),
    breaker(
      { before: [...onTrial, closes] },
      {
        name: 'a thread that was declared dead strikes no trial from the row that is no longer its own',
        programs: [inTurn(settle(0, TRIAL, V_FAILURE)), reclaim],
        check: (vm) => {
          assert.deepEqual([fenceOf(vm, 0, CELL_TRIALS), held(vm, 0, CELL_TRIALS)], [NEXT_FENCE, 0]);
        },
      },
    ),
    breaker(
      { before: dueForTrial },
      {
        name: 'a thread that is declared dead as it takes a trial has none',
        programs: [inTurn(admit(0)), reclaim],
        check: (vm) => {
          assert.deepEqual([fenceOf(vm, 0, CELL_TRIALS), held(vm, 0, CELL_TRIALS)], [NEXT_FENCE, 0]);
          assert.equal(undecided(vm), 0);
        },
      },
    ),
    breaker(
      { before: onTrial },
      {
        name: 'the trial of a dead thread is not taken from who was let through after it was void',
        programs: [inTurn(admit(1, NOW + 1_500)), reclaim],
        check: (vm) => {
          assert.deepEqual([state(vm), undecided(vm)], [HALF_OPEN, vm.results(0).filter(isTrial).length]);
        },
      },
    ),
    breaker(
      { before: [k.breakerMode(slot, 1)] },
      {
        name: 'a hand that closes a disabled breaker leaves the isolation that begins meanwhile',
        programs: [inTurn(k.breakerForce(slot, NOW, -1)), inTurn(k.breakerIsolate(slot, cell(1), FENCE, 1))],
        check: (vm) => assert.equal(i32At(vm, BREAKER_CONTROL), 1 << 2),
      },
    ),
    breaker(
      {},
      {
        name: 'a mode that is set while an isolation begins and ends is in force',
        programs: [
          inTurn(k.breakerMode(slot, 2)),
          inTurn(k.breakerIsolate(slot, cell(1), FENCE, 1), k.breakerIsolate(slot, cell(1), FENCE, -1)),
        ],
        check: (vm) => assert.equal(i32At(vm, BREAKER_CONTROL), 2),
      },
    ),
  ],
};
