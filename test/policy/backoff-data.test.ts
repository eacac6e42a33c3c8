import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OptionsError } from '../../src/base/errors.ts';
import { scriptedRandom } from '../../src/base/random.ts';
import {
  type BackoffMath,
  backoffData,
  backoffFrom,
  constant,
  decorrelated,
  drawBackoff,
  exponential,
  fibonacci,
  fromList,
  linear,
} from '../../src/policy/backoff.ts';

const each = [
  constant({ baseMs: 7 }),
  linear({ baseMs: 7, stepMs: 3, jitter: 0.5 }),
  exponential({ baseMs: 100, maxMs: 5_000, factor: 3 }),
  fibonacci({ baseMs: 7, jitter: 'equal' }),
  decorrelated({ baseMs: 7, jitter: 'full' }),
  fromList([1, 2.5], { maxMs: 10 }),
];

function refusal(act: () => unknown): string {
  let refused = '';
  assert.throws(act, (error) => {
    assert.ok(error instanceof OptionsError, String(error));
    refused = error.message;
    return true;
  });
  return refused;
}

describe('a made backoff as data', () => {
  it('is what it was made of, with its defaults', () => {
    assert.deepEqual(each.map(backoffData), [
      { kind: 'constant', baseMs: 7, maxMs: 30_000, jitter: 'none' },
      { kind: 'linear', baseMs: 7, stepMs: 3, maxMs: 30_000, jitter: 0.5 },
      { kind: 'exponential', baseMs: 100, factor: 3, maxMs: 5_000, jitter: 'full' },
      { kind: 'fibonacci', baseMs: 7, maxMs: 30_000, jitter: 'equal' },
      { kind: 'decorrelated', baseMs: 7, maxMs: 30_000, jitter: 'full' },
      { kind: 'fromList', delaysMs: [1, 2.5], maxMs: 10, jitter: 'none' },
    ]);
    assert.deepEqual(
      each.map((backoff) => backoff.name),
      ['constant', 'linear', 'exponential', 'fibonacci', 'decorrelated', 'fromList'],
    );
  });

  it('pauses alike once it was sent', () => {
    for (const backoff of each) {
      const sent = backoffFrom(structuredClone(backoffData(backoff)));
      const asJson = backoffFrom(JSON.parse(JSON.stringify(backoffData(backoff))));
      assert.deepEqual(backoffData(sent), backoffData(backoff));
      const draws = () => scriptedRandom([0.1, 0.9, 0.3, 0.4, 0.5, 0.6]);
      const pauses = [backoff, sent, asJson].map((each) => {
        const bound = drawBackoff(each, draws());
        return [bound(1), bound(2, undefined, 12), bound(3, undefined, 20)];
      });
      assert.deepEqual(pauses[1], pauses[0]);
      assert.deepEqual(pauses[2], pauses[0]);
    }
  });

  it('cannot be changed behind the back of its other users', () => {
    for (const backoff of each) {
      const data = backoffData(backoff) as { maxMs: number; delaysMs?: number[] };
      assert.throws(() => {
        data.maxMs = 1;
      }, TypeError);
      if (data.delaysMs !== undefined) assert.throws(() => data.delaysMs?.push(1), TypeError);
    }
  });

  it('stays known when it draws from elsewhere', () => {
    const bound = drawBackoff(each[2], () => 0);
    assert.notEqual(bound, each[2]);
    assert.equal(backoffData(bound), backoffData(each[2]));
  });

  it('does its sums by the kernel that is handed in', () => {
    const asked: number[][] = [];
    const math: BackoffMath = (...given) => {
      asked.push(given);
      return 42;
    };
    assert.equal(drawBackoff(each[2], () => 0.25, math)(4), 42);
    assert.deepEqual(asked, [[2, 4, 100, 3, 5_000, -1, 0.25, 0]]);
  });

  it('is nobody else', () => {
    const own = (retry: number) => retry;
    for (const other of [own, undefined, null, {}, 'exponential', backoffData(each[0])]) {
      assert.equal(backoffData(other), undefined);
    }
    assert.equal(
      drawBackoff(own, () => 0),
      own,
    );
  });
});

describe('options of a backoff', () => {
  it('are refused where they are wrong', () => {
    const wrong = (options: object) => options as { baseMs: number; stepMs: number };
    const refused: [() => unknown, string][] = [
      [() => constant(wrong({})), 'constant.baseMs: expected a duration of at least 0 ms, got undefined'],
      [
        () => constant(wrong({ baseMs: -1 })),
        'constant.baseMs: expected a duration of at least 0 ms, got -1',
      ],
      [
        () => exponential({ baseMs: Number.NaN }),
        'exponential.baseMs: expected a duration of at least 0 ms, got NaN',
      ],
      [() => exponential({ baseMs: 1, factor: 0 }), 'exponential.factor: expected a number above 0, got 0'],
      [
        () => linear(wrong({ baseMs: 1 })),
        'linear.stepMs: expected a duration of at least 0 ms, got undefined',
      ],
      [
        () => fibonacci({ baseMs: 1, maxMs: Number.POSITIVE_INFINITY }),
        'fibonacci.maxMs: expected a duration from 0 to 9007199254740991 ms, got Infinity',
      ],
      [
        () => decorrelated({ baseMs: 1, jitter: 1.5 }),
        'decorrelated.jitter: expected "none", "full", "equal" or a share from 0 to 1, got 1.5',
      ],
      [
        () => constant(wrong({ baseMs: 1, jitter: 'half' })),
        'constant.jitter: expected "none", "full", "equal" or a share from 0 to 1, got "half"',
      ],
      [() => fromList([]), 'fromList.delaysMs: expected at least one duration, got an empty array'],
      [() => fromList([1, -1]), 'fromList.delaysMs[1]: expected a duration of at least 0 ms, got -1'],
      [() => fromList('1' as never), 'fromList.delaysMs: expected an array, got "1"'],
      [() => fromList([1], null as never), 'fromList: expected an object with options, got null'],
    ];
    for (const [make, message] of refused) assert.equal(refusal(make), message);
  });

  it('have no others beside them', () => {
    assert.match(
      refusal(() => exponential({ baseMs: 1, base: 1 } as never)),
      /^exponential: unknown option "base"; did you mean "baseMs"\?$/,
    );
    assert.match(
      refusal(() => constant({ baseMs: 1, factor: 2 } as never)),
      /^constant: unknown option "factor"/,
    );
    assert.match(
      refusal(() => fromList([1], { delaysMs: [2] } as never)),
      /^fromList: unknown option "delaysMs"/,
    );
  });

  it('are read from data as carefully', () => {
    assert.match(
      refusal(() => backoffFrom({ kind: 'exp', baseMs: 1 }, 'policies.send.retry.backoff')),
      /^policies\.send\.retry\.backoff\.kind: expected "constant", .* or "fromList", got "exp"$/,
    );
    assert.match(
      refusal(() => backoffFrom({ kind: 'constant', baseMs: 1, factor: 2 })),
      /^backoff: unknown option "factor"/,
    );
    fc.assert(
      fc.property(fc.anything(), (data) => {
        assert.throws(() => backoffFrom(data), OptionsError);
      }),
    );
  });
});
