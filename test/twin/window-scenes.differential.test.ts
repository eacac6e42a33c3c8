// Histories of windows written by hand: rings that go round, counts that are full, a clock that goes back.

import { describe, it } from 'node:test';
import {
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_BURN_ONLY,
  F_LATENCY,
  F_THROTTLE,
  F_VIEW_BUDGET,
  F_VIEW_HEDGE,
  F_VIEW_TIMEOUT,
} from '../../assembly/layout.ts';
import { NEVER } from './arbitraries.ts';
import { sameInAllWorlds } from './history.ts';
import type { Step } from './steps.ts';
import type { Beginning } from './world.ts';

const SUCCESS = 0;
const FAILURE = 1;

const begins = (features: number): Beginning => ({
  features,
  numbers: {
    minCalls: 1_000,
    failureRate: 2,
    slowMs: NEVER,
    slowRate: 2,
    maxConcurrent: NEVER,
    throttleK: 2,
    throttleMax: 0.9,
    retryRatio: 0.2,
    retryFloor: 0.1,
    budgetMs: 60_000,
  },
  budgetBucketMs: 1_000,
  throttleBucketMs: 1_000,
  viewMs: [100, 100, 100, 100],
  nowMs: 1e6,
  generation: 0,
});

const LOOK: Step = ['lookAtCounts', 60_000];
const admit: Step = ['admit', 0, 1, 0.95, 0, 'right'];
const settle = (verdict: number): Step => ['settle', 0, verdict, 7, -1, 'right'];

describe('counts of the twin', () => {
  it('are those of the whole ring, wherever in it the newest is', () => {
    for (const features of [F_BUDGET | F_THROTTLE, F_BUDGET | F_BURN_ONLY]) {
      const turn: Step[] = [['pass', 1_000], admit, settle(SUCCESS), admit, settle(FAILURE), ['deposit']];
      const steps = Array.from({ length: 30 }, () => [...turn, ['withdraw'] as const, LOOK]).flat();
      sameInAllWorlds(begins(features), steps);
      const seldom: Step[] = [['pass', 10_000], ['addToBudget', 3, 1], LOOK];
      sameInAllWorlds(begins(features), Array.from({ length: 40 }, () => seldom).flat());
    }
  });

  it('hold as much as their word has room for, and never less than nothing', () => {
    for (const [calls, more] of [
      [2 ** 36 - 2, 1],
      [2 ** 36 - 1, 1],
      [2 ** 37, 2 ** 37],
      [-1, -1],
      [1, -2],
    ]) {
      const steps: Step[] = [
        ['addToBudget', calls, calls],
        LOOK,
        ['addToBudget', more, more],
        LOOK,
        ['addToBudget', 0, 0],
        LOOK,
      ];
      sameInAllWorlds(begins(F_BUDGET), steps);
    }
  });

  it('hold calls that lasted for weeks, until their word is full', () => {
    const long: Step[] = [admit, ['pass', 2e9], settle(SUCCESS), ['lookAtBreaker']];
    sameInAllWorlds(begins(F_BREAKER), Array.from({ length: 18 }, () => long).flat());
  });
});

describe('latencies of the twin', () => {
  const views = F_LATENCY | F_ATTEMPTS | F_VIEW_BUDGET | F_VIEW_TIMEOUT | F_VIEW_HEDGE;
  const look = (ms: number): Step[] => [0, 1, 2].map((view): Step => ['lookAtLatency', view, 0.5, ms]);
  const call = (ms: number): Step[] => [admit, ['pass', ms], settle(SUCCESS), ...look(ms)];

  it('are those of the last slices only, on every border', () => {
    for (const ms of [1, 99, 100, 101, 699, 700, 800]) {
      const steps = [...call(5), ['pass', ms] as const, ...look(5), ...call(7), ['pass', ms] as const];
      sameInAllWorlds(begins(views), [...steps, ...look(7), ...call(9)]);
    }
  });

  it('are none of a future that the clock has left', () => {
    for (const ms of [12.5, 100 / 7, 25, 50, 100, 101, 700, 800, 5_000]) {
      const steps: Step[] = [
        ...call(5),
        ['pass', 150],
        ...call(7),
        ['turnBack', ms],
        ...look(7),
        ...call(9),
        ['pass', 100],
        ...look(9),
        ...call(3),
        ['pass', ms],
        ...look(9),
        ...call(1),
      ];
      sameInAllWorlds(begins(views), steps);
      sameInAllWorlds(begins(views), [...call(5), ['turnBack', ms], ...look(5)]);
    }
  });
});
