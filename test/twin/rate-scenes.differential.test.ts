// A bucket of the twin that nobody has used for years.

import { describe, it } from 'node:test';
import { F_RATE } from '../../assembly/layout.ts';
import { NEVER } from './arbitraries.ts';
import { sameInAllWorlds } from './history.ts';
import type { Step } from './steps.ts';

const FINE = { ratePerSecond: 1e6, units: 1_000, unitsPerMs: 1e6, burstUnits: 9_000, maxDebtMs: NEVER };

describe('a bucket of the twin that was left alone', () => {
  // Longer ago, in its units, than a double can count.
  for (const ms of [1, 1e10, 1e11]) {
    it(`is carried over to options like its own to the last unit after ${ms} ms`, () => {
      const steps: Step[] = [
        ['acquire', 0.003],
        ['pass', ms],
        ['publish', 0, { maxConcurrent: 3 }, 0],
        ['lookAtRate', 1],
      ];
      const start = { features: F_RATE, numbers: FINE, nowMs: 7.000_001, generation: 0 };
      sameInAllWorlds(start, steps);
      sameInAllWorlds(start, [...steps, ['acquire', 1], ['lookAtRate', 1]]);
    });
  }
});
