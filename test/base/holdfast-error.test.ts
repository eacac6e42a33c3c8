import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChaosError, UnknownPolicyError, UnknownTaskError, WorkerLostError } from '../../src/base/errors.ts';
import { runScript } from './run-script.ts';

describe('an error of Holdfast', () => {
  for (const globals of ['frozen', 'without a limit of traces']) {
    it(`is made and carried where the globals are ${globals}`, async () => {
      const { lines, errors } = await runScript(new URL('./errors-script.ts', import.meta.url), globals);
      const chaos = 'ChaosError: send/chaos: failure was injected';
      assert.deepEqual(lines, [chaos, 'OptionsError: a: expected b, got c', chaos, 'RangeError: x'], errors);
    });
  }

  it('has a policy and a cause when it is given them, and else has not', () => {
    const bare = new WorkerLostError({ reason: 'it is gone' });
    assert.deepEqual([Object.hasOwn(bare, 'policy'), Object.hasOwn(bare, 'cause')], [false, false]);
    const full = new WorkerLostError({ policy: 'send', cause: 5, reason: 'it is gone' });
    assert.deepEqual([full.policy, full.cause, Object.keys(full).includes('cause')], ['send', 5, false]);
  });

  it('may be renamed, and given another cause, like any error', () => {
    const error = new WorkerLostError({ cause: 5, reason: 'it is gone' });
    error.name = 'Mine';
    error.cause = 6;
    assert.equal(String(error), 'Mine: workers: worker was lost; it is gone');
    assert.equal(error.cause, 6);
    Reflect.deleteProperty(error, 'cause');
    assert.equal(Object.hasOwn(error, 'cause'), false);
    assert.equal(new ChaosError().name, 'ChaosError');
  });

  it('names what was looked for, whatever it was', () => {
    const known = ['send', 'receive'];
    const policy = new UnknownPolicyError({ policy: 'sned', known });
    assert.equal(policy.policy, 'sned');
    assert.equal(policy.message, 'no policy is called "sned"; did you mean "send"?');
    const odd = new UnknownPolicyError({ policy: 5 as never, known });
    assert.deepEqual([odd.policy, odd.message], ['5', 'no policy is called 5']);
    const task = new UnknownTaskError({ task: 'digest' });
    assert.deepEqual([task.task, task.message], ['digest', 'workers: no task is called "digest"']);
    const none = new UnknownTaskError({ task: null as never, known });
    assert.deepEqual([none.task, none.message], ['null', 'workers: no task is called null']);
  });
});
