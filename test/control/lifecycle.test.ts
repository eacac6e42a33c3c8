import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LifecycleError, TimeoutError } from '../../src/base/errors.ts';
import { given, held } from './given.ts';

const boom = new Error('boom');
const fails = () => {
  throw boom;
};

describe('a start', () => {
  it('goes through the phases upwards, and a stop downwards', async () => {
    const { holdfast, told, steps } = given();
    holdfast.component({ name: 'late', phase: 2, ...steps('late') });
    holdfast.component({ name: 'early', phase: -1, ...steps('early') });
    holdfast.component({ name: 'middle', ...steps('middle') });
    await holdfast.start();
    assert.deepEqual(told.splice(0), ['start early', 'start middle', 'start late']);
    await holdfast.stop();
    assert.deepEqual(told, ['stop late', 'stop middle', 'stop early']);
  });

  it('runs side by side within a phase what does not depend on each other', async () => {
    const { holdfast, clock, told, steps } = given();
    const slow = held();
    holdfast.component({ name: 'database', start: () => slow.promise });
    holdfast.component({ name: 'queue', ...steps('queue') });
    holdfast.component({ name: 'orders', dependsOn: ['database', 'queue'], ...steps('orders') });
    const started = holdfast.start();
    await clock.advance(0);
    assert.deepEqual(told, ['start queue']);
    assert.equal(holdfast.state, 'starting');
    slow.end();
    await started;
    assert.deepEqual(told, ['start queue', 'start orders']);
  });

  it('stops dependents before what they depend on', async () => {
    const { holdfast, told, steps } = given();
    holdfast.component({ name: 'a', ...steps('a') });
    holdfast.component({ name: 'b', dependsOn: ['a'], ...steps('b') });
    holdfast.component({ name: 'c', dependsOn: ['b'], ...steps('c') });
    await holdfast.start();
    await holdfast.stop();
    assert.deepEqual(told.slice(3), ['stop c', 'stop b', 'stop a']);
  });

  it('that fails stops what had started, newest first, and says where it failed', async () => {
    const { holdfast, told, steps } = given();
    holdfast.component({ name: 'a', ...steps('a') });
    holdfast.component({ name: 'b', phase: 1, ...steps('b') });
    holdfast.component({ name: 'c', phase: 2, start: fails, stop: () => void told.push('stop c') });
    holdfast.component({ name: 'd', phase: 3, ...steps('d') });
    await assert.rejects(holdfast.start(), (error: LifecycleError) => {
      assert.ok(error instanceof LifecycleError);
      assert.equal(error.code, 'HF_START_FAILED');
      assert.deepEqual([error.phase, error.component, error.cause], [2, 'c', boom]);
      return true;
    });
    assert.deepEqual(told, ['start a', 'start b', 'stop b', 'stop a']);
    assert.equal(holdfast.state, 'failed');
  });

  it('may be tried again after it failed', async () => {
    const { holdfast } = given();
    let tries = 0;
    holdfast.component({ name: 'a', start: () => (++tries === 1 ? fails() : undefined) });
    await assert.rejects(holdfast.start());
    await holdfast.start();
    assert.equal(holdfast.state, 'running');
    await holdfast.stop();
  });

  it('keeps the errors of a roll-back beside the cause', async () => {
    const { holdfast } = given();
    const worse = new Error('worse');
    holdfast.component({ name: 'a', stop: () => Promise.reject(worse) });
    holdfast.component({ name: 'b', phase: 1, start: fails });
    await assert.rejects(holdfast.start(), (error: LifecycleError) => {
      assert.equal(error.cause, boom);
      assert.deepEqual(error.errors, [worse]);
      return true;
    });
  });

  it('gives a component its time and no more, and undoes what is done too late', async () => {
    const { holdfast, clock, told } = given();
    const slow = held();
    let aborted = false;
    holdfast.component({
      name: 'slow',
      start: ({ signal }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return slow.promise;
      },
      stop: () => void told.push('stop slow'),
    });
    const started = holdfast.start();
    started.catch(() => {});
    await clock.advance(29_999);
    assert.equal(aborted, false);
    await clock.advance(1);
    await assert.rejects(started, (error: LifecycleError) => {
      const cause = error.cause as TimeoutError;
      assert.ok(cause instanceof TimeoutError);
      assert.deepEqual([cause.scope, cause.timeoutMs], ['start', 30_000]);
      assert.match(cause.message, /slow/);
      return true;
    });
    assert.ok(aborted);
    assert.deepEqual(told, []);
    slow.end();
    await clock.advance(0);
    assert.deepEqual(told, ['stop slow']);
  });

  it('tells each move to listeners', async () => {
    const { holdfast } = given({ name: 'orders' });
    const moves: string[] = [];
    holdfast.on('state', ({ name, from, to }) => moves.push(`${name}: ${from} → ${to}`));
    await holdfast.start();
    await holdfast.stop();
    assert.deepEqual(moves, [
      'orders: idle → starting',
      'orders: starting → running',
      'orders: running → draining',
      'orders: draining → stopped',
    ]);
  });

  it('is refused while the runtime is started', async () => {
    const { holdfast } = given();
    await holdfast.start();
    await assert.rejects(holdfast.start(), { code: 'HF_ALREADY_STARTED' });
    assert.equal(holdfast.state, 'running');
    await holdfast.stop();
  });
});
