import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scriptedRandom, secretBytes, seededRandom, systemRandom } from '../../src/base/random.ts';

function draws(random: () => number, count: number): number[] {
  return Array.from({ length: count }, random);
}

describe('chance of the system', () => {
  it('is from 0 to below 1, and not always the same', () => {
    const drawn = draws(systemRandom, 1_000);
    assert.ok(drawn.every((draw) => draw >= 0 && draw < 1));
    assert.ok(new Set(drawn).size > 990);
  });
});

describe('secret bytes', () => {
  it('are as many as are asked for, others each time, in memory that no thread shares', () => {
    const [one, other] = [secretBytes(32), secretBytes(32)];
    assert.deepEqual([one.length, secretBytes(0).length], [32, 0]);
    assert.notDeepEqual(one, other);
    assert.ok(one.buffer instanceof ArrayBuffer);
  });
});

describe('chance from a seed', () => {
  it('is the same for the same seed, wherever it is drawn', () => {
    // Written down once: these numbers must not change from version to version or machine to machine.
    assert.deepEqual(draws(seededRandom(1), 3), [0.9166854426730424, 0.5312773000914603, 0.6944860280491412]);
    assert.deepEqual(
      draws(seededRandom('holdfast'), 3),
      [0.30463619460351765, 0.8297627670690417, 0.8286250871606171],
    );
  });

  it('differs from seed to seed, near ones and odd ones included', () => {
    const seeds = [
      0,
      -0,
      1,
      2,
      -1,
      0.5,
      2 ** 32,
      2 ** 53,
      Number.POSITIVE_INFINITY,
      '',
      '0',
      '1',
      'a',
      'b',
      'ab',
      'ba',
    ];
    const first = seeds.map((seed) => draws(seededRandom(seed), 4).join());
    assert.equal(new Set(first).size, seeds.length);
  });

  it('goes its own way from each generator', () => {
    const one = seededRandom(7);
    draws(one, 10);
    assert.deepEqual(draws(seededRandom(7), 5), draws(seededRandom(7), 5));
    assert.notDeepEqual(draws(one, 5), draws(seededRandom(7), 5));
  });

  it('refuses a seed that is no number and no text', () => {
    for (const seed of [Number.NaN, undefined, null, 5n, {}]) {
      assert.throws(() => seededRandom(seed as never), RangeError);
    }
  });

  it('is from 0 to below 1 and spread evenly, whatever the seed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string()), (seed) => {
        const random = seededRandom(seed);
        const tenths = new Array<number>(10).fill(0);
        for (let draw = 0; draw < 10_000; draw++) {
          const drawn = random();
          assert.ok(drawn >= 0 && drawn < 1);
          tenths[Math.floor(drawn * 10)]++;
        }
        // χ² with 9 degrees of freedom is over 50 once in ten million times.
        const chi2 = tenths.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
        assert.ok(chi2 < 50, `χ² ${chi2}`);
      }),
      { numRuns: 50, seed: 20_300_101 },
    );
  });
});

describe('chance from a script', () => {
  it('is the script, and an error when that is over', () => {
    const random = scriptedRandom([0.5, 0, 0.999]);
    assert.deepEqual(draws(random, 3), [0.5, 0, 0.999]);
    assert.throws(random, { name: 'RangeError', message: /all 3 scripted draws are used up/ });
    assert.throws(random, RangeError);
  });

  it('keeps to what it was given first', () => {
    const values = [0.1, 0.2];
    const random = scriptedRandom(values);
    values[0] = 0.9;
    values.length = 1;
    assert.deepEqual(draws(random, 2), [0.1, 0.2]);
  });

  it('refuses a draw that chance cannot give', () => {
    for (const value of [1, -0.1, Number.NaN, 'a' as never, undefined as never]) {
      assert.throws(() => scriptedRandom([0.5, value]), {
        name: 'RangeError',
        message: /draw 2 of the script/,
      });
    }
  });

  it('refuses a script that is no list', () => {
    for (const script of [undefined, 'ab', {}, 0.5]) {
      assert.throws(() => scriptedRandom(script as never), TypeError);
    }
  });
});
