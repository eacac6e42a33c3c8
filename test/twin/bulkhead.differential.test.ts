import { describe, it } from 'node:test';
import fc from 'fast-check';
import { F_BULKHEAD, F_LINE, F_RATE } from '../../assembly/layout.ts';
import {
  beginning,
  bucketNumbers,
  bulkheadNumbers,
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

describe('a bulkhead of the twin', () => {
  it('is that of the kernels, with its line, its ledger and threads that die', () => {
    const steps = fc.oneof(
      ...time,
      ...calls,
      ...life(bulkheadNumbers),
      step(3, 'enter', thread, fence),
      step(3, 'leave', thread, fence),
      step(4, 'joinLine', thread, fence),
      step(3, 'leaveLine', thread, fence, whole(0, 2), whole(0, 1)),
      step(2, 'head', thread, fc.oneof(whole(0, 9), some(2 ** 40)), real(0, 20)),
      step(1, 'isolate', thread, some(1, -1), fence),
      step(3, 'lookAtLine', fc.oneof(whole(1, 9), some(2 ** 41))),
    );
    const features = some(F_BULKHEAD, F_BULKHEAD | F_LINE, F_BULKHEAD | F_LINE | F_RATE);
    const start = beginning(features, [bulkheadNumbers, bucketNumbers(false)]);
    histories(start, steps, { runs: 150, length: 120 });
  });
});
