import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as layout from '../../../assembly/layout.ts';
import { slotShapeOf } from '../../../src/policy/options/slot-shape.ts';
import { anyPolicy } from './arbitrary.ts';
import { read } from './refusal.ts';

const FLAGS = Object.entries(layout).filter(([name]) => name.startsWith('F_'));

const shapeOf = (options: unknown, counted = false) => slotShapeOf(read(options), undefined, counted);

/** Names of the features that a policy's slot has. */
function features(options: unknown, counted = false): string[] {
  const bits = shapeOf(options, counted).features;
  return FLAGS.filter(([, flag]) => (bits & flag) !== 0)
    .map(([name]) => name)
    .sort();
}

describe('the slot of a policy', () => {
  it('has what is configured and nothing else', () => {
    assert.deepEqual(features({}), []);
    assert.deepEqual(features({ timeout: { attemptMs: 5 }, retry: {}, shed: {}, hedge: { delayMs: 5 } }), []);
    assert.deepEqual(features({ circuitBreaker: { consecutiveFailures: 5 } }), ['F_BREAKER']);
    assert.deepEqual(features({ throttle: {} }), ['F_THROTTLE']);
    assert.deepEqual(features({ rateLimiter: { permitsPerSecond: 5 } }), ['F_RATE']);
    assert.deepEqual(features({ bulkhead: { maxConcurrent: 5 } }), ['F_BULKHEAD']);
  });

  it('has the breaker’s window, and its ramp', () => {
    const window = { circuitBreaker: { window: { ms: 5_000, buckets: 8 }, ramp: { ms: 5 } } };
    assert.deepEqual(features(window), ['F_BREAKER', 'F_RAMP', 'F_WINDOW_TIME']);
    const { windowBuckets, bucketMs, windowCalls } = shapeOf(window);
    assert.deepEqual([windowBuckets, bucketMs, windowCalls], [8, 625, 0]);
    const calls = { circuitBreaker: { window: { calls: 4_096 } } };
    assert.deepEqual(features(calls), ['F_BREAKER', 'F_WINDOW_CALLS']);
    assert.equal(shapeOf(calls).windowCalls, 4_096);
  });

  it('has buckets by key, with one to share or without', () => {
    const keyed = (perKey: object) => ({ rateLimiter: { permitsPerSecond: 5, perKey } });
    assert.deepEqual(features(keyed({ maxKeys: 5 })), ['F_KEYED', 'F_RATE', 'F_SHARED_KEYS']);
    assert.deepEqual(features(keyed({ maxKeys: 5, onFull: 'refuse' })), ['F_KEYED', 'F_RATE']);
    const keys = { first: 8, count: 16 };
    assert.equal(slotShapeOf(read(keyed({ maxKeys: 5 })), keys, false).keys, keys);
  });

  it('has a line where anybody may wait', () => {
    assert.ok(features({ rateLimiter: { permitsPerSecond: 5, maxWaitMs: 1 } }).includes('F_LINE'));
    assert.ok(features({ bulkhead: { maxConcurrent: 5, maxQueue: 1 } }).includes('F_LINE'));
    assert.ok(!features({ bulkhead: { maxConcurrent: 5, maxQueue: 0, maxWaitMs: 5 } }).includes('F_LINE'));
  });

  it('has the limit’s algorithm', () => {
    for (const [algorithm, flag] of [
      ['aimd', 'F_AIMD'],
      ['gradient2', 'F_GRADIENT'],
      ['vegas', 'F_VEGAS'],
    ]) {
      const bulkhead = { maxConcurrent: 5, adaptive: { algorithm } };
      assert.deepEqual(features({ bulkhead }), [flag, 'F_BULKHEAD'].sort());
    }
  });

  it('keeps latencies for whoever looks at them', () => {
    const adaptive = { minPerSecond: 1, maxPerSecond: 10, targetMs: 5, intervalMs: 250 };
    const views = [
      [{ latencyBudget: { percentile: 0.5, targetMs: 5, windowMs: 800 } }, ['F_LATENCY', 'F_VIEW_BUDGET']],
      [
        { timeout: { adaptive: { percentile: 0.5, multiplier: 1, minMs: 1, maxMs: 5, windowMs: 900 } } },
        ['F_ATTEMPTS', 'F_VIEW_TIMEOUT'],
      ],
      [{ hedge: { percentile: 0.5, windowMs: 1_000 } }, ['F_ATTEMPTS', 'F_VIEW_HEDGE']],
      [{ rateLimiter: { permitsPerSecond: 5, adaptive } }, ['F_ATTEMPTS', 'F_RATE', 'F_VIEW_RATE']],
    ] as const;
    const widths = [800, 900, 1_000, 250];
    for (const [view, [options, expected]] of views.entries()) {
      assert.deepEqual(features(options), expected);
      const viewMs = [0, 0, 0, 0];
      viewMs[view] = widths[view];
      assert.deepEqual(shapeOf(options).viewMs, viewMs);
    }
  });

  it('has an error budget, by the burn ring where that is fine and long enough', () => {
    const budget = (windowMs: number) => ({ errorBudget: { objective: 0.9, windowMs } });
    for (const windowMs of [600_000, 3_600_000, 21_600_000]) {
      assert.deepEqual(features(budget(windowMs)), ['F_BUDGET', 'F_BURN_ONLY'], `${windowMs}`);
    }
    for (const windowMs of [1_000, 590_000, 605_000, 21_610_000]) {
      assert.deepEqual(features(budget(windowMs)), ['F_BUDGET'], `${windowMs}`);
    }
    assert.equal(shapeOf(budget(30_000)).budgetBucketMs, 500);
    assert.equal(shapeOf({ throttle: { windowMs: 120_000 } }).throttleBucketMs, 5_000);
  });

  it('counts for metrics where there are any', () => {
    assert.deepEqual(features({}, true), ['F_COUNTED', 'F_LATENCY']);
    assert.deepEqual(features({ bulkhead: { maxConcurrent: 5 } }, true), [
      'F_BULKHEAD',
      'F_COUNTED',
      'F_LATENCY',
    ]);
  });

  it('is a slot that can be made, for every policy', () => {
    fc.assert(
      fc.property(anyPolicy, fc.boolean(), (options, counted) => {
        const { features, keys, viewMs, ...numbers } = shapeOf(options, counted);
        assert.ok(Number.isInteger(features) && features >= 0);
        assert.equal(keys, undefined);
        for (const value of [...viewMs, ...Object.values(numbers)]) assert.ok(value >= 0 && value < Infinity);
      }),
    );
  });
});
