import assert from 'node:assert/strict';
import {
  BREAKER_CONTROL,
  E_OPENED,
  E_REOPENED,
  F_BREAKER,
  F_RAMP,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import { inTurn } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { cell, FENCE, i32At, k, NEXT_FENCE, NOW, owner, slot, UNTORN } from '../world.ts';

import {
  admit,
  attempt,
  breaker,
  CLOSED,
  dueForTrial,
  generation,
  HALF_OPEN,
  isTrial,
  OPEN,
  onTrial,
  revoke,
  settle,
  state,
  TRIAL,
  told,
  undecided,
} from './breaker-words.ts';

export const breakerHands: Suite = {
  name: 'hands on the breaker, and deaths',
  scenarios: [
    breaker(
      { numbers: { consecutive: 1 } },
      {
        name: 'an isolation and a trip do not disturb each other',
        programs: [
          inTurn(k.breakerIsolate(slot, cell(0), FENCE, 1), k.breakerIsolate(slot, cell(0), FENCE, -1)),
          inTurn(settle(1, 0, V_FAILURE)),
          inTurn(admit(2), k.breakerState(slot, NOW), k.breakerWait(slot, NOW)),
        ],
        check: (vm) => {
          assert.equal(i32At(vm, BREAKER_CONTROL), 0);
          assert.deepEqual([state(vm), generation(vm), told(vm, E_OPENED)], [OPEN, 1, 1]);
        },
      },
    ),
    breaker(
      { numbers: { consecutive: 1 } },
      {
        name: 'isolations of two threads and a change of mode all stand',
        programs: [
          inTurn(k.breakerIsolate(slot, cell(0), FENCE, 1)),
          inTurn(k.breakerIsolate(slot, cell(1), FENCE, 1), k.breakerIsolate(slot, cell(1), FENCE, -1)),
          inTurn(k.breakerMode(slot, 2), k.breakerMode(slot, 0)),
        ],
        check: (vm) => assert.equal(i32At(vm, BREAKER_CONTROL), 1 << 2),
      },
    ),
    breaker(
      { before: onTrial },
      {
        name: 'a hand that closes it meets a trial that fails',
        programs: [
          inTurn(k.breakerForce(slot, NOW, -1)),
          inTurn(settle(0, TRIAL, V_FAILURE)),
          inTurn(k.breakerWord(slot), k.breakerRefuses(slot, NOW)),
        ],
        check: (vm) => {
          const reopened = told(vm, E_REOPENED);
          assert.equal(state(vm), CLOSED);
          assert.equal(generation(vm), reopened ? 4 : 3);
        },
      },
    ),
    breaker(
      {},
      {
        name: 'a hand that opens it meets a snapshot that is restored',
        programs: [
          inTurn(k.breakerForce(slot, NOW, 1_000)),
          inTurn(k.breakerRestore(slot, NOW, CLOSED, 0, 0)),
        ],
        check: (vm) => {
          assert.equal(generation(vm), 2);
          const last = state(vm);
          assert.equal(vm.run(k.breakerWait(slot, NOW)), last === OPEN ? 1_000 : 0);
        },
      },
    ),
    breaker(
      { features: F_BREAKER | F_RAMP, numbers: { rampMs: 1_000 }, before: onTrial },
      {
        name: 'after a close the ramp begins for everybody',
        programs: [inTurn(settle(0, TRIAL, V_SUCCESS)), inTurn(admit(1), admit(1)), inTurn(admit(2))],
        check: (vm) => {
          assert.equal(state(vm), CLOSED);
          for (const ticket of [...vm.results(1), ...vm.results(2)])
            assert.ok(ticket < 0, `let in with ${ticket}`);
        },
      },
    ),
    breaker(
      { numbers: { consecutive: 1 } },
      {
        name: 'the open time stands even when the thread that opened it dies on the way',
        programs: [inTurn(settle(0, 0, V_FAILURE)), inTurn(admit(1), k.breakerWait(slot, NOW))],
        death: {
          of: 0,
          manager: inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE), admit(3), admit(3, NOW + 1_001)),
        },
        check: (vm) => {
          if (state(vm) === OPEN) assert.fail('still open after its open time');
          assert.ok(vm.results(2)[2] >= 0 || isTrial(vm.results(1)[0]), 'somebody is let through');
        },
      },
    ),
    breaker(
      { before: dueForTrial, numbers: { trials: 2 } },
      {
        name: 'the trials of a thread that dies come back',
        programs: [attempt(0, V_SUCCESS), inTurn(k.breakerRefuses(slot, NOW), k.breakerState(slot, NOW))],
        death: {
          of: 0,
          manager: inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE)),
          neverBefore: UNTORN,
        },
        check: (vm) => {
          assert.ok(state(vm) !== CLOSED, 'nothing closes it');
          if (state(vm) === HALF_OPEN) assert.equal(undecided(vm), 0);
        },
      },
    ),
    breaker(
      { before: dueForTrial, numbers: { trials: 2 } },
      {
        name: 'trials of a thread that dies before it has an answer come back',
        programs: [inTurn(admit(0)), inTurn(admit(1))],
        death: { of: 0, manager: revoke, neverBefore: UNTORN },
        check: (vm) => {
          const mine = vm.results(1).filter(isTrial).length;
          assert.equal(mine, 1);
          assert.equal(undecided(vm), 1);
        },
      },
    ),
    breaker(
      { before: dueForTrial, numbers: { trialWaitMs: 500 } },
      {
        name: 'a trial that was lost with its thread is free again when the wait for it is over',
        programs: [attempt(0, V_IGNORED), inTurn(admit(1))],
        death: { of: 0, manager: revoke },
        invariant: (vm) =>
          assert.ok(state(vm) !== HALF_OPEN || undecided(vm) <= 1, `${undecided(vm)} trials`),
        check: (vm) => {
          assert.ok(isTrial(vm.run(admit(2, NOW + 500))), 'nobody may try');
        },
      },
    ),
    breaker(
      { before: dueForTrial, numbers: { trials: 2 } },
      {
        name: "a thread that runs on after it was declared dead neither keeps a trial nor takes anybody's",
        programs: [
          attempt(0, V_IGNORED),
          inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE)),
          inTurn(admit(1)),
        ],
        invariant: (vm) => assert.ok(state(vm) !== HALF_OPEN || undecided(vm) <= 2),
        check: (vm) => {
          assert.equal(vm.results(2).filter(isTrial).length, 1);
          assert.equal(undecided(vm), 1);
        },
      },
    ),
    breaker(
      {},
      {
        name: 'the isolation of a thread that dies ends',
        programs: [inTurn(k.breakerIsolate(slot, cell(0), FENCE, 1)), inTurn(admit(1))],
        death: { of: 0, manager: revoke, neverBefore: UNTORN },
        check: (vm) => assert.equal(i32At(vm, BREAKER_CONTROL), 0),
      },
    ),
  ],
};
