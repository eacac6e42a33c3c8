// Two threads, each with a call or two, and the one moment of the first at which the second comes worst.

import assert from 'node:assert/strict';
import {
  BREAKER_STATE,
  E_OPENED,
  F_BREAKER,
  F_BULKHEAD,
  F_KEYED,
  F_RAMP,
  F_RATE,
  KEY_WORD,
  R_RAMP,
  RATE_TAT,
  S_VERDICT,
  SLOT_VERSION,
  T_SLOT,
  V_FAILURE,
  V_IGNORED,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import {
  block,
  cell,
  FENCE,
  type Given,
  given,
  i32At,
  i64At,
  k,
  keyCell,
  NEXT_FENCE,
  NOW,
  owner,
  row,
  slot,
} from '../world.ts';
import {
  admit,
  breaker,
  CLOSED,
  dueForTrial,
  generation,
  HALF_OPEN,
  isTrial,
  onTrial,
  settle,
  state,
  TRIAL,
  told,
  turnedIt,
  undecided,
} from './breaker-words.ts';

const publish = (thread: number) => k.publish(slot, block(thread), 0, owner(thread), NOW);
const admitBy = (thread: number, draw: number) =>
  k.admit(slot, cell(thread), row(thread), FENCE, NOW, 1, draw, 0);
const take = (thread: number, now = NOW) => k.keyedAcquire(slot, row(thread), now, 1);
const available = (thread: number, now = NOW) => k.keyedAvailable(slot, row(thread), now);

/** A permit comes in a second; a bucket holds two. */
const SECOND_MS = 1_000;
const A = 1n;
const B = 2n;
const ROOMIER = { blocks: { 1: { maxConcurrent: 9 } } };
const SMALLER = { blocks: { 1: { burstUnits: 1_000 } } };

/** What a cell is short of a full bucket, in units. */
const owedBy = ({ memory }: Machine, cell: number, now: number) =>
  Math.max(0, Number(memory.i64[(keyCell(cell) + KEY_WORD) >> 3] >> 10n) - now);
const versionBits = (vm: Machine) => Number(i64At(vm, RATE_TAT) & 15n);
const keyVersionBits = ({ memory }: Machine) =>
  Number((memory.i64[(keyCell(0) + KEY_WORD) >> 3] >> 6n) & 15n);

/** The first cell of A is B’s, whose bucket is full again, and the cell free, from the next millisecond on. */
const MEETING: Given = {
  features: F_RATE | F_KEYED,
  numbers: { burstUnits: 4_000 },
  hashes: { 0: A, 1: A, 2: A, 3: B },
  before: [take(3, NOW - SECOND_MS + 1)],
};

/** So many permits of A are spent, some of which were asked for a millisecond earlier. */
function haveSpent(vm: Machine, permits: number): void {
  const spent = [0, 1, 2, 3].reduce((sum, cell) => sum + owedBy(vm, cell, NOW + 1), 0);
  assert.ok(spent > permits * 1_000 - 5 && spent <= permits * 1_000, `${spent}`);
}

export const moments: Suite = {
  name: 'the worst moment',
  scenarios: [
    given(
      { features: F_RATE, ...SMALLER },
      {
        name: 'an admission whose options change under way is one of before or of after',
        programs: [inTurn(admit(0)), inTurn(publish(1))],
        check: (vm) => {
          assert.deepEqual(vm.results(0), [0]);
          assert.deepEqual(vm.results(1), [1]);
        },
      },
    ),
    given(
      { features: F_RATE | F_KEYED, hashes: { 0: A }, ...SMALLER },
      {
        name: 'an admission of a key whose options change under way is one of before or of after',
        programs: [inTurn(admit(0)), inTurn(publish(1))],
        check: (vm) => assert.deepEqual(vm.results(0), [0]),
      },
    ),
    given(
      { features: F_RATE | F_KEYED, hashes: { 0: A }, ...SMALLER, before: [take(0)] },
      {
        name: 'a key takes its second permit, or finds a bucket of one, while the options change',
        programs: [inTurn(take(0)), inTurn(publish(1))],
        check: (vm) => {
          const [wait] = vm.results(0);
          assert.ok(wait === 0 || wait === SECOND_MS, `${wait}`);
        },
      },
    ),
    given(
      { features: F_RATE | F_KEYED, hashes: { 0: A, 1: B }, ...ROOMIER },
      {
        name: 'a key that is brought under new options keeps what it spent from who looks by the old ones',
        programs: [inTurn(take(0)), inTurn(publish(1), take(1))],
        check: (vm) => {
          assert.deepEqual([...vm.results(0), ...vm.results(1)], [0, 1, 0]);
          assert.deepEqual([vm.run(available(0)), vm.run(available(1))], [1, 1]);
        },
      },
    ),
    given(
      { features: F_BREAKER | F_RATE, ...ROOMIER, before: dueForTrial },
      {
        name: 'who turns the breaker half-open says so, though the options change before it has its permit',
        programs: [inTurn(admit(0)), inTurn(publish(1))],
        check: (vm) => {
          const [ticket] = vm.results(0);
          assert.ok(isTrial(ticket) && turnedIt(ticket), `${ticket}`);
          assert.equal(ticket & ~TRIAL, 0, `${ticket}`);
          assert.deepEqual([state(vm), undecided(vm)], [HALF_OPEN, 1]);
        },
      },
    ),
    given(
      { features: F_BREAKER | F_RATE | F_BULKHEAD, ...ROOMIER },
      {
        name: 'who did not turn the breaker does not say so, though the options change on its way',
        programs: [inTurn(admit(0)), inTurn(publish(1))],
        check: (vm) => assert.deepEqual(vm.results(0), [T_SLOT]),
      },
    ),
    breaker(
      { features: F_BREAKER | F_RAMP, numbers: { rampMs: SECOND_MS }, before: dueForTrial },
      {
        name: 'who asks for a trial while it is closed by hand meets the ramp',
        programs: [inTurn(admitBy(0, 0.99)), inTurn(k.breakerForce(slot, NOW, -1))],
        check: (vm) => {
          const [answer] = vm.results(0);
          assert.ok(isTrial(answer) || answer === R_RAMP || turnedIt(answer), `${answer}`);
        },
      },
    ),
    breaker(
      { before: dueForTrial },
      {
        name: 'who asks for a trial while it is closed by hand has a ticket of the generation that it is let in under',
        programs: [inTurn(admit(0)), inTurn(k.breakerForce(slot, NOW, -1))],
        check: (vm) => {
          const [ticket] = vm.results(0);
          assert.equal(state(vm), CLOSED);
          assert.ok(isTrial(ticket) || (ticket & 0xffffff) === generation(vm), `${ticket}`);
        },
      },
    ),
    breaker(
      { numbers: { trials: 2 }, before: onTrial },
      {
        name: 'a trial that is given back while another is taken comes back',
        programs: [inTurn(settle(0, TRIAL, V_IGNORED)), inTurn(admit(1))],
        check: (vm) => {
          assert.ok(isTrial(vm.results(1)[0]));
          assert.equal(undecided(vm), 1);
        },
      },
    ),
    breaker(
      { before: dueForTrial },
      {
        name: 'a trial comes back of a thread that is declared dead while it takes it',
        programs: [inTurn(admit(0)), inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE))],
        check: (vm) => assert.ok(i64At(vm, BREAKER_STATE) !== 0n && undecided(vm) === 0),
      },
    ),
    breaker(
      {},
      {
        name: 'a failure of before does not open what was opened and closed by hand meanwhile',
        programs: [
          inTurn(k.settle(slot, cell(0), FENCE, 0, NOW, NOW, V_FAILURE, S_VERDICT, SECOND_MS)),
          inTurn(k.breakerForce(slot, NOW, SECOND_MS), k.breakerForce(slot, NOW, -1)),
        ],
        check: (vm) => {
          assert.equal(state(vm), CLOSED);
          assert.ok(told(vm, E_OPENED) <= 1);
        },
      },
    ),
    given(
      { features: F_RATE | F_KEYED, hashes: { 0: A, 1: B }, before: [take(0)] },
      {
        name: 'what is given back to a key does not go to the one that has taken its cell over',
        programs: [inTurn(k.keyedRefund(slot, row(0), NOW, 1)), inTurn(take(1, NOW + SECOND_MS))],
        check: (vm) => {
          assert.deepEqual(vm.results(1), [0]);
          assert.equal(vm.run(available(1, NOW + SECOND_MS)), 1);
        },
      },
    ),
    given(MEETING, {
      name: 'a key that two threads bring to two cells, one of which came free between, has spent once for each',
      programs: [inTurn(take(0)), inTurn(take(1, NOW + 1), k.keyedLive(slot, NOW + 1))],
      check: (vm) => {
        const [answer, seen] = vm.results(1);
        assert.deepEqual([...vm.results(0), answer], [0, 0]);
        haveSpent(vm, 2);
        // Who has not begun its cell when the other is done gives it up.
        if (seen === 1) assert.equal(vm.run(k.keyedLive(slot, NOW + 1)), 1);
      },
    }),
    given(MEETING, {
      name: 'a cell that is given up has nothing spent in it, though a third thread has found it',
      programs: [inTurn(take(0)), inTurn(take(1, NOW + 1)), inTurn(take(2))],
      preemptions: 2,
      check: (vm) => {
        assert.deepEqual(vm.allResults, [0, 0, 0]);
        haveSpent(vm, 3);
      },
    }),
    given(
      { features: F_RATE, ...ROOMIER },
      {
        name: 'a bucket is in the options in force when they were published, whoever took from it meanwhile',
        programs: [inTurn(k.rateAcquire(slot, NOW, 1)), inTurn(publish(1))],
        check: (vm) => {
          assert.deepEqual([vm.results(0)[0], i32At(vm, SLOT_VERSION)], [0, 1]);
          assert.equal(versionBits(vm), 1);
        },
      },
    ),
    given(
      { features: F_RATE | F_KEYED, hashes: { 0: A }, ...ROOMIER, before: [take(0)] },
      {
        name: 'a key’s bucket is in the options in force when it was brought to them, whoever took from it meanwhile',
        programs: [inTurn(take(0)), inTurn(publish(1), k.keyedCarry(slot, NOW, 0, 4))],
        check: (vm) => {
          assert.equal(vm.results(0)[0], 0);
          assert.equal(keyVersionBits(vm), 1);
        },
      },
    ),
  ],
};
