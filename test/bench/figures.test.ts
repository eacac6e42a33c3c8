import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figureOf, noiseOf } from '../../bench/support/figures.ts';
import { compare, rowsOf } from '../../bench/support/measure.ts';

describe('figures of rounds', () => {
  it('are the best round but a tenth of them', () => {
    const rounds = [100, 900, 104, 101, 103, 800, 102, 105, 107, 106];
    const { figure, best, median } = figureOf(rounds);
    assert.deepEqual({ figure, best, median }, { figure: 101, best: 100, median: 105 });
    assert.equal(figureOf([10, 1, 9, 2], true).figure, 10);
  });

  it('do not come of nothing', () => {
    assert.throws(() => figureOf([]), /nothing to judge by/);
    assert.throws(() => figureOf([1, Number.NaN]), /nothing to judge by/);
  });

  it('are noisy when rounds side by side differ, not when both grow together', () => {
    assert.equal(noiseOf([2, 2, 2, 2]), 0);
    const rows = rowsOf(
      'bare',
      new Map([
        ['bare', [10, 20, 40, 10]],
        ['breaker', [40, 80, 160, 40]],
      ]),
    );
    assert.deepEqual(
      rows.map(({ ratio, noise }) => [ratio, noise]),
      [
        [1, 0],
        [4, 0],
      ],
    );
    assert.ok(rows[1].spread > 0);
  });
});

describe('comparing subjects', () => {
  it('refuses a figure when the work was not done', async () => {
    const idle = { name: 'idle', run: (times: number) => times - 1 };
    await assert.rejects(compare('idle', [idle]), /idle: done \d+ of \d+ times/);
  });

  it('refuses a baseline that was not measured', async () => {
    assert.throws(() => rowsOf('bare', new Map([['breaker', [1]]])), /nothing is called bare/);
  });
});
