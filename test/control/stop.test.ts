import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DrainingError, type LifecycleError } from '../../src/base/errors.ts';
import { given, held } from './given.ts';

const boom = new Error('boom');
const fails = () => {
  throw boom;
};

describe('a stop', () => {
  it('does nothing the second time, and the runtime starts again', async () => {
    const { holdfast, told, steps } = given();
    holdfast.component({ name: 'a', ...steps('a') });
    await holdfast.start();
    await holdfast.stop();
    await holdfast.stop();
    assert.deepEqual(told, ['start a', 'stop a']);
    await holdfast.start();
    assert.deepEqual(told, ['start a', 'stop a', 'start a']);
    assert.equal(await holdfast.policy(define(holdfast)).execute(() => 'served'), 'served');
    await holdfast.stop();
  });

  it('goes on past errors and tells them all', async () => {
    const { holdfast, told, steps } = given();
    const other = new Error('other');
    holdfast.component({ name: 'a', ...steps('a') });
    holdfast.component({ name: 'b', phase: 1, stop: fails });
    holdfast.component({ name: 'c', phase: 2, stop: () => Promise.reject(other) });
    await holdfast.start();
    await assert.rejects(holdfast.stop(), (error: LifecycleError) => {
      assert.equal(error.code, 'HF_STOP_FAILED');
      assert.deepEqual([error.phase, error.component, error.cause], [2, 'c', other]);
      assert.deepEqual(error.errors, [other, boom]);
      return true;
    });
    assert.deepEqual(told, ['start a', 'stop a']);
    assert.equal(holdfast.state, 'stopped');
    await holdfast.stop();
  });

  it('gives each component its time', async () => {
    const { holdfast, clock, told, steps } = given();
    holdfast.component({ name: 'a', ...steps('a') });
    holdfast.component({ name: 'b', phase: 1, stop: () => new Promise(() => {}), timeoutMs: 500 });
    await holdfast.start();
    const stopped = holdfast.stop();
    stopped.catch(() => {});
    await clock.advance(500);
    await assert.rejects(stopped, { code: 'HF_STOP_FAILED', component: 'b' });
    assert.deepEqual(told, ['start a', 'stop a']);
  });

  it('ends a start that is under way', async () => {
    const { holdfast, clock, told, steps } = given();
    holdfast.component({ name: 'a', ...steps('a') });
    holdfast.component({
      name: 'b',
      phase: 1,
      start: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const started = holdfast.start();
    started.catch(() => {});
    await clock.advance(0);
    assert.equal(holdfast.state, 'starting');
    await holdfast.stop();
    await assert.rejects(started, (error: LifecycleError) => {
      assert.equal(error.code, 'HF_START_FAILED');
      assert.ok(error.cause instanceof DrainingError);
      return true;
    });
    assert.deepEqual(told, ['start a', 'stop a']);
    assert.equal(holdfast.state, 'stopped');
  });

  it('refuses new calls and waits for those under way before components stop', async () => {
    const { holdfast, clock, told, steps } = given({ policies: { send: {} } });
    holdfast.component({ name: 'a', ...steps('a') });
    await holdfast.start();
    const work = held();
    const call = holdfast.policy('send').execute(() => work.promise);
    const stopped = holdfast.stop();
    await clock.advance(0);
    assert.equal(holdfast.state, 'draining');
    await assert.rejects(
      holdfast.policy('send').execute(() => 'new'),
      DrainingError,
    );
    assert.deepEqual(told, ['start a']);
    work.end();
    await call;
    await stopped;
    assert.deepEqual(told, ['start a', 'stop a']);
  });

  it('aborts what is still under way when the drain is over', async () => {
    const { holdfast, clock } = given({ policies: { send: {} } });
    await holdfast.start();
    const call = holdfast.policy('send').execute(({ signal }) => {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    call.catch(() => {});
    const stopped = holdfast.stop({ drainMs: 250 });
    await clock.advance(249);
    assert.equal(holdfast.state, 'draining');
    await clock.advance(1);
    await stopped;
    await assert.rejects(call, DrainingError);
  });

  it('comes at the end of a block', async () => {
    const { holdfast, told, steps } = given();
    holdfast.component({ name: 'a', ...steps('a') });
    await holdfast.start();
    await holdfast[Symbol.asyncDispose]();
    assert.equal(holdfast.state, 'stopped');
    assert.deepEqual(told, ['start a', 'stop a']);
  });
});

function define(holdfast: ReturnType<typeof given>['holdfast']): string {
  holdfast.define('late', {});
  return 'late';
}
