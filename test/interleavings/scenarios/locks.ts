// Options and adaptive limits change under a lock that nobody waits for. A thread that dies with one is relieved of
// it; should it run on, it must neither take the lock from another nor put its own work in place of the other's.

import assert from 'node:assert/strict';
import {
  ADAPT_LOCK,
  CELL_PLACES,
  CELL_SLOTS,
  F_AIMD,
  F_ATTEMPTS,
  F_BULKHEAD,
  F_RATE,
  F_VIEW_RATE,
  LINE_COUNT,
  S_VERDICT,
  SLOT_LOCK,
  SLOT_VERSION,
  T_SLOT,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import {
  block,
  cell,
  FENCE,
  fenceOf,
  given,
  held,
  i32At,
  k,
  NEXT_FENCE,
  NOW,
  owner,
  slot,
} from '../world.ts';

const reclaim = k.reclaim(slot, cell(0), owner(0), NEXT_FENCE);
const publish = (thread: number, expected: number) =>
  k.publish(slot, block(thread), expected, owner(thread), NOW);
/** Locks, sees that another version is in force, and unlocks. */
const looksIn = (thread: number) => publish(thread, 9);
const settle = (thread: number, ticket: number, ms: number) =>
  k.settle(slot, cell(thread), FENCE, ticket, NOW, NOW + ms, V_SUCCESS, S_VERDICT, -1);

/** A thread that is about to unlock has the lock: the second exchange of a function that locks is the one that unlocks. */
const hasWhatItOpens = (thread: number, lock: number, unlock: RegExp) => (vm: Machine) => {
  if (!unlock.test(vm.threads[thread].next?.site.label ?? '')) return;
  assert.equal(i32At(vm, lock), owner(thread), `thread ${thread} is inside, and the lock is not its own`);
};
const publishes = (thread: number) => hasWhatItOpens(thread, SLOT_LOCK, / SLOT_LOCK #2$/);
const adapts = (thread: number) => hasWhatItOpens(thread, ADAPT_LOCK, / ADAPT_LOCK #2$/);

/** Versions are given out one by one, and the last one is in force. */
const versionsAreInOrder = (vm: Machine) => {
  const versions = vm.threads
    .flatMap(({ calls }) => calls)
    .filter(({ kernel, result }) => kernel === 'publish' && result > 0)
    .map(({ result }) => result);
  assert.deepEqual([...new Set(versions)].sort(), versions.sort());
  return versions;
};

/**
 * A thread that runs on in the middle of a publication, after it was declared dead, goes on writing its block: so the
 * version after that one is put in force, and no schedule has a race for the block. 2 where that was done.
 */
const passedOver = (vm: Machine, versions: number): void => {
  const jump = i32At(vm, SLOT_VERSION) - versions;
  assert.ok(jump === 0 || jump === 2, `${jump} versions more than were published`);
};
/** Publishes, whether or not a version was passed over. */
const publishesNext = [publish(1, 0), publish(1, 2)];

const SLOW = 100;
/** Attempts of the interval before were slow: the next one that ends takes a tenth off the rate. */
const slowAttempts = {
  features: F_ATTEMPTS | F_VIEW_RATE | F_RATE,
  numbers: {
    rateTargetMs: 10,
    ratePercentile: 0.5,
    rateSamples: 1,
    minRate: 0.1,
    maxRate: 10,
    rateIntervalMs: 1_000,
  },
  blocks: { 1: {} },
  before: [0, SLOW, SLOW].map((ms) => settle(3, 0, ms)),
};

export const locks: Suite = {
  name: 'locks',
  scenarios: [
    given(
      { blocks: { 0: {}, 2: {} } },
      {
        name: 'a lock that was taken back from the dead is not opened under the one who has it now',
        programs: [inTurn(looksIn(0)), inTurn(reclaim), inTurn(looksIn(2))],
        invariant: publishes(2),
        check: (vm) => assert.equal(i32At(vm, SLOT_LOCK), 0),
      },
    ),
    given(
      { features: F_BULKHEAD | F_AIMD, numbers: { maxConcurrent: 4 } },
      {
        name: 'of two threads that adapt a limit one is inside',
        programs: [0, 1].map((t) => inTurn(settle(t, T_SLOT, 5))),
        invariant: (vm) => {
          adapts(0)(vm);
          adapts(1)(vm);
        },
        check: (vm) => assert.equal(i32At(vm, ADAPT_LOCK), 0),
      },
    ),
    given(
      { features: F_BULKHEAD | F_AIMD, numbers: { maxConcurrent: 4 } },
      {
        name: 'the lock of the limit that was taken back from the dead is not opened under the one who has it now',
        programs: [inTurn(settle(0, T_SLOT, 5)), inTurn(reclaim), inTurn(settle(2, T_SLOT, 5))],
        invariant: adapts(2),
        check: (vm) => assert.equal(i32At(vm, ADAPT_LOCK), 0),
      },
    ),
    given(
      { features: F_BULKHEAD | F_AIMD, numbers: { maxConcurrent: 4 } },
      {
        name: 'the lock of the limit comes back from a thread that dies with it',
        programs: [inTurn(settle(0, T_SLOT, 5)), inTurn(settle(1, T_SLOT, 5))],
        death: { of: 0, manager: inTurn(reclaim) },
        check: (vm) => assert.equal(i32At(vm, ADAPT_LOCK), 0),
      },
    ),
    given(slowAttempts, {
      name: 'a rate adapts itself only under the lock, and opens no other',
      programs: [inTurn(settle(0, 0, 1_000)), inTurn(reclaim, looksIn(1))],
      invariant: (vm) => {
        publishes(1)(vm);
        if (fenceOf(vm, 0, CELL_SLOTS) === FENCE) publishes(0)(vm);
      },
      check: (vm) => assert.equal(i32At(vm, SLOT_LOCK), 0),
    }),
    given(slowAttempts, {
      name: 'a rate that is adapted too late does not undo the options that were published',
      programs: [inTurn(settle(0, 0, 1_000)), inTurn(reclaim, ...publishesNext)],
      preemptions: 1,
      check: (vm) => {
        const adapted = Number(vm.results(0)[0] !== 0);
        passedOver(vm, adapted + versionsAreInOrder(vm).length);
      },
    }),
    given(
      { blocks: { 0: {}, 1: {} } },
      {
        name: 'options that are published too late do not undo those that were published meanwhile',
        programs: [inTurn(publish(0, 0)), inTurn(reclaim, ...publishesNext)],
        preemptions: 1,
        check: (vm) => passedOver(vm, Math.max(0, ...versionsAreInOrder(vm))),
      },
    ),
    given(
      { blocks: { 0: {} } },
      {
        name: 'what a thread has published as it is declared dead stays in force',
        programs: [inTurn(publish(0, 0)), inTurn(reclaim)],
        preemptions: 2,
        check: (vm) => passedOver(vm, Math.max(0, ...versionsAreInOrder(vm))),
      },
    ),
    given(
      {},
      {
        name: 'a thread that joins the line as it is declared dead leaves no place behind',
        programs: [inTurn(k.lineJoin(slot, cell(0), FENCE)), inTurn(reclaim)],
        check: (vm) => {
          assert.equal(i32At(vm, LINE_COUNT), 0);
          assert.deepEqual([fenceOf(vm, 0, CELL_PLACES), held(vm, 0, CELL_PLACES)], [NEXT_FENCE, 0]);
        },
      },
    ),
  ],
};
