import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { read, refuses } from './refusal.ts';

const refusesAt = (name: string, cases: readonly (readonly [object, string])[]) =>
  refuses(
    `.${name}`,
    cases.map(([options, message]) => [{ [name]: options }, message] as const),
  );

describe('options of an error budget', () => {
  it('are an objective and a window', () => {
    const { shape, numbers } = read({ errorBudget: { objective: 0.999, windowMs: 3_600_000 } });
    assert.deepEqual(shape.errorBudget, { windowMs: 3_600_000 });
    assert.deepEqual([numbers.objective, numbers.budgetMs, numbers.budgetCalls], [0.999, 3_600_000, 100]);
    const strict = read({ errorBudget: { objective: 1, windowMs: 1_000, minCalls: 5 } }).numbers;
    assert.deepEqual([strict.objective, strict.budgetCalls], [1, 5]);
  });

  it('are refused where they are wrong', () => {
    const share = 'a number above 0 and at most 1';
    refusesAt('errorBudget', [
      [{ windowMs: 1_000 }, `.objective: expected ${share}, got undefined`],
      [{ objective: 0, windowMs: 1_000 }, `.objective: expected ${share}, got 0`],
      [{ objective: 99.9, windowMs: 1_000 }, `.objective: expected ${share}, got 99.9`],
      [{ objective: 0.9 }, '.windowMs: expected a duration of at least 1 ms, got undefined'],
      [
        { objective: 0.9, windowMs: 1_000, minCalls: 0 },
        '.minCalls: expected a whole number of at least 1, got 0',
      ],
    ]);
  });
});

describe('options of a latency budget', () => {
  it('are a percentile and its target', () => {
    const { shape, numbers } = read({ latencyBudget: { percentile: 0.95, targetMs: 100 } });
    assert.deepEqual(shape.latencyBudget, { windowMs: 60_000 });
    const { latencyPercentile, latencyTargetMs, latencyMinCalls } = numbers;
    assert.deepEqual([latencyPercentile, latencyTargetMs, latencyMinCalls], [0.95, 100, 20]);
    const own = read({ latencyBudget: { percentile: 0.5, targetMs: 1, windowMs: 5_000, minCalls: 2 } });
    assert.deepEqual([own.shape.latencyBudget?.windowMs, own.numbers.latencyMinCalls], [5_000, 2]);
  });

  it('are refused where they are wrong', () => {
    refusesAt('latencyBudget', [
      [{ targetMs: 1 }, '.percentile: expected a number above 0 and at most 1, got undefined'],
      [{ percentile: 95, targetMs: 1 }, '.percentile: expected a number above 0 and at most 1, got 95'],
      [{ percentile: 0.95 }, '.targetMs: expected a duration above 0 ms, got undefined'],
      [{ percentile: 0.95, targetMs: 0 }, '.targetMs: expected a duration above 0 ms, got 0'],
      [
        { percentile: 0.95, targetMs: 1, windowMs: 0 },
        '.windowMs: expected a duration of at least 1 ms, got 0',
      ],
      [
        { percentile: 0.95, targetMs: 1, minCalls: 0.5 },
        '.minCalls: expected a whole number of at least 1, got 0.5',
      ],
    ]);
  });
});

describe('options of chaos', () => {
  it('allow what is given and nothing else', () => {
    const none = read({ chaos: {} }).shape.chaos;
    assert.deepEqual(none, {
      latency: false,
      error: false,
      timeout: false,
      result: false,
      killWorker: false,
      block: false,
      blockMs: 0,
      seed: undefined,
      abortBelow: undefined,
    });
    const create = () => new Error('made up');
    const when = () => true;
    const { shape, numbers, functions, inline, data } = read({
      errorBudget: { objective: 0.9, windowMs: 1_000 },
      chaos: {
        latency: { rate: 0.1, minMs: 5, maxMs: 50 },
        error: { rate: 0.2, create },
        timeout: { rate: 0.3 },
        result: { rate: 0.4, value: { ok: [1] } },
        killWorker: { rate: 0.5 },
        block: { rate: 0.6, ms: 70 },
        when,
        seed: 'a',
        abortWhen: { budgetBelow: 0.25 },
      },
    });
    const { latency, error, timeout, result, killWorker, block, blockMs, seed, abortBelow } =
      shape.chaos ?? {};
    assert.deepEqual([latency, error, timeout, result, killWorker, block], Array(6).fill(true));
    assert.deepEqual([blockMs, seed, abortBelow], [70, 'a', 0.25]);
    const rates = ['Latency', 'Error', 'Timeout', 'Result', 'Kill', 'Block'] as const;
    assert.deepEqual(
      rates.map((kind) => numbers[`chaos${kind}Rate`]),
      [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    );
    assert.deepEqual([numbers.chaosLatencyMinMs, numbers.chaosLatencyMaxMs], [5, 50]);
    assert.deepEqual([functions.chaosError, functions.chaosWhen], [create, when]);
    assert.deepEqual(functions.chaosResult, { value: { ok: [1] } });
    assert.deepEqual(inline, ['chaos.error.create', 'chaos.when']);
    assert.equal(read(data).functions.chaosError, undefined, 'without its own, an error of Holdfast’s');
  });

  it('keep a result here that cannot be sent', () => {
    const value = () => 5;
    const { functions, inline, data } = read({ chaos: { result: { rate: 1, value } } });
    assert.equal(functions.chaosResult?.value, value);
    assert.deepEqual([inline, data], [['chaos.result.value'], { chaos: { result: { rate: 1 } } }]);
  });

  it('may answer nothing at all', () => {
    const { functions, inline } = read({ chaos: { result: { rate: 1 } } });
    assert.deepEqual([functions.chaosResult, inline], [{ value: undefined }, []]);
  });

  it('are refused where they are wrong', () => {
    refusesAt('chaos', [
      [
        { latency: { rate: 0.1, minMs: 5 } },
        '.latency.maxMs: expected a duration of at least 0 ms, got undefined',
      ],
      [
        { latency: { rate: 0.1, minMs: 5, maxMs: 4 } },
        '.latency.maxMs: expected at least 5 ms, the minMs, got 4',
      ],
      [{ latency: { minMs: 1, maxMs: 4 } }, '.latency.rate: expected a number from 0 to 1, got undefined'],
      [{ error: { rate: 2 } }, '.error.rate: expected a number from 0 to 1, got 2'],
      [{ error: { rate: 1, create: 'x' } }, '.error.create: expected a function, got "x"'],
      [{ timeout: true }, '.timeout: expected an object with options, got true'],
      [{ result: { value: 1 } }, '.result.rate: expected a number from 0 to 1, got undefined'],
      [{ killWorker: { rate: -0.1 } }, '.killWorker.rate: expected a number from 0 to 1, got -0.1'],
      [{ block: { rate: 0.1 } }, '.block.ms: expected a duration of at least 0 ms, got undefined'],
      [{ when: true }, '.when: expected a function, got true'],
      [{ seed: '' }, '.seed: expected a text that is not empty, got ""'],
      [{ seed: Number.NaN }, '.seed: expected a finite number, got NaN'],
      [
        { abortWhen: { budgetBelow: 0.5 } },
        '.abortWhen: expected none without an errorBudget, got an object with budgetBelow',
      ],
      [
        { kill: {} },
        ': unknown option "kill"; known are latency, error, timeout, result, killWorker, block, when, seed, abortWhen',
      ],
    ]);
    refuses('.chaos.abortWhen.budgetBelow', [
      [
        { errorBudget: { objective: 0.9, windowMs: 1_000 }, chaos: { abortWhen: {} } },
        ': expected a number from 0 to 1, got undefined',
      ],
    ]);
  });
});

describe('options of shedding', () => {
  const shed = (options: object) => {
    const { shape, numbers } = read({ shed: options });
    assert.equal(shape.shed, true);
    return [numbers.shedDegraded, numbers.shedSeverely, numbers.shedEmergency];
  };

  it('let fewer through the worse it gets', () => {
    assert.deepEqual(shed({}), [2, 4, 6]);
    assert.deepEqual(shed({ degraded: 0, severelyDegraded: 3, emergency: 8 }), [0, 3, 8]);
    assert.deepEqual(shed({ degraded: 5 }), [5, 5, 6]);
    assert.deepEqual(shed({ severelyDegraded: 7 }), [2, 7, 7]);
  });

  it('are refused where they are wrong', () => {
    refusesAt('shed', [
      [{ degraded: -1 }, '.degraded: expected a whole number from 0 to 8, got -1'],
      [{ degraded: 2.5 }, '.degraded: expected a whole number from 0 to 8, got 2.5'],
      [{ emergency: 9 }, '.emergency: expected a whole number from 4 to 8, got 9'],
      [{ degraded: 5, severelyDegraded: 4 }, '.severelyDegraded: expected a whole number from 5 to 8, got 4'],
      [{ severe: 4 }, ': unknown option "severe"; known are degraded, severelyDegraded, emergency'],
    ]);
  });
});
