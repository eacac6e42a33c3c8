import assert from 'node:assert/strict';
import {
  BREAKER_CONTROL,
  BREAKER_LATE,
  BREAKER_STATE,
  COUNT_CLOSED,
  COUNT_HALF_OPENED,
  COUNT_OPENED,
  COUNT_REOPENED,
  E_CLOSED,
  E_OPENED,
  E_REOPENED,
  F_BREAKER,
  F_RAMP,
  S_VERDICT,
  T_HALF_OPENED,
  T_TRIAL,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { type Call, inTurn, type Program } from '../harness/program.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Suite } from '../harness/suite.ts';
import {
  cell,
  FENCE,
  format,
  held,
  i32At,
  i64At,
  k,
  NEXT_FENCE,
  NOW,
  nameOf,
  owner,
  row,
  slot,
  UNFENCED,
  UNTORN,
  type World,
} from '../world.ts';

const CLOSED = 0;
const HALF_OPEN = 1;
const OPEN = 2;

const admit = (thread: number, now = NOW, fence = FENCE) =>
  k.admit(slot, cell(thread), row(thread), fence, now, 1, 0.5, 0);
const settle = (thread: number, ticket: number, verdict: number, now = NOW) =>
  k.settle(slot, cell(thread), FENCE, ticket, now, now, verdict, S_VERDICT, -1);
/** Asks to be let in, and says how it went. */
const attempt = (thread: number, verdict: number): Program =>
  function* () {
    const ticket = yield admit(thread);
    if (ticket >= 0) yield settle(thread, ticket, verdict);
  };

const state = (vm: Machine) => Number((i64At(vm, BREAKER_STATE) >> 36n) & 7n);
const generation = (vm: Machine) => Number(i64At(vm, BREAKER_STATE) >> 39n);
const undecided = (vm: Machine) => Number((i64At(vm, BREAKER_STATE) >> 24n) & 0xfffn);
/** How many calls of settle answered with this event. */
const told = (vm: Machine, event: number) =>
  vm.threads
    .flatMap(({ calls }) => calls)
    .filter(({ kernel, result }) => kernel === 'settle' && result & event).length;
const count = (vm: Machine, word: number) => Number(i64At(vm, word));
const isTrial = (ticket: number) => ticket >= 0 && (ticket & T_TRIAL) !== 0;

interface Given extends World {
  /** Calls made before the threads begin. */
  readonly before?: readonly Call[];
}

const breaker = ({ before = [], ...world }: Given, scenario: Scenario): Scenario => ({
  nameOf,
  init: (vm) => {
    format(vm, { features: F_BREAKER, ...world });
    for (const call of before) vm.run(call);
  },
  ...scenario,
});

/** It opened two seconds ago, for one second. */
const dueForTrial = [k.breakerForce(slot, NOW - 2_000, 1_000)];
/** … and thread 0 was given a trial, in generation 2. */
const onTrial = [...dueForTrial, admit(0)];
const TRIAL = 2 | T_TRIAL | T_HALF_OPENED;

/** What the manager does about the death of thread 0: its row is free again at once. */
const revoke = inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE), k.grant(cell(0), NEXT_FENCE + 1));

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
        programs: [0, 1, 2].map((t) => inTurn(admit(t))),
        invariant: (vm) =>
          assert.ok(state(vm) !== HALF_OPEN || undecided(vm) <= 2, `${undecided(vm)} trials`),
        check: (vm) => {
          assert.equal(vm.allResults.filter(isTrial).length, 2);
          assert.equal(vm.allResults.filter((ticket) => ticket >= 0 && ticket & T_HALF_OPENED).length, 1);
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
        programs: [attempt(0, V_SUCCESS), inTurn(admit(1))],
        death: {
          of: 0,
          manager: inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE)),
          neverBefore: UNTORN,
        },
        check: (vm) => {
          const mine = vm.results(1).filter(isTrial).length;
          assert.ok(state(vm) === HALF_OPEN || mine === 0, 'nothing closes it');
          assert.ok(
            undecided(vm) - mine <= 0 || state(vm) !== HALF_OPEN,
            `${undecided(vm)} trials, ${mine} alive`,
          );
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
