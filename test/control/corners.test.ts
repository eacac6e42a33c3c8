import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handleSignals } from '../../src/control/process-signals.ts';
import { given } from './given.ts';

describe('names in a list', () => {
  it('are texts: what only reads like one names no signal', () => {
    for (const signal of [['SIGUSR2'], { toString: () => 'SIGUSR2' }, new String('SIGUSR2')]) {
      assert.throws(
        () => handleSignals(async () => {}, { signals: [signal as never] }).dispose(),
        /^OptionsError: handleSignals.signals\[0\]: expected a signal that can be heard/,
      );
    }
  });

  it('are texts: what only reads like one names no component', () => {
    const { holdfast } = given();
    holdfast.component({ name: 'a' });
    for (const other of [['a'], { toString: () => 'a' }, 7, null]) {
      assert.throws(
        () => holdfast.component({ name: 'b', dependsOn: [other as never] }),
        /^OptionsError: components.b.dependsOn\[0\]: expected the name of another component/,
      );
    }
  });
});
