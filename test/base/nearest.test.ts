import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { didYouMean, nearestName } from '../../src/base/nearest.ts';

const known = ['burst', 'permitsPerSecond', 'maxWaitMs', 'adaptive', 'perKey'];

describe('the nearest name', () => {
  it('is found through letters exchanged, left out, put in or replaced, and through their case', () => {
    const slips = {
      brust: 'burst',
      burs: 'burst',
      bursts: 'burst',
      bors: 'burst',
      BURST: 'burst',
      perkey: 'perKey',
    };
    for (const [wrong, meant] of Object.entries(slips)) assert.equal(nearestName(wrong, known), meant, wrong);
    assert.equal(nearestName('maxWait', known), 'maxWaitMs');
    assert.equal(nearestName('permitsPerSec', known), 'permitsPerSecond');
  });

  it('is the nearest of those that are near', () => {
    assert.equal(nearestName('maxMs', ['minMs', 'maxMS', 'max']), 'maxMS');
  });

  it('is none when none is near', () => {
    for (const wrong of ['foo', 'x', '', 'circuitBreaker', 'b'.repeat(1_000_000)]) {
      assert.equal(nearestName(wrong, known), undefined, wrong.slice(0, 20));
    }
    assert.equal(nearestName('burst', []), undefined);
  });

  it('is the nearest of any, the first of two that are as near, and at most half the word away', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 3 }), (wrong, names) => {
        const away = names.map((name) => editsByDefinition(wrong, name));
        const fewest = Math.min(...away, Number.POSITIVE_INFINITY);
        const near = fewest <= wrong.length / 2 && fewest <= 4;
        assert.equal(nearestName(wrong, names), near ? names[away.indexOf(fewest)] : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('is more than four edits away for no word, however long', () => {
    const word = 'permitsPerSecond';
    assert.equal(nearestName(`${word}xxxx`, [word]), word);
    assert.equal(nearestName(`${word}xxxxx`, [word]), undefined);
  });

  it('is looked for up to 64 letters: longer names are no slip', () => {
    assert.equal(nearestName('b'.repeat(64), ['b'.repeat(63)]), 'b'.repeat(63));
    assert.equal(nearestName('b'.repeat(65), ['b'.repeat(64)]), undefined);
  });

  it('makes a question, or nothing', () => {
    assert.equal(didYouMean('brust', known), '; did you mean "burst"?');
    assert.equal(didYouMean('foo', known), '');
  });
});

/** Letters put in, left out, replaced, or exchanged with their neighbour: the fewest, by trying all. */
function editsByDefinition(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const last = a.at(-1) === b.at(-1) ? 0 : 1;
  const ways = [
    editsByDefinition(a.slice(0, -1), b) + 1,
    editsByDefinition(a, b.slice(0, -1)) + 1,
    editsByDefinition(a.slice(0, -1), b.slice(0, -1)) + last,
  ];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    ways.push(editsByDefinition(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...ways);
}
