// What was true at the first look need not be at the second: another thread has been there between the two. Each of
// these ends as some order of the calls could, and answers for nothing that it did not do.

import assert from 'node:assert/strict';
import {
  ADAPT_RTT,
  ADAPT_SAMPLES,
  BREAKER_CONTROL,
  COUNT_HALF_OPENED,
  COUNT_OPENED,
  F_ATTEMPTS,
  F_BREAKER,
  F_BULKHEAD,
  F_GRADIENT,
  F_RATE,
  F_VIEW_RATE,
  F_WINDOW_CALLS,
  S_VERDICT,
  SLOT_CALLS,
  SLOT_VERSION,
  T_SLOT,
  V_FAILURE,
  V_SUCCESS,
} from '../../../assembly/layout.ts';
import type { Machine } from '../harness/machine.ts';
import { inTurn, waitWhile } from '../harness/program.ts';
import type { Suite } from '../harness/suite.ts';
import { block, cell, FENCE, given, i32At, k, NOW, owner, slot } from '../world.ts';
import { admit, breaker, count, dueForTrial, settle, turnedIt } from './breaker-words.ts';

/** An attempt that ends well at `now`, after so many milliseconds. */
const ended = (thread: number, now: number, ms: number, ticket = 0) =>
  k.settle(slot, cell(thread), FENCE, ticket, now - ms, now, V_SUCCESS, S_VERDICT, -1);

/** How many samples the average of gradient2 is made of, and what it is. */
const average = (vm: Machine) => [i32At(vm, ADAPT_SAMPLES), vm.memory.f64[(slot + ADAPT_RTT) >> 3]];

/** So short that few buckets lie before theirs. */
const TARGET = 1 / 16_384;
const SLOW = 2 * TARGET;

/** A change that matters to nobody here, and who waits for it: so one thread comes first. */
const begins = k.breakerMode(slot, 1);
const hasBegun = waitWhile(slot + BREAKER_CONTROL, 0);

export const looks: Suite = {
  name: 'looks',
  scenarios: [
    given(
      { features: F_BULKHEAD | F_GRADIENT, numbers: { maxConcurrent: 4 } },
      {
        name: 'two threads that learn from their latencies learn one after the other, or one of them does not',
        programs: [10, 30].map((ms, t) => inTurn(ended(t, NOW, ms, T_SLOT))),
        check: (vm) => {
          const possible = ['1,10', '1,30', '2,20'];
          assert.ok(possible.includes(`${average(vm)}`), `${average(vm)}`);
        },
      },
    ),
    given(
      {
        features: F_ATTEMPTS | F_VIEW_RATE | F_RATE,
        numbers: {
          rateTargetMs: TARGET,
          ratePercentile: 0.5,
          rateSamples: 1,
          minRate: 0.1,
          maxRate: 10,
          rateIntervalMs: 1_000,
        },
        before: [ended(3, NOW, SLOW), ended(3, NOW, SLOW)],
      },
      {
        name: 'an interval is judged by the one thread that begins the next, not by one whose time is in it still',
        // Who interrupts is the first: the search tries its turns first.
        programs: [
          inTurn(hasBegun, ended(0, NOW + 1_000, TARGET)),
          inTurn(begins, ended(1, NOW + 500, SLOW)),
        ],
        preemptions: 1,
        check: (vm) => assert.equal(i32At(vm, SLOT_VERSION), 1),
      },
    ),
    given(
      { features: F_BREAKER | F_RATE, blocks: { 2: {} }, before: dueForTrial },
      {
        name: 'who turned it half-open says so, though the options change and it is opened before it is let through',
        programs: [
          inTurn(admit(0)),
          inTurn(k.publish(slot, block(2), 0, owner(2), NOW), k.breakerForce(slot, NOW, 1_000)),
        ],
        preemptions: 2,
        check: (vm) => assert.equal(turnedIt(vm.results(0)[0]), count(vm, COUNT_HALF_OPENED) === 1),
      },
    ),
    breaker(
      { numbers: { consecutive: 1 } },
      {
        name: 'who is refused while the time of the opening is written is refused by the time that stands',
        programs: [inTurn(settle(0, 0, V_FAILURE)), inTurn(admit(1, NOW + 1_200))],
        check: (vm) => {
          const [answer] = vm.results(1);
          if (answer < 0) assert.ok(vm.run(k.breakerWait(slot, NOW + 1_200)) > 0, 'it might have tried');
        },
      },
    ),
    breaker(
      { numbers: { consecutive: 3 }, before: [settle(3, 0, V_FAILURE)] },
      {
        name: 'a success that finds the row of failures ended by another one has changed nothing',
        programs: [0, 1].map((t) => inTurn(settle(t, 0, V_SUCCESS))),
        check: (vm) => assert.deepEqual([...vm.allResults], [0, 0]),
      },
    ),
    // Whichever comes first: before the success one failure is all there is, and behind it two are a row.
    given(
      {
        features: F_BREAKER | F_WINDOW_CALLS,
        numbers: { consecutive: 2, failureRate: 0.7 },
        words: { [SLOT_CALLS]: 4 },
      },
      {
        name: 'a success that the first of two failures has been measured with does not come between them',
        programs: [inTurn(settle(0, 0, V_SUCCESS)), inTurn(settle(1, 0, V_FAILURE), settle(1, 0, V_FAILURE))],
        check: (vm) => assert.equal(count(vm, COUNT_OPENED), 1),
      },
    ),
  ],
};
