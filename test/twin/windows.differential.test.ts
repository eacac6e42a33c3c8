import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  F_ATTEMPTS,
  F_BUDGET,
  F_BURN_ONLY,
  F_LATENCY,
  F_THROTTLE,
  F_VIEW_BUDGET,
  F_VIEW_HEDGE,
  F_VIEW_TIMEOUT,
} from '../../assembly/layout.ts';
import {
  anyOf,
  beginning,
  calls,
  draw,
  duration,
  life,
  real,
  some,
  step,
  time,
  whole,
  windowNumbers,
} from './arbitraries.ts';
import { histories } from './history.ts';

const windowMs = fc.oneof(some(0, 10_000, 300_000, 21_600_000, 1e12, -5), real(0, 1e8));

describe('windows of the twin', () => {
  it('count what those of the kernels count: budgets, throttle, retries', () => {
    const steps = fc.oneof(
      ...time,
      ...calls,
      ...life(windowNumbers),
      step(3, 'lookAtCounts', windowMs),
      step(1, 'addToBudget', fc.oneof(whole(0, 100), real(0, 1e12)), fc.oneof(whole(0, 100), real(0, 1e12))),
      step(3, 'deposit'),
      step(3, 'withdraw'),
      step(1, 'count', fc.oneof(whole(-5, 5), whole(0, 2 ** 31 - 1), real(-1e15, 1e15))),
    );
    const start = beginning(anyOf(F_BUDGET, F_BURN_ONLY, F_THROTTLE), [windowNumbers]);
    histories(start, steps, { runs: 120, length: 120 });
  });

  it('hold the latencies that those of the kernels hold', () => {
    const steps = fc.oneof(
      ...time,
      ...calls,
      step(8, 'record', duration, some(0, 0, 1, 2)),
      step(4, 'lookAtLatency', whole(0, 3), fc.oneof(draw, some(0, 0.5, 0.95, 1)), duration),
    );
    const features = anyOf(F_LATENCY, F_ATTEMPTS, F_VIEW_BUDGET, F_VIEW_TIMEOUT, F_VIEW_HEDGE);
    histories(beginning(features, [windowNumbers]), steps, { runs: 120, length: 100 });
  });
});
