import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { exponential } from '../../../src/policy/backoff.ts';
import type { PolicyOptions } from '../../../src/policy/options/policy-options.ts';
import { POLICY_OPTIONS, readPolicy } from '../../../src/policy/options/read-policy.ts';
import { anyPolicy, anythingLikePolicy } from './arbitrary.ts';
import { read, refusal } from './refusal.ts';

const payments: PolicyOptions = {
  circuitBreaker: { consecutiveFailures: 5, openMs: 30_000 },
  timeout: { attemptMs: 2_000 },
};

const send: PolicyOptions = {
  rateLimiter: {
    permitsPerSecond: 1_000,
    burst: 100,
    adaptive: { minPerSecond: 100, maxPerSecond: 10_000, targetMs: 100 },
  },
  bulkhead: { maxConcurrent: 100, maxQueue: 200, maxWaitMs: 5_000 },
  circuitBreaker: { consecutiveFailures: 5, openMs: 60_000, halfOpen: { permits: 3 } },
  timeout: { attemptMs: 30_000 },
  retry: {
    maxRetries: 3,
    backoff: exponential({ baseMs: 100, maxMs: 5_000, factor: 2, jitter: 'full' }),
  },
  errorBudget: { objective: 0.999, windowMs: 3_600_000 },
  latencyBudget: { percentile: 0.95, targetMs: 100 },
};

describe('options of a policy', () => {
  it('are those of its strategies', () => {
    const plan = read(send);
    assert.deepEqual(Object.keys(plan.shape).sort(), Object.keys(send).sort());
    assert.deepEqual(plan.inline, []);
    const { numbers } = plan;
    assert.deepEqual(
      [numbers.burst, numbers.maxQueue, numbers.consecutive, numbers.openMs, numbers.trials],
      [100, 200, 5, 60_000, 3],
    );
    const { backoffBaseMs, backoffMaxMs, budgetMs, latencyTargetMs } = numbers;
    assert.deepEqual([backoffBaseMs, backoffMaxMs, budgetMs, latencyTargetMs], [100, 5_000, 3_600_000, 100]);
    assert.deepEqual(Object.keys(readPolicy('policy', payments).shape), ['circuitBreaker', 'timeout']);
  });

  it('may be none', () => {
    const { shape, functions, inline, data, numbers } = read({});
    assert.deepEqual(shape, {});
    assert.deepEqual([inline, data], [[], {}]);
    assert.ok(Object.values(functions).every((value) => value === undefined));
    assert.ok(Object.values(numbers).every((value) => typeof value === 'number' && !Number.isNaN(value)));
  });

  it('are an object, and none but those there are', () => {
    for (const none of [undefined, null, 5, 'x', [], () => {}, new Map()]) {
      assert.match(
        refusal(() => read(none)),
        /^policies\.send: expected an object with options, got /,
      );
    }
    assert.equal(
      refusal(() => readPolicy('policy', { circuitbreaker: {} })),
      'policy: unknown option "circuitbreaker"; did you mean "circuitBreaker"?',
    );
    for (const name of POLICY_OPTIONS) {
      assert.match(
        refusal(() => read({ [name]: 5 })),
        new RegExp(`^policies\\.send\\.${name}: expected (an object with options|a function), got 5$`),
      );
    }
  });

  it('are not there when they are undefined', () => {
    const undefineds = Object.fromEntries(POLICY_OPTIONS.map((name) => [name, undefined]));
    assert.deepEqual(read(undefineds), read({}));
  });

  it('that throw when they are read are refused', () => {
    const hostile = {
      get retry(): object {
        throw new Error('no');
      },
    };
    assert.equal(
      refusal(() => read(hostile)),
      'policies.send.retry: expected a readable value, got a throw of Error: no',
    );
  });

  it('are a plan or refused, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), anythingLikePolicy), (options) => {
        try {
          read(options);
        } catch {
          refusal(() => read(options));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are the same plan in another thread', () => {
    fc.assert(
      fc.property(anyPolicy, (options) => {
        const plan = read(options);
        assert.deepEqual(plan.inline, []);
        const sent = read(structuredClone(plan.data));
        assert.deepEqual([sent.shape, sent.numbers, sent.data], [plan.shape, plan.numbers, plan.data]);
      }),
    );
  });

  it('give numbers that are numbers, for every policy there may be', () => {
    fc.assert(
      fc.property(anyPolicy, (options) => {
        for (const [name, value] of Object.entries(read(options).numbers)) {
          assert.ok(typeof value === 'number' && !Number.isNaN(value), `${name}: ${value}`);
        }
      }),
    );
  });
});
