import { describe, it } from 'node:test';
import fc from 'fast-check';
import { F_BREAKER, F_COUNTED, F_RAMP, F_WINDOW_CALLS, F_WINDOW_TIME } from '../../assembly/layout.ts';
import {
  beginning,
  breakerNumbers,
  calls,
  fence,
  life,
  real,
  some,
  step,
  thread,
  time,
  whole,
} from './arbitraries.ts';
import { histories } from './history.ts';

const steps = fc.oneof(
  ...time,
  ...calls,
  ...life(breakerNumbers),
  step(3, 'lookAtBreaker'),
  step(1, 'force', fc.oneof(some(-1, 0, 1_000, 1e15), real(-1, 2_000))),
  step(1, 'mode', some(0, 0, 1, 2)),
  step(1, 'isolate', thread, some(1, 1, -1), fence),
  step(1, 'restore', whole(0, 2), whole(0, 3), real(0, 5_000)),
  step(1, 'prepareOpenMs', some(0, 10, 1_000, 1e9)),
);

const kinds = { 'failures in a row': 0, 'a count window': F_WINDOW_CALLS, 'a time window': F_WINDOW_TIME };

describe('a breaker of the twin', () => {
  for (const [name, window] of Object.entries(kinds)) {
    it(`is that of the kernels, with ${name}`, () => {
      const plain = F_BREAKER | window;
      const start = beginning(some(plain, plain | F_RAMP, plain | F_COUNTED), [breakerNumbers]);
      histories(start, steps, { runs: 120, length: 120 });
    });
  }
});
