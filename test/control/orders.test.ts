import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { given } from './given.ts';

describe('components', () => {
  it('start by their phases, however they were added', async () => {
    const { holdfast, told, steps } = given();
    const added = [
      ['a', 10],
      ['b', -1_000_000],
      ['c', 9],
      ['d', 1_000_000],
      ['e', 10],
    ] as const;
    for (const [name, phase] of added) holdfast.component({ name, phase, ...steps(name) });
    await holdfast.start();
    assert.deepEqual(told.splice(0), ['start b', 'start c', 'start a', 'start e', 'start d']);
    await holdfast.stop();
    assert.deepEqual(told.slice(0, 1), ['stop d']);
    assert.deepEqual(told.slice(1, 3).sort(), ['stop a', 'stop e']);
    assert.deepEqual(told.slice(3), ['stop c', 'stop b']);
  });

  it('may depend on one of the same phase or an earlier one, by way of others too', async () => {
    const { holdfast, told, steps } = given();
    holdfast.component({ name: 'c', phase: 1, dependsOn: ['a', 'b'], ...steps('c') });
    holdfast.component({ name: 'b', phase: 1, dependsOn: ['a'], ...steps('b') });
    holdfast.component({ name: 'a', ...steps('a') });
    await holdfast.start();
    assert.deepEqual(told, ['start a', 'start b', 'start c']);
    await holdfast.stop();
  });

  it('that would close a circle are told which, without those that only lead to it', () => {
    const { holdfast } = given();
    holdfast.component({ name: 'a', dependsOn: ['b'] });
    holdfast.component({ name: 'b', dependsOn: ['c', 'd'] });
    holdfast.component({ name: 'd' });
    assert.throws(() => holdfast.component({ name: 'c', dependsOn: ['d', 'b'] }), /got a circle, b → c → b$/);
    assert.throws(
      () => holdfast.component({ name: 'self', dependsOn: ['self'] }),
      /^OptionsError: components.self.dependsOn\[0\]: expected the name of another component, got "self"/,
    );
  });

  it('are refused with what they cannot be', () => {
    const { holdfast } = given();
    const bad = [
      ['phase', 1_000_001],
      ['phase', -1_000_001],
      ['phase', 0.5],
      ['dependsOn', 'a'],
      ['dependsOn', [7]],
      ['dependsOn', ['']],
      ['start', 'now'],
      ['stop', 'now'],
      ['check', true],
      ['timeoutMs', -1],
    ] as const;
    for (const [name, value] of bad) {
      assert.throws(
        () => holdfast.component({ name: 'a', [name]: value }),
        new RegExp(`^OptionsError: components.a.${name}(\\[0\\])?: expected `),
      );
    }
    assert.throws(() => holdfast.component({} as never), /^OptionsError: component.name: expected /);
    assert.doesNotThrow(() => holdfast.component({ name: 'a', check: () => true }));
    const again = () => holdfast.component({ name: 'a' });
    assert.throws(
      again,
      /^OptionsError: component.name: expected a name that is not taken, got "a", added already/,
    );
  });

  it('may be added again after a stop, and after a start that failed', async () => {
    const { holdfast, told, steps } = given();
    await holdfast.start();
    await holdfast.stop();
    let broken = true;
    holdfast.component({ name: 'a', start: () => (broken ? Promise.reject(new Error('boom')) : undefined) });
    await assert.rejects(holdfast.start(), { code: 'HF_START_FAILED' });
    broken = false;
    holdfast.component({ name: 'b', ...steps('b') });
    const started = holdfast.start();
    assert.throws(() => holdfast.component({ name: 'c' }), { code: 'HF_ALREADY_STARTED' });
    await started;
    assert.deepEqual(told, ['start b']);
    const stopped = holdfast.stop();
    assert.throws(() => holdfast.component({ name: 'c' }), { code: 'HF_ALREADY_STARTED' });
    await stopped;
  });
});
