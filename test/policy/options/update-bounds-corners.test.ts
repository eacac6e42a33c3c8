// A change of what is not there, and of the bounds of a rate that adapts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inUse, refusesChange } from './in-use.ts';

const ADAPTIVE = {
  rateLimiter: { permitsPerSecond: 50, adaptive: { minPerSecond: 10, maxPerSecond: 100, targetMs: 5 } },
};
const bounds = (adaptive: object) => ({ rateLimiter: { adaptive } });

describe('a change of what a policy does not have', () => {
  it('is refused as such, though it would not do for a new policy either', () => {
    refusesChange(
      {},
      { rateLimiter: { burst: 5 } },
      '.rateLimiter: expected what the policy was made with, got an object with burst',
    );
    refusesChange(
      { rateLimiter: { permitsPerSecond: 5 } },
      { bulkhead: { maxQueue: 5 } },
      '.bulkhead: expected what the policy was made with, got an object with maxQueue',
    );
  });

  it('is none where the functions that judge are the same', () => {
    const judge = { isFailure: () => true, isIgnored: () => false };
    const { change } = inUse({ ...judge, retry: {} });
    assert.deepEqual(change({ ...judge, retry: { maxRetries: 7 } }), { maxRetries: 7 });
  });
});

describe('bounds of a rate that adapts', () => {
  it('may be one rate, which it is then', () => {
    const { ratePerSecond, minRate, maxRate } = inUse(ADAPTIVE).change(
      bounds({ minPerSecond: 20, maxPerSecond: 20 }),
    );
    assert.deepEqual([ratePerSecond, minRate, maxRate], [20, 20, 20]);
  });

  it('are named where they are no rates, and not the rate itself', () => {
    for (const [bound, value, got] of [
      ['minPerSecond', Number.NaN, 'NaN'],
      ['maxPerSecond', Number.NaN, 'NaN'],
      ['minPerSecond', 5n, '5n'],
      ['maxPerSecond', 500n, '500n'],
    ]) {
      refusesChange(
        ADAPTIVE,
        bounds({ [bound as string]: value }),
        `.rateLimiter.adaptive.${bound}: expected a number from 3.858e-7 to 10000000, got ${got}`,
      );
    }
  });

  it('are left alone by a change of something else, with what has become of the rate between them', () => {
    const policy = inUse({ ...ADAPTIVE, bulkhead: { maxConcurrent: 5 } });
    policy.numbers = { ...policy.numbers, ratePerSecond: 12.5, unitsPerMs: 0.3 };
    assert.deepEqual(policy.change({ bulkhead: { maxConcurrent: 7 } }), { maxConcurrent: 7 });
  });
});
