// Options that change under way, a ramp, an isolation, and an outcome that comes in two parts: each beside calls.

import assert from 'node:assert/strict';
import {
  BULKHEAD_ACTIVE,
  CELL_SLOTS,
  COUNT_OPENED,
  E_OPENED,
  F_BREAKER,
  F_BULKHEAD,
  F_RAMP,
  R_ISOLATED,
  R_RAMP,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  T_SLOT,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import { inTurn, type Program } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import {
  block,
  cell,
  FENCE,
  given,
  held,
  i32At,
  k,
  NEXT_FENCE,
  NOW,
  owner,
  row,
  slot,
  UNTORN,
} from '../world.ts';
import {
  admit,
  attempt,
  breaker,
  CLOSED,
  count,
  dueForTrial,
  HALF_OPEN,
  isTrial,
  OPEN,
  onTrial,
  settle,
  state,
  TRIAL,
  told,
  undecided,
} from './breaker-words.ts';

const publish = (thread: number) => k.publish(slot, block(thread), 0, owner(thread), NOW);
const admitBy = (thread: number, draw: number, now = NOW) =>
  k.admit(slot, cell(thread), row(thread), FENCE, now, 1, draw, 0);
const settlePart = (thread: number, ticket: number, verdict: number, what: number) =>
  k.settle(slot, cell(thread), FENCE, ticket, NOW, NOW, verdict, what, -1);

/** Fails and is answered at once; what it left running ends later. */
const outlivesItsAnswer = (thread: number): Program =>
  function* () {
    const ticket = yield admit(thread);
    if (ticket < 0) return;
    yield settlePart(thread, ticket, V_FAILURE, S_VERDICT | S_CALL);
    yield settlePart(thread, ticket, V_IGNORED, S_RELEASE);
  };

export const changing: Suite = {
  name: 'changes under way',
  scenarios: [
    breaker(
      { before: dueForTrial, blocks: { 2: { trials: 2 } } },
      {
        name: 'a change of the number of trials lets in as many as one of the two versions says',
        programs: [inTurn(admit(0)), inTurn(admit(1)), inTurn(publish(2))],
        preemptions: 1,
        invariant: (vm) => assert.ok(state(vm) !== HALF_OPEN || undecided(vm) <= 2),
        check: (vm) => {
          const trials = [...vm.results(0), ...vm.results(1)].filter(isTrial).length;
          assert.ok(trials === undecided(vm) && trials >= 1, `${trials} trials, ${undecided(vm)} undecided`);
        },
      },
    ),
    breaker(
      { numbers: { consecutive: 2 }, blocks: { 2: { consecutive: 1 } } },
      {
        name: 'a threshold that falls under way opens it once',
        programs: [inTurn(settle(0, 0, V_FAILURE)), inTurn(settle(1, 0, V_FAILURE)), inTurn(publish(2))],
        check: (vm) => {
          assert.deepEqual([state(vm), told(vm, E_OPENED), count(vm, COUNT_OPENED)], [OPEN, 1, 1]);
        },
      },
    ),
    breaker(
      { features: F_BREAKER | F_RAMP, numbers: { rampMs: 1_000 }, before: onTrial },
      {
        name: 'a ramp lets a tenth in at its beginning and everybody at its end',
        programs: [inTurn(settle(0, TRIAL, V_SUCCESS)), inTurn(admitBy(1, 0.05), admitBy(1, 0.15))],
        check: (vm) => {
          const [low, high] = vm.results(1);
          // A tenth is let in, unless the trial was still under way; nobody above it is.
          assert.ok(low >= 0 || low === -1, `${low}`);
          assert.ok(high === -1 || high === R_RAMP, `${high}`);
          assert.equal(vm.run(admitBy(2, 0.99, NOW + 500)), R_RAMP);
          assert.ok(vm.run(admitBy(2, 0.99, NOW + 1_000)) >= 0);
        },
      },
    ),
    breaker(
      { before: dueForTrial },
      {
        name: 'who has isolated it is refused, while a trial of before still decides',
        programs: [
          inTurn(k.breakerIsolate(slot, cell(0), FENCE, 1), admit(0), k.breakerState(slot, NOW)),
          attempt(1, V_SUCCESS),
        ],
        check: (vm) => {
          assert.deepEqual(vm.results(0).slice(1), [R_ISOLATED, 3]);
          const [ticket] = vm.results(1);
          assert.equal(state(vm) === CLOSED, ticket >= 0);
        },
      },
    ),
    given(
      { features: F_BREAKER | F_BULKHEAD, numbers: { consecutive: 1 } },
      {
        name: 'what outlives its answer gives its slot back once, though its thread dies between the two',
        programs: [outlivesItsAnswer(0), inTurn(admit(1))],
        death: {
          of: 0,
          manager: inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE)),
          neverBefore: UNTORN,
        },
        invariant: (vm) => assert.ok(i32At(vm, BULKHEAD_ACTIVE) >= 0),
        check: (vm) => {
          const [ticket] = vm.results(1);
          assert.equal(i32At(vm, BULKHEAD_ACTIVE), ticket >= 0 && ticket & T_SLOT ? 1 : 0);
          assert.equal(held(vm, 0, CELL_SLOTS), 0);
        },
      },
    ),
    given(
      { features: F_BREAKER | F_BULKHEAD, numbers: { consecutive: 1 } },
      {
        name: 'a verdict and a release in either order, by two threads, leave nothing behind',
        programs: [outlivesItsAnswer(0), outlivesItsAnswer(1)],
        check: (vm) => {
          assert.equal(i32At(vm, BULKHEAD_ACTIVE), 0);
          assert.deepEqual([state(vm), told(vm, E_OPENED)], [OPEN, 1]);
        },
      },
    ),
  ],
};
