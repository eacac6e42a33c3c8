import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ASYNC_DISPOSE, DISPOSE } from '../../src/base/dispose.ts';
import { runScript } from './run-script.ts';

const script = new URL('./dispose-script.ts', import.meta.url);

describe('the symbols of disposal', () => {
  it('are those of the engine, or stand in for them', () => {
    assert.equal(DISPOSE, Symbol.dispose);
    assert.equal(ASYNC_DISPOSE, Symbol.asyncDispose);
    assert.equal(typeof DISPOSE, 'symbol');
    assert.notEqual(DISPOSE as symbol, ASYNC_DISPOSE as symbol);
  });

  it('are those of the registry where the engine has none, and are given to it where it takes them', async () => {
    const { lines, errors } = await runScript(script);
    assert.deepEqual(lines, ['Symbol(Symbol.dispose) true true', 'Symbol(Symbol.asyncDispose) true'], errors);
    const frozen = await runScript(script, 'frozen');
    assert.deepEqual(
      frozen.lines,
      ['Symbol(Symbol.dispose) true false', 'Symbol(Symbol.asyncDispose) true'],
      frozen.errors,
    );
  });
});
