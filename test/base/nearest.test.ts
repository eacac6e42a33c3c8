import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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

  it('makes a question, or nothing', () => {
    assert.equal(didYouMean('brust', known), '; did you mean "burst"?');
    assert.equal(didYouMean('foo', known), '');
  });
});
