import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ASYNC_DISPOSE, DISPOSE } from '../../src/base/dispose.ts';

describe('the symbols of disposal', () => {
  it('are those of the engine, or stand in for them', () => {
    assert.equal(DISPOSE, Symbol.dispose);
    assert.equal(ASYNC_DISPOSE, Symbol.asyncDispose);
    assert.equal(typeof DISPOSE, 'symbol');
    assert.notEqual(DISPOSE as symbol, ASYNC_DISPOSE as symbol);
  });
});
