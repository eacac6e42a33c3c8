import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as base from '../../src/base/random.ts';
import { scriptedRandom, seededRandom } from '../../src/testing/random.ts';

describe('chance in the testing kit', () => {
  it('is the chance of the library itself', () => {
    assert.equal(seededRandom, base.seededRandom);
    assert.equal(scriptedRandom, base.scriptedRandom);
  });
});
