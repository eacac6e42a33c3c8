import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backoffData, exponential, fromList, linear } from '../../../src/policy/backoff.ts';
import { read, refuses } from './refusal.ts';

const refusesAt = (name: string, cases: readonly (readonly [object, string])[]) =>
  refuses(
    `.${name}`,
    cases.map(([options, message]) => [{ [name]: options }, message] as const),
  );

describe('options of a timeout', () => {
  it('are numbers', () => {
    const { shape, numbers, functions } = read({ timeout: { attemptMs: 2_000, totalMs: 5_000 } });
    assert.deepEqual(shape.timeout, { attempt: true, total: true });
    assert.deepEqual([numbers.attemptMs, numbers.totalMs], [2_000, 5_000]);
    assert.deepEqual(functions.attemptMs ?? functions.totalMs, undefined);
    const one = read({ timeout: { totalMs: 5 } });
    assert.deepEqual(one.shape.timeout, { attempt: false, total: true });
    assert.equal(one.numbers.attemptMs, Infinity);
  });

  it('are none when they are 0 or Infinity', () => {
    const { numbers } = read({ timeout: { attemptMs: 0, totalMs: Infinity } });
    assert.deepEqual([numbers.attemptMs, numbers.totalMs], [Infinity, Infinity]);
  });

  it('may be functions of the call', () => {
    const attemptMs = () => 5;
    const totalMs = () => 50;
    const { shape, functions, inline, data } = read({ timeout: { attemptMs, totalMs } });
    assert.deepEqual(shape.timeout, { attempt: true, total: true });
    assert.deepEqual([functions.attemptMs, functions.totalMs], [attemptMs, totalMs]);
    assert.deepEqual(inline, ['timeout.attemptMs', 'timeout.totalMs']);
    assert.deepEqual(data, { timeout: {} });
  });

  it('may adapt, with a number as their bound', () => {
    const adaptive = { percentile: 0.99, multiplier: 2, minMs: 10, maxMs: 1_000 };
    const { shape, numbers } = read({ timeout: { adaptive } });
    assert.deepEqual(shape.timeout, { attempt: false, total: false, adaptive: { windowMs: 60_000 } });
    const { timeoutPercentile, timeoutMultiplier, timeoutMinMs, timeoutMaxMs } = numbers;
    assert.deepEqual(
      [timeoutPercentile, timeoutMultiplier, timeoutMinMs, timeoutMaxMs],
      [0.99, 2, 10, 1_000],
    );
    const bounded = read({ timeout: { attemptMs: 500, adaptive: { ...adaptive, windowMs: 5_000 } } });
    assert.deepEqual(bounded.shape.timeout, { attempt: true, total: false, adaptive: { windowMs: 5_000 } });
    assert.equal(bounded.numbers.attemptMs, 500);
  });

  it('are refused where they are wrong', () => {
    const adaptive = { percentile: 0.99, multiplier: 2, minMs: 10, maxMs: 1_000 };
    refusesAt('timeout', [
      [{}, '.attemptMs: expected a timeout here, in totalMs or in adaptive, got undefined'],
      [{ attemptMs: -1 }, '.attemptMs: expected a duration of at least 0 ms, or Infinity, got -1'],
      [
        { totalMs: '5s' },
        '.totalMs: expected a duration of at least 0 ms, Infinity, or a function, got "5s"',
      ],
      [
        { adaptive: { ...adaptive, percentile: 0 } },
        '.adaptive.percentile: expected a number above 0 and at most 1, got 0',
      ],
      [
        { adaptive: { ...adaptive, multiplier: 0 } },
        '.adaptive.multiplier: expected a number above 0, got 0',
      ],
      [{ adaptive: { ...adaptive, minMs: 0 } }, '.adaptive.minMs: expected a duration above 0 ms, got 0'],
      [{ adaptive: { ...adaptive, maxMs: 9 } }, '.adaptive.maxMs: expected at least 10 ms, the minMs, got 9'],
      [
        { adaptive: { ...adaptive, windowMs: 0 } },
        '.adaptive.windowMs: expected a duration of at least 1 ms, got 0',
      ],
      [
        { adaptive: { percentile: 0.9, minMs: 1, maxMs: 2 } },
        '.adaptive.multiplier: expected a number above 0, got undefined',
      ],
    ]);
  });
});

describe('options of a retry', () => {
  it('are all optional', () => {
    const { shape, numbers, functions, inline, data } = read({ retry: {} });
    assert.deepEqual(shape.retry, { budget: false, onRejection: false });
    assert.deepEqual([numbers.maxRetries, numbers.maxElapsedMs], [3, Infinity]);
    assert.deepEqual(backoffData(functions.backoff), backoffData(exponential({ baseMs: 100 })));
    const { backoffBaseMs, backoffStep, backoffMaxMs } = numbers;
    assert.deepEqual([backoffBaseMs, backoffStep, backoffMaxMs], [100, 2, 30_000]);
    assert.deepEqual([functions.retryAfter, functions.shouldRetry], [undefined, undefined]);
    assert.deepEqual([inline, data], [[], { retry: {} }]);
  });

  it('take made backoffs, as functions and as data', () => {
    const backoff = linear({ baseMs: 10, stepMs: 5 });
    const made = read({ retry: { backoff } });
    assert.equal(made.functions.backoff, backoff);
    assert.deepEqual(made.data, { retry: { backoff: backoffData(backoff) } });
    const { backoffBaseMs, backoffStep, backoffMaxMs } = made.numbers;
    assert.deepEqual([backoffBaseMs, backoffStep, backoffMaxMs], [10, 5, 30_000]);
    const sent = read(JSON.parse(JSON.stringify(made.data)));
    assert.equal(sent.functions.backoff?.(3), 20);
    assert.deepEqual([sent.data, sent.inline], [made.data, []]);
    assert.equal(read({ retry: { backoff: fromList([7, 8]) } }).numbers.backoffBaseMs, 7);
  });

  it('take functions of the user’s own, which stay in their thread', () => {
    const backoff = (retry: number) => retry;
    const retryAfter = () => 5;
    const shouldRetry = () => true;
    const { functions, inline, data } = read({ retry: { maxRetries: 0, backoff, retryAfter, shouldRetry } });
    assert.deepEqual([functions.backoff, functions.retryAfter], [backoff, retryAfter]);
    assert.equal(functions.shouldRetry, shouldRetry);
    assert.deepEqual(inline, ['retry.backoff', 'retry.retryAfter', 'retry.shouldRetry']);
    assert.deepEqual(data, { retry: { maxRetries: 0 } });
  });

  it('may share a budget, and retry refusals', () => {
    const { shape, numbers } = read({ retry: { budget: {}, onRejection: true, maxElapsedMs: 1_000 } });
    assert.deepEqual(shape.retry, { budget: true, onRejection: true });
    assert.deepEqual([numbers.retryRatio, numbers.retryFloor, numbers.maxElapsedMs], [0.2, 10, 1_000]);
    const own = read({ retry: { maxRetries: Infinity, budget: { ratio: 0.5, minPerSecond: 0 } } }).numbers;
    assert.deepEqual([own.maxRetries, own.retryRatio, own.retryFloor], [Infinity, 0.5, 0]);
  });

  it('are refused where they are wrong', () => {
    refusesAt('retry', [
      [{ maxRetries: -1 }, '.maxRetries: expected a whole number of at least 0, or Infinity, got -1'],
      [{ maxRetries: 1.5 }, '.maxRetries: expected a whole number of at least 0, or Infinity, got 1.5'],
      [{ maxElapsedMs: -1 }, '.maxElapsedMs: expected a duration of at least 0 ms, or Infinity, got -1'],
      [{ backoff: 100 }, '.backoff: expected a function, got 100'],
      [{ backoff: [100, 200] }, '.backoff: expected a function, got an array of 2'],
      [{ backoff: null }, '.backoff: expected a function, got null'],
      [
        { backoff: { kind: 'constant', baseMs: -1 } },
        '.backoff.baseMs: expected a duration of at least 0 ms, got -1',
      ],
      [{ retryAfter: 5 }, '.retryAfter: expected a function, got 5'],
      [{ shouldRetry: true }, '.shouldRetry: expected a function, got true'],
      [{ onRejection: 1 }, '.onRejection: expected true or false, got 1'],
      [{ budget: { ratio: 1.5 } }, '.budget.ratio: expected a number from 0 to 1, got 1.5'],
      [{ budget: { minPerSecond: -1 } }, '.budget.minPerSecond: expected a number of at least 0, got -1'],
      [{ maxRetry: 5 }, ': unknown option "maxRetry"; did you mean "maxRetries"?'],
    ]);
  });
});

describe('options of a hedge', () => {
  it('are a delay', () => {
    const { shape, numbers } = read({ hedge: { delayMs: 10 } });
    assert.deepEqual(shape.hedge, {});
    assert.deepEqual([numbers.hedgeDelayMs, numbers.maxHedges], [10, 1]);
    assert.equal(read({ hedge: { delayMs: 0, maxHedges: 2 } }).numbers.maxHedges, 2);
  });

  it('are a percentile, in either spelling', () => {
    const late = { percentile: 0.95, windowMs: 10_000 };
    for (const hedge of [
      { ...late, maxHedges: 2 },
      { delayMs: late, maxHedges: 2 },
    ]) {
      const { shape, numbers } = read({ hedge });
      assert.deepEqual(shape.hedge, { percentile: { windowMs: 10_000 } });
      assert.deepEqual(
        [numbers.hedgePercentile, numbers.hedgeDelayMs, numbers.maxHedges],
        [0.95, Infinity, 2],
      );
    }
  });

  it('are refused where they are wrong', () => {
    const either = 'a duration of at least 0 ms, or a percentile and windowMs';
    refusesAt('hedge', [
      [{}, `.delayMs: expected ${either}, got undefined`],
      [{ delayMs: '10' }, `.delayMs: expected ${either}, got "10"`],
      [{ delayMs: null }, '.delayMs: expected an object with options, got null'],
      [{ delayMs: -1 }, '.delayMs: expected a duration of at least 0 ms, got -1'],
      [{ delayMs: 1, maxHedges: 0 }, '.maxHedges: expected a whole number of at least 1, got 0'],
      [{ delayMs: 1, percentile: 0.9 }, '.percentile: expected none beside delayMs, got 0.9'],
      [{ percentile: 0.9 }, '.windowMs: expected a duration of at least 1 ms, got undefined'],
      [{ windowMs: 10 }, '.percentile: expected a number above 0 and at most 1, got undefined'],
      [
        { delayMs: { percentile: 0.9 } },
        '.delayMs.windowMs: expected a duration of at least 1 ms, got undefined',
      ],
    ]);
  });
});

describe('options that are functions', () => {
  it('are kept as they are, and stay in their thread', () => {
    const isFailure = () => true;
    const isIgnored = () => false;
    const fallback = () => 0;
    const key = () => 'k';
    const { shape, functions, inline, data } = read({ isFailure, isIgnored, fallback, coalesce: { key } });
    assert.deepEqual(shape, { fallback: true, coalesce: true });
    assert.deepEqual(functions, { isFailure, isIgnored, fallback, coalesceKey: key });
    assert.deepEqual([...inline].sort(), ['coalesce.key', 'fallback', 'isFailure', 'isIgnored']);
    assert.deepEqual(data, { coalesce: {} });
  });

  it('are refused when they are none', () => {
    refuses('', [
      [{ isFailure: 1 }, '.isFailure: expected a function, got 1'],
      [{ isIgnored: 'no' }, '.isIgnored: expected a function, got "no"'],
      [{ fallback: null }, '.fallback: expected a function, got null'],
      [{ coalesce: {} }, '.coalesce.key: expected a function, got undefined'],
      [{ coalesce: () => 'k' }, '.coalesce: expected an object with options, got the function coalesce'],
    ]);
  });
});
