// Waiting for a slot and handing it over: whatever frees one, whoever waits gets it, in the order of arrival.

import assert from 'node:assert/strict';
import {
  A_HEAD,
  A_NEWCOMER,
  A_UNLIMITED,
  BULKHEAD_ACTIVE,
  CELL_SLOTS,
  F_BULKHEAD,
  F_LINE,
  F_RATE,
  LINE_COUNT,
  LINE_EVENT,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn, look, type Program, waitWhile } from '../harness/program.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Suite } from '../harness/suite.ts';
import {
  block,
  cell,
  FENCE,
  type Given,
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

const admit = (thread: number, mode: number) =>
  k.admit(slot, cell(thread), row(thread), FENCE, NOW, 1, 0.5, mode);
const enter = (thread: number) => k.bulkheadEnter(slot, cell(thread), FENCE);
const leave = (thread: number) => k.bulkheadReturn(slot, cell(thread), FENCE);
const join = (thread: number) => k.lineJoin(slot, cell(thread), FENCE);
const quit = (thread: number, granted: number) => k.lineLeave(slot, cell(thread), FENCE, 1, granted);
const wake = k.lineWake(slot);
const reclaim = (thread: number) => k.reclaim(slot, cell(thread), owner(thread), NEXT_FENCE);

/** Waits at its place in line until it is let in, and goes on to its end. */
const waitsAt = (thread: number, order: number, mode = A_HEAD): Program =>
  function* () {
    for (;;) {
      const seen = yield look(slot + LINE_EVENT);
      const turn = (yield k.lineRank(slot, order)) === 0;
      if (turn && (yield admit(thread, mode)) >= 0) break;
      yield waitWhile(slot + LINE_EVENT, seen);
    }
    yield k.lineHead(cell(thread), 0, 0);
    yield quit(thread, 1);
    yield leave(thread);
    yield wake;
  };

/** Joins the line and waits there. */
const waiter = (thread: number, mode = A_HEAD): Program =>
  function* () {
    const order = yield join(thread);
    if (order < 0) return;
    yield k.lineHead(cell(thread), order, 1);
    yield* waitsAt(thread, order, mode)();
  };

/** Joins the line and leaves it again before its turn. */
const givesUp = (thread: number): Program =>
  function* () {
    const order = yield join(thread);
    if (order < 0) return;
    yield k.lineHead(cell(thread), order, 1);
    yield k.lineHead(cell(thread), 0, 0);
    yield quit(thread, 0);
  };

/** Enters if there is room, and leaves again. */
const passes = (thread: number): Program =>
  function* () {
    if ((yield enter(thread)) !== 1) return;
    yield leave(thread);
    yield wake;
  };

const inLine = (thread: number, order: number) => [join(thread), k.lineHead(cell(thread), order, 1)];

const letIn = (vm: Machine, thread: number) =>
  vm.threads[thread].calls.some(({ kernel, result }) => kernel === 'admit' && result >= 0);

const nobodyIsThere = (vm: Machine) => {
  assert.deepEqual([i32At(vm, BULKHEAD_ACTIVE), i32At(vm, LINE_COUNT)], [0, 0]);
  for (const thread of [0, 1, 2, 3]) assert.equal(held(vm, thread, CELL_SLOTS), 0);
};

const waiting = (world: Given, scenario: Scenario): Scenario =>
  given({ features: F_BULKHEAD | F_LINE, ...world }, { check: nobodyIsThere, ...scenario });

export const waitings: Suite = {
  name: 'waiting',
  scenarios: [
    waiting(
      { blocks: { 1: { maxConcurrent: 2 } }, before: [enter(2)] },
      {
        name: 'a room that grows wakes its waiter',
        programs: [waiter(0), inTurn(k.publish(slot, block(1), 0, owner(1), NOW))],
        check: (vm) => assert.deepEqual([i32At(vm, BULKHEAD_ACTIVE), i32At(vm, LINE_COUNT)], [1, 0]),
      },
    ),
    waiting(
      { before: [enter(2)] },
      {
        name: 'the slot of a thread that dies goes to the one who waits',
        programs: [waiter(0), inTurn(leave(2), wake)],
        death: {
          of: 1,
          // Whoever dies after it has left wakes nobody; the waiter's own timer then does.
          manager: inTurn(reclaim(2), wake),
          neverBefore: UNTORN,
        },
      },
    ),
    waiting(
      { before: [enter(2), ...inLine(0, 1)] },
      {
        name: 'a waiter that dies at the head of the line makes way for the next',
        programs: [waiter(1), inTurn(leave(2), wake), inTurn(reclaim(0))],
        preemptions: 3,
      },
    ),
    waiting(
      { before: [enter(2)] },
      {
        name: 'a waiter that gives up makes way for the next',
        programs: [givesUp(0), waiter(1), inTurn(leave(2), wake)],
        preemptions: 2,
      },
    ),
    waiting(
      { features: F_BULKHEAD | F_LINE | F_RATE, before: [k.rateSet(slot, NOW, 0)] },
      {
        name: 'an admission that gives its slot back, for want of a token, wakes the one who found the room full',
        programs: [waiter(0, A_HEAD | A_UNLIMITED), inTurn(admit(1, A_NEWCOMER))],
      },
    ),
    waiting(
      { before: inLine(0, 1) },
      {
        name: 'a slot that was taken by one too many wakes the one who found the room full meanwhile',
        programs: [waitsAt(0, 1), passes(1), passes(2)],
        preemptions: 3,
      },
    ),
    waiting(
      { before: [enter(2), ...inLine(0, 1), ...inLine(1, 2)] },
      {
        name: 'two who wait are let in by the order of their arrival',
        programs: [waitsAt(0, 1), waitsAt(1, 2), inTurn(leave(2), wake)],
        preemptions: 2,
        invariant: (vm) => assert.ok(letIn(vm, 0) || !letIn(vm, 1), 'the second was let in first'),
      },
    ),
    waiting(
      { before: [enter(2), ...inLine(0, 1)] },
      {
        name: 'a newcomer does not overtake the one who waits',
        programs: [waitsAt(0, 1), inTurn(leave(2), wake), inTurn(admit(1, A_NEWCOMER))],
        invariant: (vm) => assert.ok(letIn(vm, 0) || !letIn(vm, 2), 'the newcomer was let in first'),
        check: (vm) => {
          const [ticket] = vm.results(2);
          assert.equal(i32At(vm, BULKHEAD_ACTIVE), ticket >= 0 ? 1 : 0);
          assert.equal(i32At(vm, LINE_COUNT), 0);
        },
      },
    ),
  ],
};
