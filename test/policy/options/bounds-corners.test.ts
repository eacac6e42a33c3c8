// Bounds of options at the edge: those that meet, and those that follow from another option.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy } from '../../../src/index.ts';
import { read, refuses } from './refusal.ts';

it('an adaptive rate may be held at one rate', () => {
  const adaptive = { minPerSecond: 10, maxPerSecond: 10, targetMs: 5 };
  const { numbers } = read({ rateLimiter: { permitsPerSecond: 10, adaptive } });
  assert.deepEqual([numbers.minRate, numbers.ratePerSecond, numbers.maxRate], [10, 10, 10]);
});

it('an adaptive timeout may be held at one timeout, which is more than none', () => {
  const adaptive = { percentile: 0.9, multiplier: 2, minMs: 30, maxMs: 30 };
  const { numbers } = read({ timeout: { adaptive } });
  assert.deepEqual([numbers.timeoutMinMs, numbers.timeoutMaxMs], [30, 30]);
  refuses('.timeout.adaptive.maxMs', [
    [{ timeout: { adaptive: { ...adaptive, maxMs: 0 } } }, ': expected a duration above 0 ms, got 0'],
  ]);
});

it('a bucket for all keeps finer shares of a permit than buckets for each key, which have less room', () => {
  const smallest = (perKey?: { maxKeys: number }) => {
    const guarded = policy({ rateLimiter: { permitsPerSecond: 1_000_000, perKey } });
    return [1, 0.1, 0.01, 0.001].filter((permits) => {
      try {
        return guarded.tryAcquire({ permits, key: 'a' }).ok;
      } catch {
        return false;
      }
    });
  };
  assert.deepEqual(smallest(), [1, 0.1, 0.01]);
  assert.deepEqual(smallest({ maxKeys: 1 }), [1, 0.1]);
});
