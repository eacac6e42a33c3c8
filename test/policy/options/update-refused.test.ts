import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawBackoff, exponential } from '../../../src/policy/backoff.ts';
import { readPolicy } from '../../../src/policy/options/read-policy.ts';
import { updatedNumbers } from '../../../src/policy/options/update.ts';
import { inUse, refusesChange } from './in-use.ts';
import { read, refusal } from './refusal.ts';

describe('a change is refused', () => {
  it('but not for a backoff that is made of the same, whoever it draws from', () => {
    const backoff = () => exponential({ baseMs: 5 });
    const plan = read({ retry: { backoff: backoff() } });
    const functions = { ...plan.functions, backoff: drawBackoff(backoff(), () => 0) };
    const change = { retry: { backoff: backoff(), maxRetries: 7 } };
    const updated = updatedNumbers('policies.send', { ...plan, functions }, plan.numbers, change);
    assert.deepEqual(updated, { maxRetries: 7 });
  });

  it('where a new policy would be', () => {
    const options = { circuitBreaker: { window: { calls: 10 } }, rateLimiter: { permitsPerSecond: 10 } };
    refusesChange(options, undefined, ': expected an object with options, got undefined');
    refusesChange(options, { bulkheads: {} }, ': unknown option "bulkheads"; did you mean "bulkhead"?');
    refusesChange(
      options,
      { circuitBreaker: { minCalls: 11 } },
      '.circuitBreaker.minCalls: expected at most 10, the calls of the window, got 11',
    );
    refusesChange(
      options,
      { circuitBreaker: { failureRate: null } },
      '.circuitBreaker.failureRate: expected a number above 0 and at most 1, got null',
    );
    refusesChange(
      options,
      { circuitBreaker: { halfOpen: 5 } },
      '.circuitBreaker.halfOpen: expected an object with options, got 5',
    );
    refusesChange(
      options,
      { rateLimiter: { burst: 0.5 } },
      '.rateLimiter.burst: expected a whole number of at least 1, got 0.5',
    );
    refusesChange(
      options,
      { rateLimiter: JSON.parse('{ "__proto__": { "burst": 5 } }') },
      '.rateLimiter: unknown option "__proto__"; known are permitsPerSecond, burst, maxWaitMs, adaptive, perKey',
    );
  });

  it('where it cannot be read', () => {
    const hostile = {
      get maxConcurrent(): number {
        throw new Error('no');
      },
    };
    refusesChange(
      { bulkhead: { maxConcurrent: 5 } },
      { bulkhead: hostile },
      '.bulkhead.maxConcurrent: expected a readable value, got a throw of Error: no',
    );
  });

  it('by its own path, for a strategy that stands by itself', () => {
    const { numbers, ...plan } = readPolicy('', { rateLimiter: { permitsPerSecond: 5 } });
    const change = (options: object) => () =>
      updatedNumbers('', { numbers, ...plan }, numbers, { rateLimiter: options });
    assert.equal(
      refusal(change({ burst: 0 })),
      'rateLimiter.burst: expected a whole number of at least 1, got 0',
    );
    assert.equal(
      refusal(change({ maxWaitMs: 5 })),
      'rateLimiter.maxWaitMs: expected what the policy was made with, got 5',
    );
    assert.deepEqual(change({ burst: 2 })().burst, 2);
  });

  it('where it adds a strategy', () => {
    const made = 'expected what the policy was made with, got';
    refusesChange({}, { bulkhead: { maxConcurrent: 5 } }, `.bulkhead: ${made} an object with maxConcurrent`);
    refusesChange({}, { fallback: () => 1 }, `.fallback: ${made} the function fallback`);
    refusesChange({}, { isFailure: () => true }, `.isFailure: ${made} the function isFailure`);
    refusesChange(
      { bulkhead: { maxConcurrent: 5 } },
      { bulkhead: { adaptive: { algorithm: 'aimd' } } },
      `.bulkhead.adaptive: ${made} an object with algorithm`,
    );
    refusesChange({ retry: {} }, { retry: { budget: {} } }, `.retry.budget: ${made} an empty object`);
  });

  it('where it changes a window, or what a line is made of', () => {
    const made = 'expected what the policy was made with, got';
    const calls = { circuitBreaker: { window: { calls: 20 }, slowCall: { ms: 5, rate: 0.5 } } };
    const changes: [object, object, string][] = [
      [calls, { circuitBreaker: { window: { calls: 30 } } }, `.circuitBreaker.window.calls: ${made} 30`],
      [calls, { circuitBreaker: { failureRate: 0.5 } }, `.circuitBreaker.failureRate: ${made} 0.5`],
      [
        calls,
        { circuitBreaker: { halfOpen: { failureRate: 0.5 } } },
        `.circuitBreaker.halfOpen.failureRate: ${made} 0.5`,
      ],
      [calls, { circuitBreaker: { ramp: { ms: 5 } } }, `.circuitBreaker.ramp: ${made} an object with ms`],
      [
        { circuitBreaker: { window: { calls: 20 } } },
        { circuitBreaker: { slowCall: { ms: 5, rate: 0.5 } } },
        `.circuitBreaker.slowCall: ${made} an object with ms, rate`,
      ],
      [
        { circuitBreaker: { window: { ms: 20 } } },
        { circuitBreaker: { window: { ms: 30 } } },
        `.circuitBreaker.window.ms: ${made} 30`,
      ],
      [
        { circuitBreaker: { window: { ms: 20 } } },
        { circuitBreaker: { window: { buckets: 5 } } },
        `.circuitBreaker.window.buckets: ${made} 5`,
      ],
      [{ throttle: {} }, { throttle: { windowMs: 5 } }, `.throttle.windowMs: ${made} 5`],
      [
        { errorBudget: { objective: 0.9, windowMs: 1_000 } },
        { errorBudget: { windowMs: 2_000 } },
        `.errorBudget.windowMs: ${made} 2000`,
      ],
      [
        { hedge: { percentile: 0.9, windowMs: 1_000 } },
        { hedge: { windowMs: 2_000 } },
        `.hedge.windowMs: ${made} 2000`,
      ],
      [{ timeout: { attemptMs: 5 } }, { timeout: { totalMs: 50 } }, `.timeout.totalMs: ${made} 50`],
      [{ bulkhead: { maxConcurrent: 5 } }, { bulkhead: { maxQueue: 5 } }, `.bulkhead.maxQueue: ${made} 5`],
      [
        { rateLimiter: { permitsPerSecond: 5 } },
        { rateLimiter: { maxWaitMs: 5 } },
        `.rateLimiter.maxWaitMs: ${made} 5`,
      ],
      [
        { rateLimiter: { permitsPerSecond: 5, perKey: { maxKeys: 5 } } },
        { rateLimiter: { perKey: { maxKeys: 6 } } },
        `.rateLimiter.perKey.maxKeys: ${made} 6`,
      ],
      [{ retry: {} }, { retry: { onRejection: true } }, `.retry.onRejection: ${made} true`],
      [
        { chaos: { block: { rate: 0.1, ms: 5 } } },
        { chaos: { block: { ms: 6 } } },
        `.chaos.block.ms: ${made} 6`,
      ],
    ];
    for (const [options, change, message] of changes) refusesChange(options, change, message);
  });

  it('where it changes a function', () => {
    const made = 'expected what the policy was made with, got';
    const own = () => 5;
    const breaker = { consecutiveFailures: 5 };
    const changes: [object, object, string][] = [
      [{ isIgnored: own }, { isIgnored: () => true }, `.isIgnored: ${made} the function isIgnored`],
      [{ retry: {} }, { retry: { backoff: own } }, `.retry.backoff: ${made} the function own`],
      [
        { retry: { backoff: exponential({ baseMs: 5 }) } },
        { retry: { backoff: exponential({ baseMs: 6 }) } },
        `.retry.backoff: ${made} the function exponential`,
      ],
      [
        { circuitBreaker: { ...breaker, openMs: own } },
        { circuitBreaker: { openMs: 5 } },
        `.circuitBreaker.openMs: ${made} 5`,
      ],
      [
        { circuitBreaker: breaker },
        { circuitBreaker: { openMs: own } },
        `.circuitBreaker.openMs: ${made} the function own`,
      ],
      [{ timeout: { attemptMs: own } }, { timeout: { attemptMs: 5 } }, `.timeout.attemptMs: ${made} 5`],
      [
        { timeout: { attemptMs: 5 } },
        { timeout: { attemptMs: own } },
        `.timeout.attemptMs: ${made} the function own`,
      ],
      [
        { chaos: { result: { rate: 0, value: 'a' } } },
        { chaos: { result: { value: 'b' } } },
        `.chaos.result.value: ${made} "b"`,
      ],
    ];
    for (const [options, change, message] of changes) refusesChange(options, change, message);
  });

  it('but not for what it says again', () => {
    const backoff = exponential({ baseMs: 5 });
    const openMs = () => 7;
    const options = {
      isFailure: openMs,
      circuitBreaker: { window: { calls: 50 }, openMs },
      retry: { maxRetries: 3, backoff },
      hedge: { delayMs: { percentile: 0.9, windowMs: 1_000 } },
      chaos: { result: { rate: 0, value: openMs } },
    };
    const policy = inUse(options);
    // What a backoff has prepared is in force beside the options.
    policy.numbers = { ...policy.numbers, openMs: 7 };
    assert.deepEqual(policy.change(options), {});
    assert.deepEqual(policy.change({ ...options, retry: { maxRetries: 5 } }), { maxRetries: 5 });
    assert.equal(policy.numbers.openMs, 7);
  });
});
