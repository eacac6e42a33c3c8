import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figureOf, middleOf, noiseOf } from '../../bench/support/figures.ts';
import { compare, rowsOf } from '../../bench/support/measure.ts';

describe('figures of rounds', () => {
  it('are the round in the middle', () => {
    const rounds = [100, 900, 104, 101, 103, 800, 102, 105, 107, 106];
    const { figure, best } = figureOf(rounds);
    assert.deepEqual({ figure, best }, { figure: 105, best: 100 });
    assert.equal(figureOf([10, 1, 9, 2], true).best, 10);
  });

  it('have a middle that no single round and no second heap of them moves far', () => {
    assert.equal(middleOf([4, 4, 4, 4, 4, 4, 4, 900]), 4);
    assert.equal(middleOf([1, 2, 2, 3]), 2);
    assert.equal(middleOf([4, 4, 4, 4, 6, 6, 6, 6]), 5);
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

  it('have the ratio of best rounds, whatever came between in the others', () => {
    const [bare, breaker] = rowsOf(
      'bare',
      new Map([
        ['bare', [30, 20, 10, 20, 30]],
        ['breaker', [40, 80, 90, 80, 400]],
      ]),
    );
    assert.equal(bare.ratio, 1);
    assert.equal(breaker.ratio, 4);
  });

  it('have the middle of the ratios of rounds side by side where they are no times of one thread', () => {
    const rates = new Map([
      ['one thread', [10, 20, 10, 20, 10]],
      ['two threads', [20, 40, 20, 40, 900]],
    ]);
    const [one, two] = rowsOf('one thread', rates, { unit: '/s', higher: true });
    assert.equal(one.ratio, 1);
    assert.equal(two.ratio, 2);
  });
});

describe('comparing subjects', () => {
  it('takes the baseline before and after each, and lets neither weigh more', async () => {
    const ran: string[] = [];
    const subject = (name: string) => ({
      name,
      run(times: number) {
        ran.push(name);
        return times;
      },
    });
    const rows = await compare('bare', [subject('bare'), subject('one'), subject('two')]);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['bare', 'one', 'two'],
    );
    const round = ['bare', 'one', 'bare', 'two', 'bare'];
    assert.deepEqual(ran.slice(0, 10), [...round, ...round]);
    assert.equal(rows[0].ratio, 1);
  });

  it('refuses a figure when the work was not done', async () => {
    const idle = { name: 'idle', run: (times: number) => times - 1 };
    await assert.rejects(compare('idle', [idle]), /idle: done \d+ of \d+ times/);
  });

  it('refuses a baseline that was not measured', async () => {
    assert.throws(() => rowsOf('bare', new Map([['breaker', [1]]])), /nothing is called bare/);
  });
});
