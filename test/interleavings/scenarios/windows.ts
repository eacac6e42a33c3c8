import assert from 'node:assert/strict';
import {
  BURN_AT,
  E_OPENED,
  F_BREAKER,
  F_BUDGET,
  F_BURN_ONLY,
  F_COUNTED,
  F_LATENCY,
  F_VIEW_BUDGET,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
  LATENCY_CALLS_AT,
  S_VERDICT,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
  WINDOW_MAX,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn } from '../harness/program.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Suite } from '../harness/suite.ts';
import { cell, FENCE, format, given, k, latenciesIn, NOW, slot, type World } from '../world.ts';

/** The bucket after NOW's, the first that is in no window with NOW's, and the one that lies where NOW's did. */
const NEXT = NOW + 1_000;
const AFTER = NOW + 2_000;
const OVER = NOW + 1_000 * WINDOW_MAX;
const [TOTAL, FAILED, SLOW, IGNORED, DURATION] = [0, 1, 2, 3, 4];

const settle = (thread: number, verdict: number, now: number, ms = 0) =>
  k.settle(slot, cell(thread), FENCE, 0, now - ms, now, verdict, S_VERDICT, -1);
const record = (verdict: number, now: number, ms = 0) => k.record(slot, now - ms, now, verdict);
const count = (vm: Machine, now: number, which: number) => vm.run(k.breakerCount(slot, now, which));
const opened = (vm: Machine) => vm.allResults.filter((events) => events & E_OPENED).length;

const timed = (scenario: Scenario, numbers: World['numbers'] = {}) =>
  given({ features: F_BREAKER | F_WINDOW_TIME, numbers: { minCalls: 9, ...numbers } }, scenario);
const counted = (scenario: Scenario, numbers: World['numbers'] = {}) =>
  given({ features: F_BREAKER | F_WINDOW_CALLS, numbers: { minCalls: 2, ...numbers } }, scenario);

export const windows: Suite = {
  name: 'windows',
  scenarios: [
    timed({
      name: 'a call in the old bucket, two in the new one, and a reader',
      programs: [
        inTurn(settle(0, V_FAILURE, NOW)),
        inTurn(settle(1, V_FAILURE, NEXT)),
        inTurn(k.breakerCount(slot, NEXT, FAILED)),
      ],
      linearizable: true,
      check: (vm) => assert.deepEqual([count(vm, NEXT, TOTAL), count(vm, NEXT, FAILED)], [2, 2]),
    }),
    timed({
      name: 'two threads begin a bucket where an old one lay',
      init: (vm) => {
        format(vm, { features: F_BREAKER | F_WINDOW_TIME, numbers: { minCalls: 9 } });
        vm.run(settle(3, V_FAILURE, NOW));
      },
      programs: [
        inTurn(settle(0, V_SUCCESS, OVER, 2)),
        inTurn(settle(1, V_SUCCESS, OVER, 3), settle(1, V_IGNORED, OVER)),
        inTurn(k.breakerCount(slot, OVER, IGNORED)),
      ],
      check: (vm) => {
        const counts = [TOTAL, FAILED, SLOW, IGNORED, DURATION].map((which) => count(vm, OVER, which));
        assert.deepEqual(counts, [2, 0, 0, 1, 5]);
      },
    }),
    timed(
      {
        name: 'the failure that reaches the rate opens it, once',
        programs: [0, 1].map((t) => inTurn(settle(t, V_FAILURE, NOW))),
        check: (vm) => assert.equal(opened(vm), 1),
      },
      { minCalls: 2, failureRate: 0.5, slowMs: 0 },
    ),
    timed(
      {
        name: 'a failure and the success that makes the calls enough open it, once',
        programs: [inTurn(settle(0, V_FAILURE, NOW)), inTurn(settle(1, V_SUCCESS, NOW))],
        check: (vm) => assert.equal(opened(vm), 1),
      },
      { minCalls: 2, failureRate: 0.5 },
    ),
    timed(
      {
        name: 'the later of two failures is remembered until its bucket has left the window',
        programs: [inTurn(settle(0, V_FAILURE, NOW)), inTurn(settle(1, V_FAILURE, NEXT))],
        check: (vm) => {
          const events = [1, 2].map(() => vm.run(settle(2, V_SUCCESS, AFTER)));
          assert.deepEqual(events, [0, E_OPENED]);
        },
      },
      { minCalls: 3, failureRate: 0.3 },
    ),
    timed(
      {
        name: 'the slow call that reaches the rate opens it, once',
        programs: [0, 1].map((t) => inTurn(settle(t, V_SUCCESS, NOW, 5))),
        check: (vm) => assert.equal(opened(vm), 1),
      },
      { minCalls: 2, slowMs: 1, slowRate: 1 },
    ),
    counted({
      name: 'three calls in a window of two, and a reader',
      programs: [
        inTurn(settle(0, V_FAILURE, NOW, 1)),
        inTurn(settle(1, V_SUCCESS, NOW, 2)),
        inTurn(
          settle(2, V_FAILURE, NOW, 4),
          k.breakerCount(slot, NOW, TOTAL),
          k.breakerCount(slot, NOW, DURATION),
        ),
      ],
      check: (vm) => {
        assert.equal(count(vm, NOW, TOTAL), 2);
        const [failed, ms] = [count(vm, NOW, FAILED), count(vm, NOW, DURATION)];
        assert.equal(failed, { 3: 1, 5: 2, 6: 1 }[ms], `${failed} failed, ${ms} ms`);
        assert.ok(vm.results(2)[1] <= 3, 'a call that is being exchanged may count twice, or not yet');
      },
    }),
    counted(
      {
        name: 'a count window trips once',
        programs: [0, 1, 2].map((t) => inTurn(settle(t, V_FAILURE, NOW))),
        check: (vm) => assert.equal(opened(vm), 1),
      },
      { failureRate: 0.5 },
    ),
    given(
      { features: F_BUDGET | F_COUNTED },
      {
        name: 'calls on both sides of a turning budget bucket are all counted, and its beginning is told once',
        programs: [
          inTurn(record(V_FAILURE, NOW)),
          inTurn(record(V_FAILURE, NEXT)),
          inTurn(record(V_SUCCESS, NEXT), k.budgetCount(slot, NEXT, 1)),
        ],
        check: (vm) => {
          assert.deepEqual(
            [vm.run(k.budgetCount(slot, NEXT, 0)), vm.run(k.budgetCount(slot, NEXT, 1))],
            [3, 2],
          );
          assert.equal(vm.run(k.burnCount(slot, NEXT, 10_000, 0)), 3);
        },
      },
    ),
    given(
      { features: F_BUDGET | F_BURN_ONLY, numbers: { budgetMs: 20_000 } },
      {
        name: 'a budget whose window is kept by the burn ring counts all calls',
        programs: [
          inTurn(record(V_FAILURE, NOW)),
          inTurn(record(V_FAILURE, NOW)),
          inTurn(k.budgetAdd(slot, NOW, 1, 0), k.budgetCount(slot, NOW, 1)),
        ],
        check: (vm) => {
          assert.deepEqual(
            [vm.run(k.budgetCount(slot, NOW, 0)), vm.run(k.budgetCount(slot, NOW, 1))],
            [3, 2],
          );
        },
      },
    ),
    given(
      { features: F_BUDGET },
      {
        name: 'a restored budget meets calls and readers',
        programs: [
          inTurn(k.budgetAdd(slot, NOW, 5, 2)),
          inTurn(record(V_FAILURE, NOW)),
          inTurn(k.budgetCount(slot, NOW, 0), k.burnCount(slot, NOW, 10_000, 1)),
        ],
        check: (vm) => {
          assert.deepEqual(
            [vm.run(k.budgetCount(slot, NOW, 0)), vm.run(k.budgetCount(slot, NOW, 1))],
            [6, 3],
          );
          assert.equal(vm.memory.i64[(slot + BURN_AT + 16 * Math.floor(NOW / 10_000)) >> 3] & 0xfn, 6n);
        },
      },
    ),
    given(
      { features: F_LATENCY | F_VIEW_BUDGET },
      {
        name: 'a histogram whose slice turns loses no latency and tells it once',
        init: (vm) => {
          format(vm, { features: F_LATENCY | F_VIEW_BUDGET });
          vm.run(record(V_SUCCESS, NOW, 1));
        },
        programs: [inTurn(record(V_SUCCESS, NEXT, 1)), inTurn(record(V_SUCCESS, NEXT, 1))],
        check: (vm) => {
          assert.equal(latenciesIn(vm, LATENCY_CALLS_AT), 3);
          assert.equal(vm.run(k.viewCount(slot, 0, NEXT)), 3);
          assert.equal(vm.allResults.filter((events) => events !== 0).length, 1);
        },
      },
    ),
    given(
      { features: F_LATENCY | F_VIEW_BUDGET },
      {
        name: 'a reader of a histogram whose slice turns sees no more than there is',
        init: (vm) => {
          format(vm, { features: F_LATENCY | F_VIEW_BUDGET });
          vm.run(record(V_SUCCESS, NOW, 1));
        },
        programs: [inTurn(record(V_SUCCESS, NEXT, 1)), inTurn(k.viewPercentile(slot, 0, NEXT, 0.5))],
        check: (vm) => {
          const [percentile] = vm.results(1);
          assert.ok(Math.abs(percentile - 1) < 0.1, `${percentile} ms`);
        },
      },
    ),
    given(
      { features: F_LATENCY | F_VIEW_BUDGET },
      {
        name: 'when the clock went back what was kept is in the future and counts as empty',
        init: (vm) => {
          format(vm, { features: F_LATENCY | F_VIEW_BUDGET });
          vm.run(record(V_SUCCESS, NOW, 1));
        },
        programs: [inTurn(record(V_SUCCESS, NOW - 2_000, 1)), inTurn(k.viewWithin(slot, 0, NOW, 0.01))],
        check: (vm) => {
          assert.equal(vm.results(1)[0], 0);
          assert.equal(vm.run(k.viewCount(slot, 0, NOW - 2_000)), 1);
        },
      },
    ),
  ],
};
