// Every move of the breaker is counted once, and told to the thread that made it.

import assert from 'node:assert/strict';
import {
  BREAKER_LATE,
  BREAKER_REOPENS,
  COUNT_BREAKER_FAILURE,
  COUNT_BREAKER_IGNORED,
  COUNT_BREAKER_SUCCESS,
  COUNT_CLOSED,
  COUNT_HALF_OPENED,
  COUNT_OPENED,
  COUNT_REOPENED,
  E_CLOSED,
  E_OPENED,
  E_REOPENED,
  F_BREAKER,
  F_COUNTED,
  S_VERDICT,
  T_TRIAL,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import { inTurn, type Program } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { cell, FENCE, i32At, k, NOW, slot } from '../world.ts';
import {
  admit,
  breaker,
  count,
  dueForTrial,
  onTrial,
  settle,
  TRIAL,
  told,
  turnedIt,
} from './breaker-words.ts';

const opens = k.breakerForce(slot, NOW, 0);
const closes = k.breakerForce(slot, NOW, -1);
const settleOpening = (thread: number, ticket: number) =>
  k.settle(slot, cell(thread), FENCE, ticket, NOW, NOW, V_FAILURE, S_VERDICT, 1_000);

/** Closes it by hand, and reports a failure in the generation that then is. */
const closesAndFails = (fails: (thread: number, ticket: number) => ReturnType<typeof settle>): Program =>
  function* () {
    yield closes;
    yield fails(1, Math.floor((yield k.breakerWord(slot)) / 8));
  };

/** Is let in at a later time, and says how it went. */
const later = (thread: number, verdict: number): Program =>
  function* () {
    const ticket = yield admit(thread, NOW + 5_000);
    if (ticket >= 0) yield settle(thread, ticket, verdict, NOW + 5_000);
  };

export const moves: Suite = {
  name: 'moves of the breaker',
  scenarios: [
    breaker(
      { numbers: { consecutive: 1 } },
      {
        name: 'two openings by failures in a row are two',
        programs: [
          inTurn(settle(0, 0, V_FAILURE)),
          closesAndFails((thread, ticket) => settle(thread, ticket, V_FAILURE)),
        ],
        check: (vm) => assert.equal(count(vm, COUNT_OPENED), told(vm, E_OPENED)),
      },
    ),
    breaker(
      {},
      {
        name: 'two openings by an outcome that asks for it are two',
        programs: [inTurn(settleOpening(0, 0)), closesAndFails(settleOpening)],
        check: (vm) => assert.equal(count(vm, COUNT_OPENED), told(vm, E_OPENED)),
      },
    ),
    breaker(
      { before: onTrial },
      {
        name: 'two trials that fail reopen it twice',
        programs: [inTurn(settle(0, TRIAL, V_FAILURE)), later(1, V_FAILURE)],
        check: (vm) => {
          const reopened = told(vm, E_REOPENED);
          assert.deepEqual([count(vm, COUNT_REOPENED), i32At(vm, BREAKER_REOPENS)], [reopened, reopened]);
        },
      },
    ),
    breaker(
      { before: onTrial },
      {
        name: 'two trials that succeed close it twice when it was opened between them',
        programs: [
          inTurn(settle(0, TRIAL, V_SUCCESS)),
          function* () {
            yield opens;
            yield* later(1, V_SUCCESS)();
          },
        ],
        check: (vm) => assert.equal(count(vm, COUNT_CLOSED), told(vm, E_CLOSED)),
      },
    ),
    breaker(
      { before: dueForTrial },
      {
        name: 'it turns half-open twice when it was opened between them',
        programs: [inTurn(admit(0)), inTurn(k.breakerForce(slot, NOW, 1_000), admit(1, NOW + 5_000))],
        check: (vm) => assert.equal(count(vm, COUNT_HALF_OPENED), vm.allResults.filter(turnedIt).length),
      },
    ),
    breaker(
      { numbers: { trials: 2 }, before: [...dueForTrial, admit(0), admit(1), closes] },
      {
        name: 'two trials that report late are both counted as late',
        programs: [inTurn(settle(0, TRIAL, V_FAILURE)), inTurn(settle(1, 2 | T_TRIAL, V_SUCCESS))],
        check: (vm) => assert.equal(count(vm, BREAKER_LATE), 2),
      },
    ),
    breaker(
      { features: F_BREAKER | F_COUNTED },
      {
        name: 'attempts of two threads are all counted, by how they ended',
        programs: [0, 1].map((t) =>
          inTurn(...[V_SUCCESS, V_FAILURE, V_IGNORED].map((verdict) => settle(t, 0, verdict))),
        ),
        check: (vm) => {
          for (const word of [COUNT_BREAKER_SUCCESS, COUNT_BREAKER_FAILURE, COUNT_BREAKER_IGNORED]) {
            assert.equal(count(vm, word), 2);
          }
        },
      },
    ),
  ],
};
