import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PolicyUpdate } from '../../../src/policy/options/policy-options.ts';
import { inUse } from './in-use.ts';
import { read, refusal } from './refusal.ts';

describe('a change of numbers', () => {
  it('gives those that it names', () => {
    const policy = inUse({
      circuitBreaker: { consecutiveFailures: 5 },
      timeout: { attemptMs: 100, totalMs: 500 },
    });
    assert.deepEqual(
      policy.change({ circuitBreaker: { consecutiveFailures: 3, halfOpen: { permits: 5 } } }),
      {
        consecutive: 3,
        trials: 5,
      },
    );
    assert.deepEqual(policy.change({ timeout: { totalMs: 0 } }), { totalMs: Infinity });
    assert.deepEqual(policy.change({ timeout: { totalMs: 50, attemptMs: undefined } }), { totalMs: 50 });
  });

  it('gives nothing where nothing changes', () => {
    const policy = inUse({ bulkhead: { maxConcurrent: 5, maxQueue: 3 } });
    assert.deepEqual(policy.change({}), {});
    assert.deepEqual(policy.change({ bulkhead: {} }), {});
    assert.deepEqual(policy.change({ bulkhead: { maxConcurrent: 5 }, retry: undefined }), {});
  });

  it('keeps what another thread has changed', () => {
    const policy = inUse({ bulkhead: { maxConcurrent: 5, maxQueue: 3 }, throttle: {} });
    policy.numbers = { ...policy.numbers, maxQueue: 9, throttleK: 3 };
    assert.deepEqual(policy.change({ bulkhead: { maxConcurrent: 6 } }), { maxConcurrent: 6 });
    assert.deepEqual(policy.change({ throttle: { maxRejection: 0.5 } }), { throttleMax: 0.5 });
    assert.deepEqual([policy.numbers.maxQueue, policy.numbers.throttleK], [9, 3]);
  });

  it('reaches every number that there is an option for', () => {
    const policy = inUse({
      circuitBreaker: {
        window: { ms: 1_000 },
        failureRate: 0.5,
        slowCall: { ms: 5, rate: 0.5 },
        halfOpen: { failureRate: 0.5 },
        ramp: { ms: 5 },
      },
      throttle: {},
      bulkhead: { maxConcurrent: 5, maxQueue: 5, adaptive: { algorithm: 'aimd' } },
      timeout: { attemptMs: 5, totalMs: 5, adaptive: { percentile: 0.5, multiplier: 1, minMs: 1, maxMs: 5 } },
      retry: { budget: {} },
      hedge: { percentile: 0.5, windowMs: 100 },
      errorBudget: { objective: 0.5, windowMs: 1_000 },
      latencyBudget: { percentile: 0.5, targetMs: 5 },
      shed: {},
      chaos: { latency: { rate: 0, minMs: 0, maxMs: 5 }, block: { rate: 0, ms: 5 } },
    });
    const change: PolicyUpdate = {
      circuitBreaker: {
        failureRate: 0.6,
        minCalls: 7,
        slowCall: { ms: 6, rate: 0.6 },
        openMs: 7,
        halfOpen: { permits: 7, failureRate: 0.6, maxWaitMs: 7 },
        ramp: { ms: 7 },
      },
      throttle: { k: 7, maxRejection: 0.6 },
      bulkhead: { maxConcurrent: 7, maxQueue: 7, maxWaitMs: 7, adaptive: { minLimit: 2, maxLimit: 8 } },
      timeout: {
        attemptMs: 7,
        totalMs: 7,
        adaptive: { percentile: 0.6, multiplier: 7, minMs: 2, maxMs: 7 },
      },
      retry: { maxRetries: 7, maxElapsedMs: 7, budget: { ratio: 0.6, minPerSecond: 7 } },
      hedge: { delayMs: { percentile: 0.6 }, maxHedges: 7 },
      errorBudget: { objective: 0.6, minCalls: 7 },
      latencyBudget: { percentile: 0.6, targetMs: 7, minCalls: 7 },
      shed: { degraded: 5 },
      chaos: { latency: { rate: 0.6, minMs: 1, maxMs: 7 }, block: { rate: 0.6 } },
    };
    assert.deepEqual(policy.change(change), {
      failureRate: 0.6,
      minCalls: 7,
      slowMs: 6,
      slowRate: 0.6,
      openMs: 7,
      trials: 7,
      trialRate: 0.6,
      trialWaitMs: 7,
      rampMs: 7,
      throttleK: 7,
      throttleMax: 0.6,
      maxConcurrent: 7,
      maxQueue: 7,
      queueMaxWaitMs: 7,
      minLimit: 2,
      maxLimit: 8,
      attemptMs: 7,
      totalMs: 7,
      timeoutPercentile: 0.6,
      timeoutMultiplier: 7,
      timeoutMinMs: 2,
      timeoutMaxMs: 7,
      maxRetries: 7,
      maxElapsedMs: 7,
      retryRatio: 0.6,
      retryFloor: 7,
      hedgePercentile: 0.6,
      maxHedges: 7,
      objective: 0.6,
      budgetCalls: 7,
      latencyPercentile: 0.6,
      latencyTargetMs: 7,
      latencyMinCalls: 7,
      shedDegraded: 5,
      shedSeverely: 5,
      chaosLatencyRate: 0.6,
      chaosLatencyMinMs: 1,
      chaosLatencyMaxMs: 7,
      chaosBlockRate: 0.6,
    });
  });
});

describe('a change of the rate', () => {
  it('brings the bucket’s units with it and keeps a burst that was given', () => {
    const policy = inUse({ rateLimiter: { permitsPerSecond: 10, burst: 7, maxWaitMs: 50 } });
    const { units, unitsPerMs } = read({ rateLimiter: { permitsPerSecond: 5, burst: 7 } }).numbers;
    assert.equal(units, policy.numbers.units, 'the same scale serves both');
    assert.deepEqual(policy.change({ rateLimiter: { permitsPerSecond: 5 } }), {
      ratePerSecond: 5,
      unitsPerMs,
    });
    assert.deepEqual(policy.change({ rateLimiter: { burst: 9 } }), { burst: 9, burstUnits: 9 * units });
    assert.deepEqual(policy.change({ rateLimiter: { maxWaitMs: 70 } }), { rateMaxWaitMs: 70, maxDebtMs: 70 });
  });

  it('takes a burst along that was never given', () => {
    const policy = inUse({ rateLimiter: { permitsPerSecond: 10 } });
    assert.equal(policy.change({ rateLimiter: { permitsPerSecond: 100 } }).burst, 100);
    assert.equal(policy.change({ rateLimiter: { permitsPerSecond: 5.5 } }).burst, 6);
    policy.change({ rateLimiter: { burst: 50 } });
    assert.equal(policy.change({ rateLimiter: { permitsPerSecond: 7 } }).burst, undefined);
    assert.equal(policy.numbers.burst, 50);
  });

  it('chooses another scale where the one in force does not serve', () => {
    const policy = inUse({ rateLimiter: { permitsPerSecond: 1 } });
    policy.change({ rateLimiter: { permitsPerSecond: 10_000_000 } });
    const fast = read({ rateLimiter: { permitsPerSecond: 10_000_000 } }).numbers;
    assert.deepEqual(policy.numbers, fast);
    assert.ok(fast.units < policy.plan.numbers.units);
  });

  it('leaves a rate that adapts where it is, within its bounds', () => {
    const adaptive = { minPerSecond: 10, maxPerSecond: 1_000, targetMs: 5 };
    const policy = inUse({ rateLimiter: { permitsPerSecond: 100, adaptive } });
    const drifted = (rate: number) => {
      policy.numbers = {
        ...policy.numbers,
        ratePerSecond: rate,
        unitsPerMs: (rate * policy.numbers.units) / 1_000,
      };
    };
    drifted(20.5);
    assert.deepEqual(policy.change({ rateLimiter: { adaptive: { targetMs: 7 } } }), { rateTargetMs: 7 });
    const raised = policy.change({ rateLimiter: { adaptive: { minPerSecond: 40 } } });
    assert.deepEqual([raised.minRate, raised.ratePerSecond, raised.burst], [40, 40, undefined]);
    drifted(900);
    const lowered = policy.change({ rateLimiter: { adaptive: { maxPerSecond: 500 } } });
    assert.deepEqual([lowered.maxRate, lowered.ratePerSecond], [500, 500]);
    const named = policy.change({ rateLimiter: { permitsPerSecond: 60 } });
    assert.deepEqual([named.ratePerSecond, named.burst], [60, undefined]);
    assert.match(
      refusal(() => policy.change({ rateLimiter: { permitsPerSecond: 600 } })),
      /^policies\.send\.rateLimiter\.permitsPerSecond: expected a rate from 40 to 500/,
    );
  });
});

describe('a change of the line', () => {
  it('may shut it, and open it again', () => {
    const policy = inUse({
      rateLimiter: { permitsPerSecond: 10, maxWaitMs: 50 },
      bulkhead: { maxConcurrent: 5, maxQueue: 3 },
    });
    assert.deepEqual(policy.change({ bulkhead: { maxQueue: 0 } }), { maxQueue: 0 });
    assert.deepEqual(policy.change({ bulkhead: { maxQueue: 4 } }), { maxQueue: 4 });
    assert.equal(policy.change({ rateLimiter: { maxWaitMs: 0 } }).rateMaxWaitMs, 0);
    assert.equal(policy.change({ rateLimiter: { maxWaitMs: 5 } }).rateMaxWaitMs, 5);
  });

  it('leaves one that nobody bounds without bounds', () => {
    const policy = inUse({
      rateLimiter: { permitsPerSecond: 10, maxWaitMs: 50 },
      bulkhead: { maxConcurrent: 5 },
    });
    policy.change({ rateLimiter: { maxWaitMs: 0 } });
    policy.change({ bulkhead: { maxConcurrent: 6 } });
    policy.change({ rateLimiter: { maxWaitMs: 5 } });
    assert.deepEqual([policy.numbers.maxQueue, policy.numbers.maxConcurrent], [Infinity, 6]);
  });

  it('takes the upper bound of an adaptive limit along that was never given', () => {
    const policy = inUse({ bulkhead: { maxConcurrent: 5, adaptive: { algorithm: 'vegas' } } });
    assert.deepEqual(policy.change({ bulkhead: { maxConcurrent: 6 } }), { maxConcurrent: 6, maxLimit: 60 });
    assert.deepEqual(policy.change({ bulkhead: { maxConcurrent: 7 } }), { maxConcurrent: 7, maxLimit: 70 });
    policy.change({ bulkhead: { adaptive: { maxLimit: 9 } } });
    assert.deepEqual(policy.change({ bulkhead: { maxConcurrent: 8 } }), { maxConcurrent: 8 });
  });
});
