import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  F_AIMD,
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_BULKHEAD,
  F_BURN_ONLY,
  F_KEYED,
  F_LATENCY,
  F_LINE,
  F_RAMP,
  F_RATE,
  F_SHARED_KEYS,
  F_THROTTLE,
  F_VEGAS,
  F_VIEW_BUDGET,
  F_VIEW_HEDGE,
  F_VIEW_TIMEOUT,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
} from '../../assembly/layout.ts';
import {
  anyOf,
  beginning,
  breakerNumbers,
  bucketNumbers,
  bulkheadNumbers,
  calls,
  fence,
  life,
  permits,
  real,
  some,
  step,
  thread,
  time,
  whole,
  windowNumbers,
} from './arbitraries.ts';
import { histories } from './history.ts';

const features = anyOf(
  F_BREAKER,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
  F_RAMP,
  F_THROTTLE,
  F_RATE,
  F_KEYED,
  F_SHARED_KEYS,
  F_BULKHEAD,
  F_LINE,
  F_AIMD,
  F_VEGAS,
  F_BUDGET,
  F_BURN_ONLY,
  F_LATENCY,
  F_ATTEMPTS,
  F_VIEW_BUDGET,
  F_VIEW_TIMEOUT,
  F_VIEW_HEDGE,
);
const numbers = [breakerNumbers, bulkheadNumbers, windowNumbers, bucketNumbers(true)];

describe('a policy of the twin', () => {
  it('is that of the kernels, whatever is configured and whatever happens', () => {
    const change = fc.tuple(...numbers).map((parts) => Object.assign({}, ...parts));
    const steps = fc.oneof(
      ...time,
      ...calls,
      ...life(change),
      step(3, 'useKey', thread, whole(0, 9).map(String), some(1)),
      step(1, 'joinLine', thread, fence),
      step(1, 'leaveLine', thread, fence, some(1), some(0, 1)),
      step(1, 'force', some(-1, 1_000)),
      step(1, 'mode', some(0, 1, 2)),
      step(1, 'isolate', thread, some(1, -1), fence),
      step(1, 'lookAtBreaker'),
      step(1, 'lookAtLine', whole(0, 9)),
      step(1, 'lookAtKeys', thread, permits),
      step(1, 'lookAtCounts', some(60_000)),
      step(1, 'lookAtLatency', whole(0, 2), some(0.95), real(0, 500)),
    );
    histories(beginning(features, numbers, some(1, 4, 16)), steps, { runs: 200, length: 150 });
  });
});
