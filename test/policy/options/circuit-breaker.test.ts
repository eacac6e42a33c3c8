import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backoffData, exponential } from '../../../src/policy/backoff.ts';
import { read, refuses } from './refusal.ts';

const breaker = (options: object) => read({ circuitBreaker: options });
const refusesBreaker = (cases: readonly (readonly [object, string])[]) =>
  refuses(
    '.circuitBreaker',
    cases.map(([circuitBreaker, message]) => [{ circuitBreaker }, message] as const),
  );

describe('options of a circuit breaker', () => {
  it('count failures in a row', () => {
    const { shape, numbers, functions } = breaker({ consecutiveFailures: 5 });
    assert.deepEqual(shape.circuitBreaker, {
      kind: 'consecutive',
      windowCalls: 0,
      windowMs: 0,
      buckets: 0,
      slow: false,
      ramp: false,
      failureRate: false,
      trialRate: false,
    });
    assert.equal(numbers.consecutive, 5);
    assert.equal(numbers.openMs, 30_000);
    assert.deepEqual([numbers.trials, numbers.trialRate, numbers.trialWaitMs], [3, 2, -1]);
    assert.deepEqual([numbers.failureRate, numbers.slowMs, numbers.slowRate], [2, Infinity, 2]);
    assert.equal(functions.openMs, undefined);
  });

  it('watch a window of calls, by half of them unless told otherwise', () => {
    const { shape, numbers } = breaker({ window: { calls: 50 } });
    assert.deepEqual([shape.circuitBreaker?.kind, shape.circuitBreaker?.windowCalls], ['calls', 50]);
    assert.deepEqual([numbers.consecutive, numbers.failureRate, numbers.minCalls], [0, 0.5, 20]);
    assert.equal(shape.circuitBreaker?.failureRate, true);
    assert.equal(breaker({ window: { calls: 8 } }).numbers.minCalls, 8, 'a small window need not be larger');
    assert.equal(breaker({ window: { calls: 4_096 }, minCalls: 4_096 }).numbers.minCalls, 4_096);
  });

  it('watch a window of time, in ten parts unless told otherwise', () => {
    const { shape, numbers } = breaker({ window: { ms: 5_000 }, failureRate: 0.1, minCalls: 15 });
    const { kind, windowMs, buckets } = shape.circuitBreaker ?? {};
    assert.deepEqual([kind, windowMs, buckets], ['time', 5_000, 10]);
    assert.deepEqual([numbers.failureRate, numbers.minCalls], [0.1, 15]);
    assert.equal(breaker({ window: { ms: 5_000, buckets: 64 } }).shape.circuitBreaker?.buckets, 64);
  });

  it('watch slow calls, alone or beside failures', () => {
    const alone = breaker({ window: { ms: 5_000 }, slowCall: { ms: 4_000, rate: 0.5 } });
    assert.deepEqual(
      [alone.shape.circuitBreaker?.slow, alone.shape.circuitBreaker?.failureRate],
      [true, false],
    );
    assert.deepEqual(
      [alone.numbers.slowMs, alone.numbers.slowRate, alone.numbers.failureRate],
      [4_000, 0.5, 2],
    );
    const beside = breaker({ window: { ms: 5_000 }, slowCall: { ms: 4_000, rate: 0.5 }, failureRate: 0.3 });
    assert.deepEqual([beside.shape.circuitBreaker?.failureRate, beside.numbers.failureRate], [true, 0.3]);
  });

  it('say what half-open lets through', () => {
    const halfOpen = { permits: 4_095, failureRate: 0.3, maxWaitMs: 500 };
    const { shape, numbers } = breaker({ consecutiveFailures: 1, halfOpen });
    assert.equal(shape.circuitBreaker?.trialRate, true);
    assert.deepEqual([numbers.trials, numbers.trialRate, numbers.trialWaitMs], [4_095, 0.3, 500]);
    const patient = breaker({ consecutiveFailures: 1, halfOpen: { maxWaitMs: Infinity } });
    assert.deepEqual([patient.numbers.trials, patient.numbers.trialWaitMs], [3, Infinity]);
    assert.equal(patient.shape.circuitBreaker?.trialRate, false);
  });

  it('may let a share through after a close', () => {
    const { shape, numbers } = breaker({ consecutiveFailures: 1, ramp: { ms: 10_000 } });
    assert.deepEqual([shape.circuitBreaker?.ramp, numbers.rampMs], [true, 10_000]);
    assert.equal(breaker({ consecutiveFailures: 1 }).numbers.rampMs, 0);
  });

  it('open for a time, by a backoff, or for as long as an outcome asks', () => {
    assert.equal(breaker({ consecutiveFailures: 1, openMs: 0 }).numbers.openMs, 0);
    const growing = exponential({ baseMs: 1_000 });
    const made = breaker({ consecutiveFailures: 1, openMs: growing });
    assert.equal(made.functions.openMs, growing);
    assert.equal(made.numbers.openMs, 30_000);
    assert.deepEqual(made.inline, []);
    const own = (opening: number) => opening * 1_000;
    const openFor = () => 5;
    const inline = breaker({ consecutiveFailures: 1, openMs: own, openFor });
    assert.deepEqual([inline.functions.openMs, inline.functions.openFor], [own, openFor]);
    assert.deepEqual(inline.inline, ['circuitBreaker.openMs', 'circuitBreaker.openFor']);
    const sent = breaker({ consecutiveFailures: 1, openMs: backoffData(growing) });
    assert.deepEqual(backoffData(sent.functions.openMs), backoffData(growing));
  });

  it('name exactly one way to trip', () => {
    refusesBreaker([
      [{}, '.consecutiveFailures: expected a whole number of at least 1, or a window, got undefined'],
      [
        { consecutiveFailures: 5, window: { calls: 10 } },
        '.consecutiveFailures: expected none beside a window, got 5',
      ],
      [{ consecutiveFailures: 5, failureRate: 0.5 }, '.failureRate: expected none without a window, got 0.5'],
      [{ consecutiveFailures: 5, minCalls: 5 }, '.minCalls: expected none without a window, got 5'],
      [
        { consecutiveFailures: 5, slowCall: { ms: 1, rate: 1 } },
        '.slowCall: expected none without a window, got an object with ms, rate',
      ],
      [{ window: {} }, '.window.calls: expected a whole number from 1 to 4096, or ms, got undefined'],
      [{ window: { calls: 5, ms: 5 } }, '.window.calls: expected none beside ms, got 5'],
      [{ window: { calls: 5, buckets: 5 } }, '.window.buckets: expected none beside calls, got 5'],
    ]);
  });

  it('are refused where they are out of range', () => {
    const window = { calls: 10 };
    refusesBreaker([
      [{ consecutiveFailures: 0 }, '.consecutiveFailures: expected a whole number of at least 1, got 0'],
      [{ consecutiveFailures: 1.5 }, '.consecutiveFailures: expected a whole number of at least 1, got 1.5'],
      [{ consecutiveFailures: 2 ** 31 }, '.consecutiveFailures: expected at most 2147483647, got 2147483648'],
      [{ window: { calls: 4_097 } }, '.window.calls: expected a whole number from 1 to 4096, got 4097'],
      [{ window: { calls: '5' } }, '.window.calls: expected a whole number from 1 to 4096, got "5"'],
      [{ window: { ms: 0 } }, '.window.ms: expected a duration of at least 1 ms, got 0'],
      [{ window: { ms: Infinity } }, '.window.ms: expected a duration of at least 1 ms, got Infinity'],
      [{ window: { ms: 5, buckets: 65 } }, '.window.buckets: expected a whole number from 1 to 64, got 65'],
      [{ window: 5 }, '.window: expected an object with options, got 5'],
      [{ window, failureRate: 0 }, '.failureRate: expected a number above 0 and at most 1, got 0'],
      [{ window, failureRate: 1.1 }, '.failureRate: expected a number above 0 and at most 1, got 1.1'],
      [{ window, minCalls: 11 }, '.minCalls: expected at most 10, the calls of the window, got 11'],
      [{ window, minCalls: 0 }, '.minCalls: expected a whole number of at least 1, got 0'],
      [
        { window, slowCall: { ms: 5 } },
        '.slowCall.rate: expected a number above 0 and at most 1, got undefined',
      ],
      [
        { window, slowCall: { rate: 0.5 } },
        '.slowCall.ms: expected a duration of at least 0 ms, got undefined',
      ],
      [{ window, openMs: -1 }, '.openMs: expected a duration of at least 0 ms, got -1'],
      [{ window, openMs: Infinity }, '.openMs: expected a duration of at least 0 ms, got Infinity'],
      [{ window, openMs: '5s' }, '.openMs: expected a duration of at least 0 ms, or a backoff, got "5s"'],
      [{ window, openMs: null }, '.openMs: expected a duration of at least 0 ms, or a backoff, got null'],
      [{ window, openFor: 5 }, '.openFor: expected a function, got 5'],
      [{ window, ramp: {} }, '.ramp.ms: expected a duration of at least 0 ms, got undefined'],
      [
        { window, halfOpen: { permits: 4_096 } },
        '.halfOpen.permits: expected a whole number from 1 to 4095, got 4096',
      ],
      [
        { window, halfOpen: { failureRate: 0 } },
        '.halfOpen.failureRate: expected a number above 0 and at most 1, got 0',
      ],
      [
        { window, halfOpen: { maxWaitMs: 0 } },
        '.halfOpen.maxWaitMs: expected a duration above 0 ms, or Infinity, got 0',
      ],
      [{ window, halfOpens: {} }, ': unknown option "halfOpens"; did you mean "halfOpen"?'],
      [{ window, halfOpen: { permit: 1 } }, '.halfOpen: unknown option "permit"; did you mean "permits"?'],
    ]);
  });
});
