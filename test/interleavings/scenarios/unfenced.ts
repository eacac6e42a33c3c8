// Threads whose death ends the process hold slots without a ledger: beside each other, and beside those that have one.

import assert from 'node:assert/strict';
import {
  A_NEWCOMER,
  BULKHEAD_ACTIVE,
  CELL_SLOTS,
  F_BULKHEAD,
  F_LINE,
  F_RATE,
  R_BULKHEAD,
  S_RELEASE,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn, type Program } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { block, cell, FENCE, given, held, i32At, k, NOW, owner, row, slot, UNFENCED } from '../world.ts';

const admit = (thread: number, fence: number) =>
  k.admit(slot, cell(thread), row(thread), fence, NOW, 1, 0.5, A_NEWCOMER);

/** Is let in, and leaves. */
const pass = (thread: number, fence: number): Program =>
  function* () {
    const ticket = yield admit(thread, fence);
    if (ticket >= 0) yield k.settle(slot, cell(thread), fence, ticket, NOW, NOW, V_SUCCESS, S_RELEASE, -1);
  };

const active = (vm: Machine) => i32At(vm, BULKHEAD_ACTIVE);
const letIn = (answers: readonly number[]) => answers.filter((ticket) => ticket >= 0).length;
const admitted = (vm: Machine) => letIn(vm.allResults);

export const unfenced: Suite = {
  name: 'without a ledger',
  scenarios: [
    given(
      { features: F_BULKHEAD },
      {
        name: 'of two threads without a ledger and one with one at most one has the only slot',
        programs: [inTurn(admit(0, UNFENCED)), inTurn(admit(1, UNFENCED)), inTurn(admit(2, FENCE))],
        check: (vm) => {
          assert.ok(admitted(vm) <= 1);
          assert.deepEqual(
            [active(vm), held(vm, 2, CELL_SLOTS)],
            [admitted(vm), vm.results(2)[0] >= 0 ? 1 : 0],
          );
          for (const answer of vm.allResults) assert.ok(answer >= 0 || answer === R_BULKHEAD);
        },
      },
    ),
    given(
      { features: F_BULKHEAD, numbers: { maxConcurrent: 2 } },
      {
        name: 'threads without a ledger come and go, and none is left inside',
        programs: [pass(0, UNFENCED), pass(1, UNFENCED)],
        check: (vm) => assert.equal(active(vm), 0),
      },
    ),
    given(
      { features: F_BULKHEAD | F_LINE, blocks: { 2: { maxConcurrent: 2 } } },
      {
        name: 'a room that grows while threads without a ledger come',
        programs: [
          inTurn(admit(0, UNFENCED)),
          inTurn(admit(1, UNFENCED)),
          inTurn(k.publish(slot, block(2), 0, owner(2), NOW)),
        ],
        check: (vm) => assert.equal(active(vm), letIn([...vm.results(0), ...vm.results(1)])),
      },
    ),
    given(
      { features: F_BULKHEAD | F_RATE, numbers: { maxConcurrent: 2, burstUnits: 1_000 } },
      {
        name: 'a thread without a ledger whom the limiter refuses gives its slot back',
        programs: [inTurn(admit(0, UNFENCED)), inTurn(admit(1, UNFENCED))],
        check: (vm) => assert.equal(active(vm), admitted(vm)),
      },
    ),
  ],
};
