// Histories written by hand: numbers that only meet on purpose.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_BULKHEAD,
  F_GRADIENT,
  F_KEYED,
  F_LATENCY,
  F_LINE,
  F_RATE,
  F_SHARED_KEYS,
  F_THROTTLE,
  F_VIEW_RATE,
  F_WINDOW_CALLS,
} from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { NEVER } from './arbitraries.ts';
import { same, sameInAllWorlds } from './history.ts';
import { play, type Step } from './steps.ts';
import { type Beginning, MOST_KEY_CELLS, World } from './world.ts';

/** One unit a millisecond, a thousand to a permit. */
const SLOW: Partial<PolicyNumbers> = {
  ratePerSecond: 1,
  units: 1_000,
  unitsPerMs: 1,
  burstUnits: 2_000,
  maxDebtMs: NEVER,
  maxConcurrent: 1,
};
const FAST = { ...SLOW, ratePerSecond: 2, unitsPerMs: 2, burstUnits: 4_000 };

const begins = (features: number, more: Partial<Beginning> = {}): Beginning => ({
  features,
  numbers: SLOW,
  nowMs: 0,
  generation: 0,
  ...more,
});

const changes = (count: number): Step[] =>
  Array.from({ length: count }, (_, at): Step => ['publish', 0, at % 2 === 0 ? FAST : SLOW, 0]);

describe('a bucket of the twin', () => {
  it('tells a wait of a single unit', () => {
    const steps: Step[] = [
      ['acquire', 2],
      ['pass', 999],
      ['lookAtRate', 1],
      ['acquire', 1],
      ['pass', 1],
      ['acquire', 1],
    ];
    sameInAllWorlds(begins(F_RATE), steps);
  });

  it('carries from the lower half of its word into the upper one, at the unit where it is full', () => {
    const numbers = { ...SLOW, units: 1, burstUnits: 4 };
    for (const nowMs of [2 ** 28 - 2, 2 ** 28 - 1, 2 ** 28]) {
      const steps: Step[] = [
        ['acquire', 1],
        ['acquire', 1],
        ['lookAtRate', 1],
        ['refund', 1],
        ['acquire', 3],
      ];
      sameInAllWorlds(begins(F_RATE, { numbers, nowMs }), [...steps, ['lookAtRate', 1]]);
    }
  });

  it('has other tokens where a permit costs another number of the same units', () => {
    const steps: Step[] = [
      ['acquire', 1],
      ['publish', 0, { ...SLOW, units: 500 }, 0],
      ['lookAtRate', 1],
      ['acquire', 2],
      ['publish', 0, { ...SLOW, burstUnits: 3_000 }, 0],
      ['lookAtRate', 1],
    ];
    sameInAllWorlds(begins(F_RATE), steps);
  });

  it('owes 2^53 units and not one more', () => {
    const numbers = { ...SLOW, units: 1, burstUnits: 1 };
    const owes: Step[] = [
      ['setTokens', -1e30],
      ['lookAtRate', 1],
      ['reserve', 1],
      ['pass', 1],
      ['reserve', 1],
      ['reserve', 1],
    ];
    sameInAllWorlds(begins(F_RATE, { numbers }), owes);
    const refunded: Step[] = [
      ['setTokens', -1e30],
      ['refund', 1],
      ['reserve', 1],
      ['reserve', 1],
      ['lookAtRate', 1],
    ];
    sameInAllWorlds(begins(F_RATE, { numbers }), refunded);
  });

  for (const count of [1, 2, 3, 4, 7, 8, 9, 15, 16, 17]) {
    it(`of a key is found after ${count} changes of options that nobody carried it over`, () => {
      const asked: Step[] = [
        ['useKey', 0, 'a', 1],
        ['useKey', 1, 'b', 1],
      ];
      const used: Step[] = [
        ['keyedAcquire', 0, 1.5],
        ['keyedAcquire', 1, 1],
      ];
      const after: Step[] = [
        ['lookAtKeys', 0, 2],
        ['keyedAcquire', 0, 1],
        ['keyedRefund', 1, 0.5],
        ['lookAtKeys', 1, 1],
      ];
      for (const features of [F_RATE | F_KEYED, F_RATE | F_KEYED | F_SHARED_KEYS]) {
        const left = [...asked, ...used, ...changes(count)];
        sameInAllWorlds(begins(features, { keyCells: 4 }), [...left, ...after]);
        sameInAllWorlds(begins(features, { keyCells: 4 }), [...left, ['keyedCarry', 0, 4], ...after]);
      }
    });
  }
});

describe('keyed buckets of the twin', () => {
  // A word's own bits, read one place off or not at all, look like those of these versions.
  for (const [before, after] of [
    [3, 13],
    [10, 3],
    [5, 11],
    [8, 5],
    [1, 2],
    [7, 9],
  ]) {
    it(`are carried over from version ${before} to ${before + after}`, () => {
      for (const taken of [1, 1.001, 1.5]) {
        const steps: Step[] = [
          ...changes(before),
          ['useKey', 0, 'a', 1],
          ['keyedAcquire', 0, taken],
          ...changes(after),
          ['keyedAcquire', 0, 0.25],
          ['lookAtKeys', 0, 1],
        ];
        sameInAllWorlds(begins(F_RATE | F_KEYED, { keyCells: 4 }), steps);
      }
    });
  }

  it('are those of a key’s first bytes, however many it is said to have', () => {
    const steps: Step[] = [1_919, 1_920, 1_921, 5_000].flatMap((length): Step[] => [
      ['useKey', 0, 'a', length],
      ['keyedAcquire', 0, 1],
      ['lookAtKeys', 0, 1],
    ]);
    sameInAllWorlds(begins(F_RATE | F_KEYED, { keyCells: 8 }), steps);
  });

  it('fill their table to the last cell', () => {
    const keys = Array.from({ length: MOST_KEY_CELLS + 6 }, (_, n) => `key-${n}`);
    const steps = keys.flatMap((key): Step[] => [
      ['useKey', 0, key, key.length],
      ['keyedAcquire', 0, 2],
    ]);
    const again = keys.slice(0, 20).flatMap((key): Step[] => [
      ['useKey', 0, key, key.length],
      ['lookAtKeys', 0, 1],
    ]);
    for (const features of [F_RATE | F_KEYED, F_RATE | F_KEYED | F_SHARED_KEYS]) {
      sameInAllWorlds(begins(features, { keyCells: MOST_KEY_CELLS }), [...steps, ...again]);
    }
  });
});

describe('a policy of the twin', () => {
  it('names the limiter that holds a call back for less than a millisecond', () => {
    const steps: Step[] = [
      ['admit', 0, 1, 0.5, 0, 'right'],
      ['admit', 1, 1, 0.5, 0, 'right'],
      ['pass', 999.5],
      ['admit', 1, 2, 0.5, 0, 'right'],
      ['pass', 1],
      ['admit', 1, 1, 0.5, 0, 'right'],
    ];
    const numbers = { ...SLOW, units: 10_000, unitsPerMs: 10, burstUnits: 10_000 };
    sameInAllWorlds(begins(F_BULKHEAD | F_RATE, { numbers }), steps);
  });

  it('tells newcomers of a breaker that is open for less than a millisecond yet, though others wait', () => {
    const steps: Step[] = [
      ['force', 1_000],
      ['joinLine', 1, 'right'],
      ['pass', 999.5],
      ['admit', 0, 1, 0.5, 0, 'right'],
      ['lookAtBreaker'],
      ['pass', 1],
      ['admit', 0, 1, 0.5, 0, 'right'],
    ];
    const numbers = { ...SLOW, maxQueue: 2, trials: 1, openMs: 1_000 };
    sameInAllWorlds(begins(F_BREAKER | F_BULKHEAD | F_LINE, { numbers }), steps);
  });

  it('hears outcomes under the options in force after many changes', () => {
    const strict = { ...SLOW, consecutive: 1, trials: 1, openMs: 1_000, failureRate: 2, slowMs: NEVER };
    for (const count of [7, 8, 9, 16]) {
      const steps: Step[] = [
        ...Array.from({ length: count }, (): Step => ['publish', 0, strict, 0]),
        ['admit', 0, 1, 0.5, 0, 'right'],
        ['settle', 0, 1, 7, -1, 'right'],
        ['lookAtBreaker'],
      ];
      sameInAllWorlds(begins(F_BREAKER), steps);
    }
  });

  it('counts a call that lasted for weeks as long as a word can say', () => {
    const numbers = { ...SLOW, minCalls: 5, failureRate: 2, slowRate: 2, slowMs: NEVER, trials: 1 };
    for (const features of [F_BREAKER, F_BREAKER | F_WINDOW_CALLS]) {
      const steps: Step[] = [
        ['admit', 0, 1, 0.5, 0, 'right'],
        ['pass', 2e9],
        ['settle', 0, 0, 7, -1, 'right'],
        ['lookAtBreaker'],
        ['admit', 0, 1, 0.5, 0, 'right'],
        ['pass', 1 / 64],
        ['settle', 0, 1, 7, -1, 'right'],
        ['lookAtBreaker'],
      ];
      sameInAllWorlds(begins(features, { numbers, windowCalls: 4 }), steps);
    }
  });
});

describe('a twin that has just been made', () => {
  it('answers in every part as the kernels do', () => {
    const worlds = [new World(wasmKernels), new World(twinKernels)];
    const steps: Step[] = [
      ['useKey', 0, 'a', 1],
      ['admit', 0, 1, 0.5, 0, 'right'],
      ['pass', 3],
      ['settle', 0, 0, 7, -1, 'right'],
      ['pass', 1_000],
      ['admit', 0, 1, 0.5, 0, 'right'],
      ['settle', 0, 0, 7, -1, 'right'],
      ['refuse', 0, 1, -3],
      ['refuse', 0, 1, -6],
      ['deposit'],
      ['withdraw'],
      ['addToBudget', 3, 1],
      ['setTokens', 1],
      ['acquire', 1],
      ['reserve', 1],
      ['refund', 1],
      ['lookAtRate', 1],
      ['keyedAcquire', 0, 1],
      ['keyedRefund', 0, 1],
      ['keyedCarry', 0, 4],
      ['lookAtKeys', 0, 1],
      ['force', 1_000],
      ['mode', 0],
      ['isolate', 0, 1, 'right'],
      ['restore', 1, 0, 0],
      ['lookAtBreaker'],
      ['enter', 0, 'right'],
      ['joinLine', 0, 'right'],
      ['head', 0, 1, 1],
      ['lookAtLine', 1],
      ['leaveLine', 0, 'right', 1, 1],
      ['leave', 0, 'right'],
      ['lookAtCounts', 60_000],
      ['lookAtLatency', 1, 0.5, 3],
      ['publish', 0, FAST, 0],
      ['die', 0],
      ['count', 1],
    ];
    const features =
      F_BREAKER | F_RATE | F_KEYED | F_BULKHEAD | F_LINE | F_GRADIENT | F_THROTTLE | F_BUDGET | F_LATENCY;
    const start = begins(features | F_ATTEMPTS | F_VIEW_RATE, {
      budgetBucketMs: 1_000,
      throttleBucketMs: 1_000,
      viewMs: [1_000, 1_000, 1_000, 1_000],
      keyCells: 4,
      // The first call is over it by a millisecond and more: the rate falls.
      numbers: { ...SLOW, rateTargetMs: 1, ratePercentile: 0.5, rateSamples: 1, minRate: 0.1, maxRate: 9 },
    });
    for (const world of worlds) world.begin(start);
    for (const step of steps) {
      const [answer, other] = worlds.map((world) => play(world, step));
      assert.ok(same(answer, other), `${step[0]}: ${other} where the kernel says ${answer}`);
    }
    assert.deepEqual(worlds[1].at.differences(worlds[0].at), []);
  });
});
