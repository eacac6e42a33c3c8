import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { read, refuses } from './refusal.ts';

const MONTH_S = 30 * 86_400;

const limiter = (options: object) => read({ rateLimiter: options });
const refusesAt = (name: string, cases: readonly (readonly [object, string])[]) =>
  refuses(
    `.${name}`,
    cases.map(([options, message]) => [{ [name]: options }, message] as const),
  );

describe('options of a rate limiter', () => {
  it('have a burst of one second and no waiting unless told otherwise', () => {
    const { shape, numbers } = limiter({ permitsPerSecond: 2.5 });
    assert.deepEqual(shape.rateLimiter, { waits: false, adaptive: undefined, perKey: undefined });
    assert.deepEqual([numbers.ratePerSecond, numbers.burst, numbers.rateMaxWaitMs], [2.5, 3, 0]);
    assert.equal(limiter({ permitsPerSecond: 0.001 }).numbers.burst, 1);
    assert.equal(limiter({ permitsPerSecond: 10, burst: 3 }).numbers.burst, 3);
  });

  it('become whole units of time for every rate there may be', () => {
    for (const permitsPerSecond of [1 / MONTH_S, 1 / 86_400, 1 / 3, 1, 1_000, 9_999_999, 10_000_000]) {
      const { numbers } = limiter({ permitsPerSecond });
      const { units, unitsPerMs, burstUnits, burst } = numbers;
      assert.ok(Number.isSafeInteger(units) && Number.isSafeInteger(burstUnits), `${permitsPerSecond}`);
      assert.equal(burstUnits, units * burst);
      const perSecond = (unitsPerMs * 1_000) / units;
      assert.ok(Math.abs(perSecond / permitsPerSecond - 1) < 1e-4, `${permitsPerSecond}: ${perSecond}`);
    }
  });

  it('let callers wait, and reservations run into debt', () => {
    const { shape, numbers } = limiter({ permitsPerSecond: 10, maxWaitMs: 500 });
    assert.equal(shape.rateLimiter?.waits, true);
    assert.deepEqual([numbers.rateMaxWaitMs, numbers.maxDebtMs, numbers.maxQueue], [500, 500, Infinity]);
    const endless = limiter({ permitsPerSecond: 10, maxWaitMs: Infinity }).numbers;
    assert.equal(endless.rateMaxWaitMs, Infinity);
    // Without a longest wait a reservation has none either, up to what a bucket can hold.
    const threeYearsMs = 9e10;
    for (const { maxDebtMs } of [endless, limiter({ permitsPerSecond: 10 }).numbers]) {
      assert.ok(maxDebtMs > threeYearsMs && maxDebtMs < Infinity);
    }
  });

  it('have a bucket for each key', () => {
    const perKey = (options: object) => limiter({ permitsPerSecond: 10, perKey: options }).shape.rateLimiter;
    assert.deepEqual(perKey({ maxKeys: 100 })?.perKey, { maxKeys: 100, onFull: 'shared' });
    assert.deepEqual(perKey({ maxKeys: 1, onFull: 'refuse' })?.perKey, { maxKeys: 1, onFull: 'refuse' });
  });

  it('may adapt', () => {
    const bounds = { minPerSecond: 100, maxPerSecond: 10_000, targetMs: 100 };
    const { shape, numbers } = limiter({ permitsPerSecond: 1_000, burst: 100, adaptive: bounds });
    assert.deepEqual(shape.rateLimiter?.adaptive, { intervalMs: 1_000 });
    assert.deepEqual([numbers.minRate, numbers.maxRate, numbers.rateTargetMs], [100, 10_000, 100]);
    assert.deepEqual(
      [numbers.ratePercentile, numbers.rateIntervalMs, numbers.rateSamples],
      [0.95, 1_000, 20],
    );
    const more = { ...bounds, percentile: 0.5, intervalMs: 250, minSamples: 5 };
    const own = limiter({ permitsPerSecond: 1_000, adaptive: more });
    assert.deepEqual(own.shape.rateLimiter?.adaptive, { intervalMs: 250 });
    assert.deepEqual(
      [own.numbers.ratePercentile, own.numbers.rateIntervalMs, own.numbers.rateSamples],
      [0.5, 250, 5],
    );
  });

  it('have a scale that serves the highest rate they may adapt to', () => {
    const adaptive = { minPerSecond: 1, maxPerSecond: 10_000_000, targetMs: 1 };
    const adapting = limiter({ permitsPerSecond: 1, burst: 10, adaptive }).numbers;
    const fast = limiter({ permitsPerSecond: 10_000_000, burst: 10 }).numbers;
    assert.equal(adapting.units, fast.units);
    assert.ok(adapting.units < limiter({ permitsPerSecond: 1, burst: 10 }).numbers.units);
  });

  it('are refused where they are out of range', () => {
    const permitsPerSecond = 10;
    const rate = 'a number from 3.858e-7 to 10000000';
    refusesAt('rateLimiter', [
      [{}, `.permitsPerSecond: expected ${rate}, got undefined`],
      [{ permitsPerSecond: 0 }, `.permitsPerSecond: expected ${rate}, got 0`],
      [{ permitsPerSecond: Number.NaN }, `.permitsPerSecond: expected ${rate}, got NaN`],
      [{ permitsPerSecond: 10_000_001 }, `.permitsPerSecond: expected ${rate}, got 10000001`],
      [{ permitsPerSecond, burst: Number.NaN }, '.burst: expected a whole number of at least 1, got NaN'],
      [{ permitsPerSecond, burst: 0 }, '.burst: expected a whole number of at least 1, got 0'],
      [{ permitsPerSecond, burst: 1.5 }, '.burst: expected a whole number of at least 1, got 1.5'],
      [
        { permitsPerSecond, maxWaitMs: -1 },
        '.maxWaitMs: expected a duration of at least 0 ms, or Infinity, got -1',
      ],
      [{ permitsPerSecond, maxWait: 1 }, ': unknown option "maxWait"; did you mean "maxWaitMs"?'],
      [
        { permitsPerSecond, perKey: {} },
        '.perKey.maxKeys: expected a whole number from 1 to 134217728, got undefined',
      ],
      [
        { permitsPerSecond, perKey: { maxKeys: 1, onFull: 'share' } },
        '.perKey.onFull: expected "shared" or "refuse", got "share"',
      ],
    ]);
    refuses('.rateLimiter.burst', [
      [
        { rateLimiter: { permitsPerSecond, burst: 2 ** 52, perKey: { maxKeys: 5 } } },
        ': expected a burst that can be kept beside this rate, got 4503599627370496 permits at 10 a second',
      ],
    ]);
  });

  it('are refused where they are at odds', () => {
    const perKey = { maxKeys: 10 };
    const adaptive = { minPerSecond: 1, maxPerSecond: 20, targetMs: 100 };
    refusesAt('rateLimiter', [
      [
        { permitsPerSecond: 10, perKey, maxWaitMs: 5 },
        '.maxWaitMs: expected 0 ms, or none, beside perKey, got 5',
      ],
      [
        { permitsPerSecond: 10, perKey, adaptive },
        '.adaptive: expected none beside perKey, got an object with minPerSecond, maxPerSecond, targetMs',
      ],
      [
        { permitsPerSecond: 21, adaptive },
        '.permitsPerSecond: expected a rate from 1 to 20, its adaptive bounds, got 21',
      ],
      [
        { permitsPerSecond: 0.5, adaptive },
        '.permitsPerSecond: expected a rate from 1 to 20, its adaptive bounds, got 0.5',
      ],
      [
        { permitsPerSecond: 1, adaptive: { ...adaptive, maxPerSecond: 0.5 } },
        '.adaptive.maxPerSecond: expected at least 1, the minPerSecond, got 0.5',
      ],
      [
        { permitsPerSecond: 1, adaptive: { ...adaptive, targetMs: 0 } },
        '.adaptive.targetMs: expected a duration above 0 ms, got 0',
      ],
      [
        { permitsPerSecond: 1, adaptive: { ...adaptive, percentile: 0 } },
        '.adaptive.percentile: expected a number above 0 and at most 1, got 0',
      ],
      [
        { permitsPerSecond: 1, adaptive: { ...adaptive, intervalMs: 0.5 } },
        '.adaptive.intervalMs: expected a duration of at least 1 ms, got 0.5',
      ],
      [
        { permitsPerSecond: 1, adaptive: { ...adaptive, minSamples: 0 } },
        '.adaptive.minSamples: expected a whole number of at least 1, got 0',
      ],
    ]);
  });
});

describe('options of a bulkhead', () => {
  it('have no queue, and waits without a limit, unless told otherwise', () => {
    const { shape, numbers } = read({ bulkhead: { maxConcurrent: 10 } });
    assert.deepEqual(shape.bulkhead, { queues: false, bounded: false, adaptive: undefined });
    assert.deepEqual([numbers.maxConcurrent, numbers.maxQueue, numbers.queueMaxWaitMs], [10, 0, Infinity]);
    const queueing = read({ bulkhead: { maxConcurrent: 1, maxQueue: 2, maxWaitMs: 50 } });
    assert.deepEqual(queueing.shape.bulkhead, { queues: true, bounded: true, adaptive: undefined });
    assert.deepEqual([queueing.numbers.maxQueue, queueing.numbers.queueMaxWaitMs], [2, 50]);
    assert.equal(read({ bulkhead: { maxConcurrent: 1, maxQueue: Infinity } }).numbers.maxQueue, Infinity);
  });

  it('bound the limiter’s waiters too, where they say how many may wait', () => {
    const rateLimiter = { permitsPerSecond: 10, maxWaitMs: 100 };
    const queues = (bulkhead: object) => {
      const { shape, numbers } = read({ rateLimiter, bulkhead });
      return [shape.bulkhead?.queues, shape.bulkhead?.bounded, numbers.maxQueue];
    };
    assert.deepEqual(queues({ maxConcurrent: 1 }), [false, false, Infinity]);
    assert.deepEqual(queues({ maxConcurrent: 1, maxQueue: 0 }), [false, true, 0]);
    assert.deepEqual(queues({ maxConcurrent: 1, maxQueue: 5 }), [true, true, 5]);
  });

  it('may adapt, from one to ten times where they start unless told otherwise', () => {
    for (const algorithm of ['aimd', 'gradient2', 'vegas'] as const) {
      const { shape, numbers } = read({ bulkhead: { maxConcurrent: 20, adaptive: { algorithm } } });
      assert.equal(shape.bulkhead?.adaptive, algorithm);
      assert.deepEqual([numbers.minLimit, numbers.maxLimit], [1, 200]);
    }
    const adaptive = { algorithm: 'vegas', minLimit: 20, maxLimit: 20 };
    const { numbers } = read({ bulkhead: { maxConcurrent: 20, adaptive } });
    assert.deepEqual([numbers.minLimit, numbers.maxLimit], [20, 20]);
    const most = 2 ** 31 - 1;
    const wide = read({ bulkhead: { maxConcurrent: most, adaptive: { algorithm: 'aimd' } } });
    assert.equal(wide.numbers.maxLimit, most);
  });

  it('are refused where they are out of range or at odds', () => {
    const maxConcurrent = 10;
    const algorithm = 'aimd';
    refusesAt('bulkhead', [
      [{}, '.maxConcurrent: expected a whole number of at least 1, got undefined'],
      [{ maxConcurrent: 0 }, '.maxConcurrent: expected a whole number of at least 1, got 0'],
      [{ maxConcurrent: Infinity }, '.maxConcurrent: expected a whole number of at least 1, got Infinity'],
      [{ maxConcurrent: 2 ** 31 }, '.maxConcurrent: expected at most 2147483647, got 2147483648'],
      [
        { maxConcurrent, maxQueue: -1 },
        '.maxQueue: expected a whole number of at least 0, or Infinity, got -1',
      ],
      [
        { maxConcurrent, maxWaitMs: Number.NaN },
        '.maxWaitMs: expected a duration of at least 0 ms, or Infinity, got NaN',
      ],
      [
        { maxConcurrent, adaptive: {} },
        '.adaptive.algorithm: expected "aimd", "gradient2" or "vegas", got undefined',
      ],
      [
        { maxConcurrent, adaptive: { algorithm, minLimit: 11 } },
        '.adaptive.minLimit: expected at most 10, the maxConcurrent it starts at, got 11',
      ],
      [
        { maxConcurrent, adaptive: { algorithm, maxLimit: 9 } },
        '.adaptive.maxLimit: expected at least 10, the maxConcurrent it starts at, got 9',
      ],
      [
        { maxConcurrent, adaptive: { algorithm, maxLimit: 0 } },
        '.adaptive.maxLimit: expected a whole number of at least 1, got 0',
      ],
      [{ maxConcurent: 5 }, ': unknown option "maxConcurent"; did you mean "maxConcurrent"?'],
    ]);
  });
});

describe('options of a throttle', () => {
  it('are all optional', () => {
    const { shape, numbers } = read({ throttle: {} });
    assert.deepEqual(shape.throttle, { windowMs: 120_000 });
    assert.deepEqual([numbers.throttleK, numbers.throttleMax], [2, 0.9]);
    const own = read({ throttle: { k: 1.5, windowMs: 10_000, maxRejection: 1 } });
    assert.deepEqual(own.shape.throttle, { windowMs: 10_000 });
    assert.deepEqual([own.numbers.throttleK, own.numbers.throttleMax], [1.5, 1]);
  });

  it('are refused where they are out of range', () => {
    refusesAt('throttle', [
      [{ k: 0.9 }, '.k: expected a number of at least 1, got 0.9'],
      [{ windowMs: 0 }, '.windowMs: expected a duration of at least 1 ms, got 0'],
      [{ maxRejection: 1.01 }, '.maxRejection: expected a number from 0 to 1, got 1.01'],
      [{ ratio: 1 }, ': unknown option "ratio"; known are k, windowMs, maxRejection'],
    ]);
  });
});
