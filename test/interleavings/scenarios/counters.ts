import assert from 'node:assert/strict';
import {
  ADAPT_LOCK,
  BULKHEAD_ACTIVE,
  BULKHEAD_LIMIT,
  CELL_SLOTS,
  CELL_TRIALS,
  COUNT_BREAKER_REFUSED,
  COUNT_BULKHEAD_REFUSED,
  COUNT_DURATION_US,
  COUNT_FALLBACK,
  COUNT_KEYS_EXHAUSTED,
  COUNT_RATE_REFUSED,
  COUNT_SUCCESS,
  COUNT_THROTTLE_REFUSED,
  F_AIMD,
  F_ATTEMPTS,
  F_BULKHEAD,
  F_COUNTED,
  F_GRADIENT,
  F_LATENCY,
  F_RATE,
  F_THROTTLE,
  F_VEGAS,
  F_VIEW_RATE,
  LATENCY_CALLS_AT,
  O_RATE,
  OPTIONS_AT,
  OPTIONS_BYTES,
  R_BULKHEAD,
  R_KEYS,
  R_OPEN,
  R_RATE,
  R_THROTTLED,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  SLOT_LOCK,
  SLOT_VERSION,
  V_DROPPED,
  V_FAILURE,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn, type Program } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { cell, FENCE, given, held, i32At, i64At, k, latenciesIn, NOW, row, slot } from '../world.ts';

/** Where the histogram counts five milliseconds. */
const FIVE_MS = 212;

const NEXT = NOW + 1_000;

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

const nothingIsHeld = (vm: Machine) => {
  assert.equal(i32At(vm, BULKHEAD_ACTIVE), 0);
  for (const t of [0, 1, 2, 3]) {
    assert.equal(held(vm, t, CELL_SLOTS), 0);
    assert.equal(held(vm, t, CELL_TRIALS) % 4_096, 0);
  }
};

const ATTEMPTS = F_ATTEMPTS | F_VIEW_RATE | F_RATE;

/** What the attempts of the interval before took, and how often the limiter refused. */
const ADAPTED = [
  { how: 'falls', ms: 100, refusals: 0, rate: 0.9 },
  { how: 'rises', ms: 1, refusals: 1, rate: 1.05 },
] as const;

const REFUSALS = [
  [R_OPEN, COUNT_BREAKER_REFUSED],
  [R_THROTTLED, COUNT_THROTTLE_REFUSED],
  [R_RATE, COUNT_RATE_REFUSED],
  [R_KEYS, COUNT_KEYS_EXHAUSTED],
  [R_BULKHEAD, COUNT_BULKHEAD_REFUSED],
] as const;

export const counters: Suite = {
  name: 'counters and limits',
  scenarios: [
    given(
      { features: F_THROTTLE, numbers: { throttleK: 1 } },
      {
        name: 'the throttle counts requests and accepts of all threads',
        programs: [inTurn(admit(0, 0.4), admit(0, 0.4)), call(1), inTurn(k.throttleCount(slot, NOW, 0))],
        check: (vm) => {
          assert.equal(vm.run(k.throttleCount(slot, NOW, 0)), 3);
          assert.equal(vm.run(k.throttleCount(slot, NOW, 1)), vm.results(1)[0] >= 0 ? 1 : 0);
        },
      },
    ),
    given(
      { numbers: { retryRatio: 0, retryFloor: 0.1 } },
      {
        name: 'two threads never share the last retry',
        programs: [
          inTurn(k.retryDeposit(slot, NOW), k.retryWithdraw(slot, NOW)),
          inTurn(k.retryWithdraw(slot, NOW)),
          inTurn(k.retryLeft(slot, NOW)),
        ],
        check: (vm) => {
          assert.ok(vm.results(0)[1] + vm.results(1)[0] <= 1);
          assert.equal(vm.run(k.retryLeft(slot, NOW)), 1 - vm.results(0)[1] - vm.results(1)[0]);
        },
      },
    ),
    ...[F_AIMD, F_VEGAS, F_GRADIENT].map((algorithm, index) =>
      given(
        { features: F_BULKHEAD | algorithm, numbers: { maxConcurrent: 4 } },
        {
          name: `two threads teach one limit: ${['aimd', 'vegas', 'gradient'][index]}`,
          programs: [call(0, V_SUCCESS, NOW + 10), call(1, V_DROPPED, NOW + 20)],
          check: (vm) => {
            nothingIsHeld(vm);
            assert.equal(i32At(vm, ADAPT_LOCK), 0);
            const limit = i32At(vm, BULKHEAD_LIMIT);
            assert.ok(limit >= 1 && limit <= 10, `${limit}`);
          },
        },
      ),
    ),
    ...ADAPTED.map(({ how, ms, refusals, rate }) =>
      given(
        {
          features: ATTEMPTS,
          numbers: {
            rateTargetMs: 10,
            ratePercentile: 0.5,
            rateSamples: 1,
            minRate: 0.1,
            maxRate: 10,
            rateIntervalMs: 1_000,
          },
          before: [
            ...[0, ms, ms].map((after) => settle(3, 0, V_SUCCESS, S_VERDICT, NOW + after)),
            ...new Array(refusals).fill(k.refuse(slot, row(3), NOW, 1, R_RATE)),
          ],
        },
        {
          name: `the adaptive rate ${how} once an interval, by one thread`,
          preemptions: 1,
          programs: [0, 1].map((t) => inTurn(settle(t, 0, V_SUCCESS, S_VERDICT, NEXT))),
          check: (vm) => {
            assert.deepEqual(vm.allResults.filter((events) => events !== 0).length, 1);
            assert.deepEqual([i32At(vm, SLOT_VERSION), i32At(vm, SLOT_LOCK)], [1, 0]);
            assert.equal(vm.memory.f64[(slot + OPTIONS_AT + OPTIONS_BYTES + O_RATE) >> 3], rate);
          },
        },
      ),
    ),
    given(
      {},
      {
        name: 'refusals of every kind are counted, by however many threads',
        programs: [0, 1].map((t) =>
          inTurn(...REFUSALS.map(([code]) => k.refuse(slot, row(t), NOW, 1, code))),
        ),
        check: (vm) => {
          for (const [code, word] of REFUSALS)
            assert.equal(Number(i64At(vm, word)), 2, `refusals by ${code}`);
          assert.equal(vm.run(k.breakerCount(slot, NOW, 5)), 2);
        },
      },
    ),
    given(
      { features: F_COUNTED },
      {
        name: 'two threads count the same things, and nothing is lost',
        programs: [0, 1].map((t) =>
          inTurn(
            k.record(slot, NOW - 5, NOW, V_SUCCESS),
            k.count(slot, COUNT_FALLBACK, 2),
            settle(t, 7, V_SUCCESS, S_VERDICT),
          ),
        ),
        check: (vm) => {
          assert.equal(Number(i64At(vm, COUNT_SUCCESS)), 2);
          assert.equal(Number(i64At(vm, COUNT_DURATION_US)), 10_000);
          assert.equal(vm.run(k.counted(slot, COUNT_FALLBACK)), 4);
        },
      },
    ),
    given(
      { features: F_LATENCY | F_COUNTED },
      {
        name: 'counters and histograms lose nothing',
        programs: [
          inTurn(k.record(slot, NOW - 5, NOW, V_SUCCESS), k.count(slot, COUNT_SUCCESS, 1)),
          inTurn(k.record(slot, NOW - 5, NOW, V_FAILURE), k.counted(slot, COUNT_SUCCESS)),
          inTurn(k.counted(slot, LATENCY_CALLS_AT + 8 * FIVE_MS), k.refuse(slot, row(2), NOW, 1, R_RATE)),
        ],
        check: (vm) => {
          assert.equal(latenciesIn(vm, LATENCY_CALLS_AT), 2);
          assert.equal(Number(i64At(vm, LATENCY_CALLS_AT + 8 * FIVE_MS)), 2);
          assert.equal(Number(i64At(vm, COUNT_SUCCESS)), 2);
        },
      },
    ),
  ],
};
