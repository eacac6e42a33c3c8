import { describe, it } from 'node:test';
import fc from 'fast-check';
import { F_KEYED, F_RATE, F_SHARED_KEYS } from '../../assembly/layout.ts';
import { beginning, bucketNumbers, life, permits, some, step, thread, time, whole } from './arbitraries.ts';
import { histories } from './history.ts';
import { MOST_KEY_CELLS } from './world.ts';

const key = fc.oneof(
  { weight: 6, arbitrary: whole(0, 30).map((n) => `user-${n}`) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
);

describe('keyed buckets of the twin', () => {
  it('are those of the kernels, in a table so small that keys meet, take over and find no room', () => {
    const steps = fc.oneof(
      ...time,
      ...life(bucketNumbers(true)),
      step(9, 'useKey', thread, key, some(6, 7, 8, 8, 8)),
      step(9, 'keyedAcquire', thread, permits),
      step(1, 'keyedRefund', thread, permits),
      step(3, 'lookAtKeys', thread, permits),
      step(1, 'keyedCarry', whole(0, 4), whole(0, MOST_KEY_CELLS)),
    );
    const features = some(F_RATE | F_KEYED, F_RATE | F_KEYED | F_SHARED_KEYS);
    const start = beginning(features, [bucketNumbers(true)], some(1, 2, 4, 8, MOST_KEY_CELLS));
    histories(start, steps, { runs: 200, length: 80 });
  });
});
