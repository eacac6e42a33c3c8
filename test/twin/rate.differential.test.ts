import { describe, it } from 'node:test';
import fc from 'fast-check';
import { F_RATE, F_SHARED_KEYS } from '../../assembly/layout.ts';
import { beginning, bucketNumbers, life, NEVER, permits, real, some, step, time } from './arbitraries.ts';
import { histories } from './history.ts';

const debts = fc.record({ maxDebtMs: some(0, 100, 60_000, NEVER) });

describe('a token bucket of the twin', () => {
  it('is that of the kernels, whatever happens to it', () => {
    const steps = fc.oneof(
      ...time,
      ...life(bucketNumbers(false)),
      step(8, 'acquire', permits),
      step(4, 'reserve', fc.oneof(permits, real(1, 1e6))),
      step(2, 'refund', permits),
      step(3, 'lookAtRate', permits),
      step(1, 'setTokens', fc.oneof(real(-100, 100), some(0, 0.5, 1.5, -1e6, 1e30))),
    );
    const start = beginning(some(F_RATE, F_RATE | F_SHARED_KEYS), [bucketNumbers(false), debts]);
    histories(start, steps, { runs: 200, length: 60 });
  });
});
