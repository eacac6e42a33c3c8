import assert from 'node:assert/strict';
import {
  BREAKER_LATE,
  BREAKER_STATE,
  COUNT_CLOSED,
  COUNT_HALF_OPENED,
  COUNT_OPENED,
  COUNT_REOPENED,
  E_CLOSED,
  E_OPENED,
  E_REOPENED,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import { inTurn } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { held, i64At, k, NOW, slot, UNFENCED } from '../world.ts';

import {
  admit,
  attempt,
  breaker,
  CLOSED,
  count,
  dueForTrial,
  generation,
  HALF_OPEN,
  isTrial,
  OPEN,
  onTrial,
  settle,
  state,
  TRIAL,
  told,
  turnedIt,
  undecided,
} from './breaker-words.ts';

export const circuitBreaker: Suite = {
  name: 'circuit breaker',
  scenarios: [
    breaker(
      { numbers: { consecutive: 3 } },
      {
        name: 'the third failure in a row opens it, whoever reports it',
        programs: [0, 1, 2].map((t) => inTurn(settle(t, 0, V_FAILURE))),
        linearizable: true,
        observe: (vm) => `${i64At(vm, BREAKER_STATE)}`,
        check: (vm) => {
          assert.equal(told(vm, E_OPENED), 1);
          assert.equal(count(vm, COUNT_OPENED), 1);
          assert.deepEqual([state(vm), generation(vm)], [OPEN, 1]);
        },
      },
    ),
    breaker(
      { numbers: { consecutive: 2 } },
      {
        name: 'of three failures at a threshold of two exactly one opens it, and a success starts the row anew',
        programs: [
          inTurn(settle(0, 0, V_FAILURE)),
          inTurn(settle(1, 0, V_FAILURE)),
          inTurn(settle(2, 0, V_SUCCESS), settle(2, 0, V_FAILURE)),
        ],
        check: (vm) => {
          assert.equal(told(vm, E_OPENED), 1);
          assert.equal(count(vm, COUNT_OPENED), 1);
          assert.equal(state(vm), OPEN);
        },
      },
    ),
    breaker(
      { before: dueForTrial, numbers: { trials: 2 } },
      {
        name: 'three threads find it due: one turns it, two are let through',
        preemptions: 3,
        programs: [0, 1, 2].map((t) => inTurn(admit(t))),
        invariant: (vm) =>
          assert.ok(state(vm) !== HALF_OPEN || undecided(vm) <= 2, `${undecided(vm)} trials`),
        check: (vm) => {
          assert.equal(vm.allResults.filter(isTrial).length, 2);
          assert.equal(vm.allResults.filter(turnedIt).length, 1);
          assert.equal(count(vm, COUNT_HALF_OPENED), 1);
          assert.deepEqual([state(vm), undecided(vm)], [HALF_OPEN, 2]);
          assert.equal((held(vm, 0, 8) % 4096) + (held(vm, 1, 8) % 4096) + (held(vm, 2, 8) % 4096), 2);
        },
      },
    ),
    breaker(
      { before: dueForTrial },
      {
        name: 'trial after trial, never two at once, until one has succeeded',
        programs: [attempt(0, V_IGNORED), attempt(1, V_SUCCESS)],
        invariant: (vm) => assert.ok(state(vm) !== HALF_OPEN || undecided(vm) <= 1),
        check: (vm) => {
          assert.equal(state(vm), vm.results(1).length > 1 ? CLOSED : HALF_OPEN);
          assert.equal(told(vm, E_CLOSED), count(vm, COUNT_CLOSED));
        },
      },
    ),
    breaker(
      { before: dueForTrial, numbers: { trials: 2 } },
      {
        name: 'a success and a failure on trial: it reopens once and never closes',
        programs: [attempt(0, V_SUCCESS), attempt(1, V_FAILURE)],
        check: (vm) => {
          assert.deepEqual([told(vm, E_REOPENED), told(vm, E_CLOSED)], [count(vm, COUNT_REOPENED), 0]);
          assert.equal(count(vm, COUNT_REOPENED), vm.results(1).length === 2 ? 1 : 0);
          assert.equal((held(vm, 0, 8) % 4096) + (held(vm, 1, 8) % 4096), 0);
        },
      },
    ),
    breaker(
      { before: onTrial },
      {
        name: 'a late failure of an old generation decides nothing',
        programs: [
          inTurn(settle(0, TRIAL, V_SUCCESS)),
          inTurn(settle(1, 0, V_FAILURE)),
          inTurn(admit(2), k.breakerCount(slot, NOW, 1)),
        ],
        check: (vm) => {
          assert.deepEqual([state(vm), generation(vm)], [CLOSED, 3]);
          assert.equal(count(vm, BREAKER_LATE), 1);
          assert.equal(told(vm, E_CLOSED), 1);
        },
      },
    ),
    breaker(
      { before: dueForTrial },
      {
        name: 'the main thread, which needs no ledger, shares the one trial with a worker',
        programs: [inTurn(admit(0, NOW, UNFENCED)), inTurn(admit(1))],
        check: (vm) => {
          assert.equal(vm.allResults.filter(isTrial).length, 1);
          assert.equal(undecided(vm), 1);
        },
      },
    ),
    breaker(
      { before: onTrial, numbers: { trialWaitMs: 500 } },
      {
        name: 'trials silent too long are void, and their late outcome too',
        programs: [
          inTurn(settle(0, TRIAL, V_FAILURE, NOW + 500)),
          inTurn(admit(1, NOW + 500)),
          inTurn(admit(2, NOW + 500)),
        ],
        check: (vm) => {
          const trials = [...vm.results(1), ...vm.results(2)].filter(isTrial);
          // Either the late failure was in time, or it is the new generation's trial that counts.
          const inTime = told(vm, E_REOPENED) === 1 && trials.length === 0;
          assert.deepEqual(
            [trials.length, state(vm), generation(vm), undecided(vm)],
            inTime ? [0, OPEN, 3, 0] : [1, HALF_OPEN, 3, 1],
            'a failure decided a generation that was not its own',
          );
        },
      },
    ),
  ],
};
