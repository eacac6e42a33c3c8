// Histories written by hand, at the edges of the kernels: times to the 1,024th of a millisecond, percentiles of more
// than all, counts that are taken from.

import { describe, it } from 'node:test';
import {
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_LATENCY,
  F_RAMP,
  F_RATE,
  F_VIEW_BUDGET,
} from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { NEVER } from './arbitraries.ts';
import { sameInAllWorlds } from './history.ts';
import type { Step } from './steps.ts';
import type { Beginning } from './world.ts';

const SUCCESS = 0;
const FAILURE = 1;
const IGNORED = 2;

const NUMBERS: Partial<PolicyNumbers> = {
  consecutive: 1,
  minCalls: 1,
  failureRate: 2,
  slowMs: NEVER,
  slowRate: 2,
  trials: 2,
  trialRate: 2,
  trialWaitMs: 500,
  openMs: 1_000,
  units: 1_000,
  unitsPerMs: 10,
  burstUnits: 4_000,
  maxDebtMs: NEVER,
  maxConcurrent: NEVER,
  budgetMs: 60_000,
};

const begins = (features: number, nowMs: number, numbers: Partial<PolicyNumbers> = {}): Beginning => ({
  features,
  numbers: { ...NUMBERS, ...numbers },
  windowCalls: 8,
  budgetBucketMs: 1_000,
  viewMs: [800, 800, 800, 800],
  nowMs,
  generation: 0,
});

const admit = (thread: number, draw = 0.99): Step => ['admit', thread, 1, draw, 0, 'right'];
const settle = (verdict: number): Step => ['settle', 0, verdict, 7, -1, 'right'];
const pass = (ms: number): Step => ['pass', ms];
const LOOK: Step = ['lookAtBreaker'];

describe('kernel and twin, at the edges', () => {
  for (const parts of [0, 1, 2, 3, 1_023]) {
    it(`begin the time of trials with the first one that is made, at ${parts} 1,024ths of a ms`, () => {
      const opened: Step[] = [admit(0), settle(FAILURE), pass(1_000)];
      const begun: Step[] = [admit(0), settle(IGNORED), pass(400), admit(0), pass(200), admit(1), admit(2)];
      const silent: Step[] = [LOOK, pass(299), admit(2), LOOK, pass(1), admit(2), LOOK];
      sameInAllWorlds(begins(F_BREAKER, 5_000 + parts / 1_024), [...opened, ...begun, ...silent]);
    });
  }

  for (const rampMs of [0.25, 0.5, 1, 1.5]) {
    it(`have a ramp of ${rampMs} ms`, () => {
      const closed: Step[] = [['force', 1_000], ['force', -1], admit(0), admit(0, 0.05)];
      const later: Step[] = [0.25, 0.25, 0.5, 0.5].flatMap((ms) => [pass(ms), admit(0), admit(0, 0.5)]);
      sameInAllWorlds(begins(F_BREAKER | F_RAMP, 5_000, { rampMs }), [...closed, ...later]);
    });
  }

  it('know no percentile of more than all', () => {
    const features = F_LATENCY | F_ATTEMPTS | F_VIEW_BUDGET;
    const calls: Step[] = [1, 2, 3].flatMap(() => [admit(0), settle(SUCCESS)]);
    const looks = [0.5, 1, 1.01, 2, 100].map((q): Step => ['lookAtLatency', 0, q, 1]);
    sameInAllWorlds(begins(features, 5_000), [...calls, ...looks, pass(100), ...calls, ...looks]);
  });

  it('fill a bucket to the brim and not beyond, for who reads a clock that is behind too', () => {
    for (const tokens of [3.999, 4, 4.001, 1e9]) {
      const steps: Step[] = [
        ['acquire', 4],
        ['setTokens', tokens],
        ['pass', -1],
        ['lookAtRate', 1],
        ['acquire', 4],
      ];
      sameInAllWorlds(begins(F_RATE, 5_000), [...steps, ['pass', 1], ['lookAtRate', 1]]);
    }
  });

  it('begin a bucket of the budget once, though more was taken from it than it had', () => {
    for (const by of [-1, -2, -5]) {
      const counts: Step = ['lookAtCounts', 60_000];
      const record: Step = ['record', 1, FAILURE];
      const steps: Step[] = [record, record, ['addToBudget', by - 1, by], counts, record, counts, record];
      sameInAllWorlds(begins(F_BUDGET, 5_000), [...steps, counts]);
    }
  });
});
