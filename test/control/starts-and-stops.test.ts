import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { DrainingError, type LifecycleError, type TimeoutError } from '../../src/base/errors.ts';
import { given, held } from './given.ts';

const failing = (error: Error) => () => Promise.reject(error);

describe('starts and stops at once', () => {
  it('a second start is refused while the first is under way', async () => {
    const { holdfast } = given();
    const first = holdfast.start();
    await assert.rejects(holdfast.start(), { code: 'HF_ALREADY_STARTED' });
    await first;
    assert.equal(holdfast.state, 'running');
    await holdfast.stop();
  });

  it('a start that comes while a stop is under way waits for it', async () => {
    const { holdfast, clock, told } = given();
    const step = held();
    holdfast.component({
      name: 'a',
      start: () => void told.push('start'),
      stop: () => step.promise.then(() => told.push('stop')),
    });
    await holdfast.start();
    const stopped = holdfast.stop();
    const started = holdfast.start();
    await clock.advance(0);
    assert.deepEqual([holdfast.state, told], ['draining', ['start']]);
    step.end();
    await Promise.all([stopped, started]);
    assert.deepEqual([holdfast.state, told], ['running', ['start', 'stop', 'start']]);
    await holdfast.stop();
  });

  it('a start waits for a stop that fails as well, and does not fail with it', async () => {
    const { holdfast } = given();
    const boom = new Error('boom');
    let broken = true;
    holdfast.component({ name: 'a', stop: () => (broken ? Promise.reject(boom) : undefined) });
    await holdfast.start();
    const stopped = assert.rejects(holdfast.stop(), { code: 'HF_STOP_FAILED' });
    await holdfast.start();
    await stopped;
    assert.equal(holdfast.state, 'running');
    broken = false;
    await holdfast.stop();
  });

  it('a start that is asked for by whoever hears of the drain comes after the stop', async () => {
    const { holdfast } = given();
    let asked: Promise<void> | undefined;
    holdfast.on('state', ({ to }) => {
      if (to === 'draining') asked ??= holdfast.start();
    });
    await holdfast.start();
    await holdfast.stop();
    await asked;
    assert.equal(holdfast.state, 'running');
    await holdfast.stop();
    assert.equal(holdfast.state, 'stopped');
  });

  it('a second stop waits for the first, and fails with it', async () => {
    const { holdfast, clock } = given();
    const step = held();
    const boom = new Error('boom');
    let stops = 0;
    holdfast.component({
      name: 'a',
      stop: () => {
        stops++;
        return step.promise.then(() => Promise.reject(boom));
      },
    });
    await holdfast.start();
    const ends: string[] = [];
    const stopped = ['first', 'second'].map((name) =>
      assert.rejects(holdfast.stop(), { cause: boom }).then(() => ends.push(name)),
    );
    await clock.advance(0);
    assert.deepEqual(ends, []);
    step.end();
    await Promise.all(stopped);
    assert.deepEqual([stops, ends.sort()], [1, ['first', 'second']]);
  });

  it('a component that has started though it was no longer wanted is stopped again', async () => {
    const { holdfast, clock, told } = given();
    const step = held();
    holdfast.component({
      name: 'a',
      start: () => step.promise.then(() => told.push('start')),
      stop: () => void told.push('stop'),
    });
    const started: Promise<LifecycleError> = holdfast.start().then(
      () => assert.fail('it has started'),
      (thrown) => thrown,
    );
    await clock.advance(0);
    const stopped = holdfast.stop();
    step.end();
    const error = await started;
    await stopped;
    assert.ok(error.cause instanceof DrainingError);
    assert.deepEqual([error.phase, error.component, error.errors], [undefined, undefined, []]);
    assert.deepEqual([told, holdfast.state], [['start', 'stop'], 'stopped']);
  });
});
describe('a stop', () => {
  it('of a runtime that never started has nothing to stop', async () => {
    const { holdfast, told, steps } = given();
    holdfast.component({ name: 'a', ...steps('a') });
    await holdfast.stop();
    assert.deepEqual([holdfast.state, told], ['stopped', []]);
  });

  it('goes on side by side within a phase, each after those that depend on it', async () => {
    const { holdfast, clock, told } = given();
    const step = held();
    const stop =
      (name: string, end = Promise.resolve()) =>
      () =>
        end.then(() => told.push(name));
    holdfast.component({ name: 'database', stop: stop('database') });
    holdfast.component({ name: 'queue', stop: stop('queue') });
    holdfast.component({ name: 'orders', dependsOn: ['database'], stop: stop('orders', step.promise) });
    await holdfast.start();
    const stopped = holdfast.stop();
    await clock.advance(0);
    assert.deepEqual(told, ['queue']);
    step.end();
    await stopped;
    assert.deepEqual(told, ['queue', 'orders', 'database']);
  });

  it('tells each component when its time is over', async () => {
    const { holdfast, clock } = given();
    const reasons: TimeoutError[] = [];
    holdfast.component({
      name: 'a',
      stop: ({ signal }) => {
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        return new Promise(() => {});
      },
    });
    await holdfast.start();
    const stopped = assert.rejects(holdfast.stop(), { component: 'a' });
    await clock.advance(30_000);
    await stopped;
    assert.deepEqual(
      reasons.map((reason) => [reason.scope, reason.timeoutMs]),
      [['stop', 30_000]],
    );
  });
});
describe('the lifecycle channel', () => {
  it('has each step with its phase, and the error of one that failed', async () => {
    const { holdfast } = given({ name: 'orders' });
    const boom = new Error('boom');
    const messages: unknown[] = [];
    const hear = (message: unknown) => void messages.push(message);
    holdfast.component({ name: 'database', phase: 3, stop: failing(boom) });
    subscribe('holdfast:lifecycle', hear);
    await holdfast.start();
    await assert.rejects(holdfast.stop());
    unsubscribe('holdfast:lifecycle', hear);
    const state = { runtime: 'orders', event: 'state' };
    const step = { runtime: 'orders', component: 'database', phase: 3 };
    assert.deepEqual(messages, [
      { ...state, from: 'idle', to: 'starting' },
      { ...step, event: 'start' },
      { ...state, from: 'starting', to: 'running' },
      { ...state, from: 'running', to: 'draining' },
      { ...step, event: 'stop', error: boom },
      { ...state, from: 'draining', to: 'stopped' },
    ]);
  });
});
