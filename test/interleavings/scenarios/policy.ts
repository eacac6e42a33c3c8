import assert from 'node:assert/strict';
import {
  BULKHEAD_ACTIVE,
  CELL_SLOTS,
  CELL_TRIALS,
  COUNT_RATE_ALLOWED,
  COUNT_RATE_REFUSED,
  COUNT_SUCCESS,
  F_BREAKER,
  F_BUDGET,
  F_BULKHEAD,
  F_COUNTED,
  F_LINE,
  F_RATE,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  SLOT_LOCK,
  SLOT_VERSION,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn, type Program } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import {
  block,
  cell,
  FENCE,
  given,
  held,
  i32At,
  i64At,
  k,
  NEXT_FENCE,
  NOW,
  owner,
  row,
  slot,
  UNTORN,
} from '../world.ts';

const ALL = S_VERDICT | S_RELEASE | S_CALL;

const admit = (thread: number, draw = 0.5) =>
  k.admit(slot, cell(thread), row(thread), FENCE, NOW, 1, draw, 0);

const settle = (thread: number, ticket: number, verdict: number, what: number, now = NOW) =>
  k.settle(slot, cell(thread), FENCE, ticket, NOW, now, verdict, what, -1);

/** A whole call: let in, answered, recorded; or refused, counted. */
const call = (thread: number, verdict = V_SUCCESS, now = NOW): Program =>
  function* () {
    const ticket = yield admit(thread);
    if (ticket >= 0) yield settle(thread, ticket, verdict, ALL, now);
    else yield k.refuse(slot, row(thread), NOW, 1, ticket);
  };

/** A call whose operation outlives its answer. */
const abandoned = (thread: number): Program =>
  function* () {
    const ticket = yield admit(thread);
    if (ticket < 0) return;
    yield settle(thread, ticket, V_FAILURE, S_VERDICT | S_CALL);
    yield settle(thread, ticket, V_IGNORED, S_RELEASE);
  };

const admitted = (vm: Machine) =>
  vm.threads.flatMap(({ calls }) => calls).filter(({ kernel, result }) => kernel === 'admit' && result >= 0)
    .length;

const nothingIsHeld = (vm: Machine) => {
  assert.equal(i32At(vm, BULKHEAD_ACTIVE), 0);
  for (const t of [0, 1, 2, 3]) {
    assert.equal(held(vm, t, CELL_SLOTS), 0);
    assert.equal(held(vm, t, CELL_TRIALS) % 4_096, 0);
  }
};

const FULL = F_BREAKER | F_RATE | F_BULKHEAD | F_LINE | F_COUNTED;

/** A rate that is cut to a tenth, and a room for one that is made one for two. */
const OTHER = { unitsPerMs: 0.1, ratePerSecond: 0.1, maxConcurrent: 2 };

export const policies: Suite = {
  name: 'policy',
  scenarios: [
    given(
      { features: FULL, numbers: { maxConcurrent: 2, consecutive: 2, burstUnits: 1_000 } },
      {
        name: 'whole calls with one token between them give everything back',
        programs: [call(0), call(1)],
        check: (vm) => {
          nothingIsHeld(vm);
          assert.equal(admitted(vm), 1);
          assert.equal(Number(i64At(vm, COUNT_RATE_ALLOWED)), 1);
          assert.equal(Number(i64At(vm, COUNT_RATE_REFUSED)), 1);
          assert.equal(Number(i64At(vm, COUNT_SUCCESS)), 1);
        },
      },
    ),
    given(
      { features: FULL | F_BUDGET, numbers: { consecutive: 1 } },
      {
        name: 'an operation that outlives its answer holds its slot, and only that, until it ends',
        programs: [abandoned(0), call(1)],
        check: (vm) => {
          nothingIsHeld(vm);
          assert.ok(admitted(vm) >= 1);
        },
      },
    ),
    given(
      { features: F_RATE | F_BULKHEAD, blocks: { 2: OTHER } },
      {
        name: 'an admission sees one version of the options whole',
        programs: [inTurn(admit(0)), inTurn(admit(1)), inTurn(k.publish(slot, block(2), 0, owner(2), NOW))],
        check: (vm) => {
          assert.equal(i32At(vm, SLOT_VERSION), 1);
          assert.equal(i32At(vm, SLOT_LOCK), 0);
          assert.equal(i32At(vm, BULKHEAD_ACTIVE), admitted(vm));
          assert.equal(vm.run(k.rateAvailable(slot, NOW)), 2 - admitted(vm));
        },
      },
    ),
    given(
      { features: FULL, numbers: { maxConcurrent: 2, consecutive: 1 } },
      {
        name: 'what a thread held when it died comes back, whenever that was',
        programs: [call(0, V_FAILURE), call(1)],
        death: {
          of: 0,
          manager: inTurn(k.reclaim(slot, cell(0), owner(0), NEXT_FENCE)),
          neverBefore: UNTORN,
        },
        check: nothingIsHeld,
      },
    ),
    given(
      { features: F_RATE, blocks: { 0: OTHER } },
      {
        name: 'a thread that dies while it publishes leaves options that can be read, and published again',
        programs: [inTurn(k.publish(slot, block(0), 0, owner(0), NOW)), inTurn(admit(1))],
        death: {
          of: 0,
          manager: function* () {
            yield k.reclaim(slot, cell(0), owner(0), NEXT_FENCE);
            if ((yield k.publish(slot, block(0), 0, owner(2), NOW)) === -2) {
              yield k.publish(slot, block(0), 1, owner(2), NOW);
            }
          },
        },
        check: (vm) => {
          assert.ok(i32At(vm, SLOT_VERSION) >= 1);
          assert.equal(i32At(vm, SLOT_LOCK), 0);
          assert.equal(vm.run(k.rateAvailable(slot, NOW)), 1);
        },
      },
    ),
  ],
};
