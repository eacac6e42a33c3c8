// Histories written by hand: what a refusal says, and what it leaves alone.

import { describe, it } from 'node:test';
import { F_BREAKER, F_BULKHEAD, F_KEYED, F_RATE, F_SHARED_KEYS, R_RATE } from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { NEVER } from './arbitraries.ts';
import { sameInAllWorlds } from './history.ts';
import type { Step } from './steps.ts';

const FAILURE = 1;

const NUMBERS: Partial<PolicyNumbers> = {
  consecutive: 1,
  minCalls: 1,
  failureRate: 2,
  slowMs: NEVER,
  slowRate: 2,
  trials: 1,
  trialRate: 2,
  trialWaitMs: 500,
  openMs: 1_000,
  units: 1,
  unitsPerMs: 1,
  burstUnits: 2,
  maxDebtMs: NEVER,
  maxConcurrent: 2,
};

function plays(features: number, steps: Step[], keyCells = 0): void {
  sameInAllWorlds({ features, numbers: NUMBERS, nowMs: 5_000, generation: 0, keyCells }, steps);
}

const admit = (thread: number): Step => ['admit', thread, 1, 0.5, 0, 'right'];
const LOOK: Step = ['lookAtBreaker'];
/** Opened by a failure, its time is over, and thread 0 has the one trial. */
const TRIED: Step[] = [admit(0), ['settle', 0, FAILURE, 7, -1, 'right'], ['pass', 1_000], admit(0), LOOK];

describe('a refusal of the twin', () => {
  it('by another protection gives no trial back that the same thread has, while the breaker only watches', () => {
    for (const mode of [1, 2]) {
      const emptied: Step[] = [
        ['acquire', 1],
        ['acquire', 1],
        ['mode', mode],
        admit(0),
        LOOK,
        ['mode', 0],
        LOOK,
      ];
      plays(F_BREAKER | F_RATE, [...TRIED, ...emptied, ['pass', 2], admit(1), LOOK]);
      const full: Step[] = [['enter', 1, 'right'], ['mode', mode], admit(0), LOOK, ['mode', 0], LOOK];
      plays(F_BREAKER | F_BULKHEAD, [...TRIED, ...full, ['leave', 1, 'right'], admit(1), LOOK]);
    }
  });

  it('by a breaker under trial tells the time of the options in force, not of those before', () => {
    plays(F_BREAKER, [
      ...TRIED,
      ['publish', 1, { trialWaitMs: 900 }, 0],
      LOOK,
      ['pass', 600],
      LOOK,
      admit(1),
      ['publish', 1, { trials: 2 }, 0],
      LOOK,
    ]);
  });

  it('by the bucket of a key tells the wait of that bucket', () => {
    for (const features of [F_RATE | F_KEYED, F_RATE | F_KEYED | F_SHARED_KEYS]) {
      const steps: Step[] = [
        ['useKey', 0, 'a', 1],
        ['keyedAcquire', 0, 2],
        admit(0),
        ['refuse', 0, 1, R_RATE],
        ['refuse', 0, 2, R_RATE],
      ];
      plays(features, steps, 4);
    }
  });

  // Answers that are no waits are negative.
  it('tells every wait apart from what else a bucket answers', () => {
    for (const permits of [1, 2, 3, 4, 5]) {
      const steps: Step[] = [
        ['acquire', 2],
        ['acquire', permits],
        ['refuse', 0, permits, R_RATE],
      ];
      plays(F_RATE, [...steps, ['lookAtRate', permits], ['admit', 0, permits, 0.5, 0, 'right']]);
      const keyed: Step[] = [
        ['useKey', 0, 'a', 1],
        ['keyedAcquire', 0, 2],
        ['keyedAcquire', 0, permits],
        ['lookAtKeys', 0, permits],
        ['admit', 0, permits, 0.5, 0, 'right'],
      ];
      plays(F_RATE | F_KEYED, keyed, 4);
    }
  });
});
