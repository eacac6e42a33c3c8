import assert from 'node:assert/strict';
import {
  A_HEAD,
  A_NEWCOMER,
  BULKHEAD_ACTIVE,
  CELL_PLACES,
  CELL_SLOTS,
  F_BULKHEAD,
  F_LINE,
  LINE_COUNT,
  LINE_EVENT,
  S_RELEASE,
  T_SLOT,
  V_SUCCESS,
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
  UNFENCED,
  UNTORN,
} from '../world.ts';

const enter = (thread: number) => k.bulkheadEnter(slot, cell(thread), FENCE);
const leave = (thread: number) => k.bulkheadReturn(slot, cell(thread), FENCE);
const wake = k.lineWake(slot);
const reclaim = (thread: number) => k.reclaim(slot, cell(thread), owner(thread), NEXT_FENCE);
const join = (thread: number) => k.lineJoin(slot, cell(thread), FENCE);
const quit = (thread: number) => k.lineLeave(slot, cell(thread), FENCE, 1, 0);

const entered = (vm: Machine) =>
  vm.threads
    .flatMap(({ calls }) => calls)
    .filter(({ kernel, result }) => kernel === 'bulkheadEnter' && result === 1).length;
const active = (vm: Machine) => i32At(vm, BULKHEAD_ACTIVE);
const slotsHeld = (vm: Machine) => [0, 1, 2, 3].reduce((sum, t) => sum + held(vm, t, CELL_SLOTS), 0);

/** Enters and leaves again when that succeeded. */
const pass = (thread: number): Program =>
  function* () {
    if ((yield enter(thread)) !== 1) return;
    yield leave(thread);
    yield wake;
  };

/** Is let in only when nobody waits, and leaves at once. */
const newcomer = (thread: number): Program =>
  function* () {
    const ticket = yield k.admit(slot, cell(thread), row(thread), FENCE, NOW, 1, 0.5, A_NEWCOMER);
    if (ticket >= 0) yield k.settle(slot, cell(thread), FENCE, ticket, NOW, NOW, V_SUCCESS, S_RELEASE, -1);
  };

/** Waits in line until it is let in, as a thread does that has nothing else to do; then leaves. */
const waiter = (thread: number, stays = false): Program =>
  function* () {
    const order = yield join(thread);
    if (order < 0) return;
    yield k.lineHead(cell(thread), order, 1);
    for (;;) {
      const seen = yield look(slot + LINE_EVENT);
      const turn = (yield k.lineRank(slot, order)) === 0;
      const ticket = turn ? yield k.admit(slot, cell(thread), row(thread), FENCE, NOW, 1, 0.5, A_HEAD) : -1;
      if (ticket >= 0) break;
      yield waitWhile(slot + LINE_EVENT, seen);
    }
    yield k.lineHead(cell(thread), 0, 0);
    yield k.lineLeave(slot, cell(thread), FENCE, 1, 1);
    if (stays) return;
    yield leave(thread);
    yield wake;
  };

const bulkhead = (world: Given, scenario: Scenario): Scenario =>
  given({ features: F_BULKHEAD | F_LINE, ...world }, scenario);

export const bulkheads: Suite = {
  name: 'bulkhead',
  scenarios: [
    bulkhead(
      { numbers: { maxConcurrent: 2 } },
      {
        name: 'three threads enter a room for two',
        programs: [inTurn(enter(0)), inTurn(enter(1)), inTurn(enter(2))],
        check: (vm) => {
          assert.equal(entered(vm), 2);
          assert.deepEqual([active(vm), slotsHeld(vm)], [2, 2]);
        },
      },
    ),
    bulkhead(
      {},
      {
        name: 'threads enter and leave one after the other, and none is left inside',
        programs: [pass(0), pass(1), inTurn(k.bulkheadActive(slot), k.bulkheadCapacity(slot))],
        check: (vm) => {
          assert.ok(entered(vm) >= 1);
          assert.deepEqual([active(vm), slotsHeld(vm)], [0, 0]);
        },
      },
    ),
    bulkhead(
      { blocks: { 2: { maxConcurrent: 2 } }, before: [enter(0)] },
      {
        name: 'a room that grows while one leaves and another comes',
        programs: [inTurn(leave(0)), inTurn(enter(1)), inTurn(k.publish(slot, block(2), 0, owner(2), NOW))],
        check: (vm) => {
          assert.deepEqual([active(vm), slotsHeld(vm)], [entered(vm), entered(vm)]);
          assert.equal(vm.run(k.bulkheadCapacity(slot)), 2);
        },
      },
    ),
    bulkhead(
      { numbers: { maxConcurrent: 2 }, blocks: { 2: { maxConcurrent: 1 } }, before: [enter(0)] },
      {
        name: 'a room that shrinks while one leaves and another comes',
        programs: [inTurn(leave(0)), inTurn(enter(1)), inTurn(k.publish(slot, block(2), 0, owner(2), NOW))],
        check: (vm) => assert.deepEqual([active(vm), slotsHeld(vm)], [entered(vm), entered(vm)]),
      },
    ),
    bulkhead(
      {},
      {
        name: 'the main thread, which needs no ledger, and a worker want the last slot',
        programs: [inTurn(k.bulkheadEnter(slot, cell(0), UNFENCED)), inTurn(enter(1))],
        check: (vm) => {
          assert.equal(entered(vm), 1);
          assert.equal(active(vm), 1);
        },
      },
    ),
    bulkhead(
      { numbers: { maxQueue: 1 } },
      {
        name: 'two threads join a line with one place',
        programs: [inTurn(join(0)), inTurn(join(1))],
        check: (vm) => {
          const joined = vm.allResults.filter((order) => order > 0).length;
          assert.ok(joined <= 1);
          for (const order of vm.allResults) assert.ok(order > 0 || order === -1);
          assert.equal(i32At(vm, LINE_COUNT), joined);
          assert.equal(held(vm, 0, CELL_PLACES) + held(vm, 1, CELL_PLACES), joined);
        },
      },
    ),
    bulkhead(
      {},
      {
        name: 'threads join and leave the line, and the arrivals are numbered',
        programs: [inTurn(join(0), quit(0)), inTurn(join(1), quit(1)), inTurn(k.lineCosts(slot))],
        check: (vm) => {
          assert.equal(i32At(vm, LINE_COUNT), 0);
          assert.deepEqual([vm.results(0)[0], vm.results(1)[0]].sort(), [1, 2]);
        },
      },
    ),
    bulkhead(
      { before: [enter(2)] },
      {
        name: 'a waiter is woken by the one who leaves',
        programs: [waiter(0), inTurn(leave(2), wake)],
        check: (vm) => assert.deepEqual([active(vm), slotsHeld(vm), i32At(vm, LINE_COUNT)], [0, 0, 0]),
      },
    ),
    bulkhead(
      { before: [enter(2)] },
      {
        name: 'a waiter is woken by the one who settles',
        programs: [
          waiter(0),
          inTurn(k.settle(slot, cell(2), FENCE, T_SLOT, NOW, NOW, V_SUCCESS, S_RELEASE, -1)),
        ],
        check: (vm) => assert.deepEqual([active(vm), slotsHeld(vm), i32At(vm, LINE_COUNT)], [0, 0, 0]),
      },
    ),
    bulkhead(
      { before: [enter(2)] },
      {
        name: 'two waiters get their turns, whoever came first',
        programs: [waiter(0), waiter(1), inTurn(leave(2), wake)],
        preemptions: 2,
        check: (vm) => assert.deepEqual([active(vm), slotsHeld(vm), i32At(vm, LINE_COUNT)], [0, 0, 0]),
      },
    ),
    bulkhead(
      { before: [enter(2)] },
      {
        name: 'a newcomer that finds the room full for a moment does not put a waiter to sleep',
        programs: [waiter(0), inTurn(leave(2), wake), newcomer(1)],
        preemptions: 2,
        check: (vm) => assert.deepEqual([active(vm), slotsHeld(vm), i32At(vm, LINE_COUNT)], [0, 0, 0]),
      },
    ),
    bulkhead(
      { numbers: { maxConcurrent: 2 } },
      {
        name: 'the slot of a thread that dies comes back once',
        programs: [pass(0), pass(1)],
        death: { of: 0, manager: inTurn(reclaim(0)), neverBefore: UNTORN },
        invariant: (vm) => assert.ok(active(vm) >= 0, `${active(vm)} are inside`),
        check: (vm) => assert.deepEqual([active(vm), slotsHeld(vm)], [0, 0]),
      },
    ),
    bulkhead(
      { numbers: { maxConcurrent: 2 } },
      {
        name: 'a thread that runs on after it was declared dead gives nothing back twice',
        programs: [pass(0), inTurn(reclaim(0)), pass(1)],
        check: (vm) => assert.deepEqual([active(vm), slotsHeld(vm)], [0, 0]),
      },
    ),
    bulkhead(
      {},
      {
        name: 'the place of a thread that dies in line comes back, and others are woken',
        programs: [inTurn(join(0), k.lineHead(cell(0), 1, 1)), inTurn(join(1), quit(1))],
        death: { of: 0, manager: inTurn(reclaim(0)), neverBefore: UNTORN },
        check: (vm) => {
          assert.equal(i32At(vm, LINE_COUNT), 0);
          assert.equal(vm.run(k.lineCosts(slot)), 0);
        },
      },
    ),
  ],
};
