import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { DrainingError, LifecycleError, type TimeoutError } from '../../src/base/errors.ts';
import { given, held } from './given.ts';

const failing = (error: Error) => () => Promise.reject(error);

async function refusedStart(started: Promise<void>): Promise<LifecycleError> {
  const error = await started.then(
    () => assert.fail('it has started'),
    (thrown) => thrown,
  );
  assert.ok(error instanceof LifecycleError, String(error));
  assert.equal(error.code, 'HF_START_FAILED');
  return error;
}

describe('a start in which something fails', () => {
  it('begins nothing that depends on what failed, and nothing of a later phase', async () => {
    const { holdfast, told, steps } = given();
    const boom = new Error('boom');
    holdfast.component({ name: 'a', ...steps('a') });
    holdfast.component({ name: 'b', start: failing(boom), stop: () => void told.push('stop b') });
    holdfast.component({ name: 'c', dependsOn: ['b'], ...steps('c') });
    holdfast.component({ name: 'd', phase: 1, ...steps('d') });
    await refusedStart(holdfast.start());
    assert.deepEqual(told, ['start a', 'stop a']);
  });

  it('tells those beside it that they are not wanted, and by what', async () => {
    const { holdfast, clock } = given();
    const boom = new Error('boom');
    let reason: unknown;
    holdfast.component({
      name: 'slow',
      start: ({ signal }) =>
        new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            resolve();
          }),
        ),
    });
    holdfast.component({ name: 'bad', start: failing(boom) });
    const error = await refusedStart(holdfast.start());
    await clock.advance(0);
    assert.equal(reason, boom);
    assert.deepEqual([error.cause, error.errors], [boom, []]);
  });

  it('tells the first failure as its cause and the others beside it', async () => {
    const { holdfast } = given();
    const [first, second, third] = ['first', 'second', 'third'].map((text) => new Error(text));
    holdfast.component({ name: 'zero', stop: failing(third) });
    holdfast.component({ name: 'one', start: failing(first) });
    holdfast.component({ name: 'two', start: failing(second) });
    const error = await refusedStart(holdfast.start());
    assert.deepEqual([error.component, error.phase, error.cause], ['one', 0, first]);
    assert.deepEqual(error.errors, [second, third]);
  });

  it('stops what had started one after another, the newest first', async () => {
    const { holdfast, clock, told } = given();
    const slow = held();
    const stop = (name: string, end: Promise<void>) => async () => {
      told.push(`${name} stops`);
      await end;
      told.push(`${name} has stopped`);
    };
    holdfast.component({ name: 'a', stop: stop('a', Promise.resolve()) });
    holdfast.component({ name: 'b', phase: 1, stop: stop('b', slow.promise) });
    holdfast.component({ name: 'c', phase: 2, start: failing(new Error('boom')) });
    const started = refusedStart(holdfast.start());
    await clock.advance(0);
    assert.deepEqual(told, ['b stops']);
    slow.end();
    await started;
    assert.deepEqual(told, ['b stops', 'b has stopped', 'a stops', 'a has stopped']);
  });

  it('leaves nothing behind that a stop would stop again, or the next start would tell', async () => {
    const { holdfast, told, steps } = given();
    holdfast.component({ name: 'a', ...steps('a') });
    holdfast.component({ name: 'b', phase: 1, start: failing(new Error('boom')) });
    for (let round = 0; round < 2; round++) {
      const { errors } = await refusedStart(holdfast.start());
      assert.deepEqual(errors, []);
      assert.deepEqual(told.splice(0), ['start a', 'stop a']);
    }
    await holdfast.stop();
    assert.equal(holdfast.state, 'stopped');
    const { errors } = await refusedStart(holdfast.start());
    assert.deepEqual([errors, told], [[], ['start a', 'stop a']]);
  });

  it('after a stop tells only its own errors', async () => {
    const { holdfast } = given();
    let broken = false;
    const boom = new Error('boom');
    holdfast.component({ name: 'a', start: () => (broken ? Promise.reject(boom) : undefined) });
    await holdfast.start();
    await holdfast.stop();
    broken = true;
    const { cause, errors } = await refusedStart(holdfast.start());
    assert.deepEqual([cause, errors], [boom, []]);
  });
});

describe('a start that comes too late', () => {
  /** A component whose start is longer than its time, and what is heard of its stops. */
  function late(stop: () => unknown) {
    const scene = given();
    const step = held();
    let stops = 0;
    scene.holdfast.component({
      name: 'slow',
      timeoutMs: 100,
      start: () => step.promise,
      stop: () => {
        stops++;
        return stop();
      },
    });
    const started = refusedStart(scene.holdfast.start());
    return { ...scene, step, started, stops: () => stops };
  }

  it('is undone, and nobody hears when that fails', async () => {
    const { clock, step, started, stops } = late(failing(new Error('cannot stop')));
    await clock.advance(100);
    await started;
    step.end();
    await clock.advance(0);
    assert.equal(stops(), 1);
  });

  it('is not undone when it has failed at last', async () => {
    const { holdfast, clock } = given();
    let fail = () => {};
    let stops = 0;
    holdfast.component({
      name: 'slow',
      timeoutMs: 100,
      start: () =>
        new Promise<void>((_, reject) => {
          fail = () => reject(new Error('too late, and failed'));
        }),
      stop: () => void stops++,
    });
    const started = refusedStart(holdfast.start());
    await clock.advance(100);
    await started;
    fail();
    await clock.advance(0);
    assert.equal(stops, 0);
  });

  it('is undone in the time that its stop may take', async () => {
    const reasons: TimeoutError[] = [];
    const { holdfast, clock } = given();
    const step = held();
    holdfast.component({
      name: 'slow',
      timeoutMs: 100,
      start: () => step.promise,
      stop: ({ signal }) => {
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        return new Promise(() => {});
      },
    });
    const started = refusedStart(holdfast.start());
    await clock.advance(100);
    await started;
    step.end();
    await clock.advance(99);
    assert.equal(reasons.length, 0);
    await clock.advance(1);
    assert.deepEqual(
      reasons.map((reason) => [reason.scope, reason.timeoutMs]),
      [['stop', 100]],
    );
  });
});

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

  it('a start that is asked for by whoever hears of the drain is refused', async () => {
    const { holdfast } = given();
    let asked: Promise<void> | undefined;
    holdfast.on('state', ({ to }) => {
      if (to !== 'draining') return;
      asked = holdfast.start();
      asked.catch(() => {});
    });
    await holdfast.start();
    await holdfast.stop();
    assert.ok(asked !== undefined);
    await assert.rejects(asked, { code: 'HF_ALREADY_STARTED' });
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
    const started = refusedStart(holdfast.start());
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

describe('the lifecycle channel while a start fails', () => {
  it('has each step, and no more of them the second time or after a stop', async () => {
    const { holdfast } = given();
    const boom = new Error('boom');
    let broken = true;
    holdfast.component({ name: 'a' });
    holdfast.component({ name: 'b', phase: 1, start: () => (broken ? Promise.reject(boom) : undefined) });
    const steps: string[] = [];
    const hear = (message: unknown) => {
      const { event, component } = message as { event: string; component?: string };
      if (event !== 'state') steps.push(`${event} ${component}`);
    };
    subscribe('holdfast:lifecycle', hear);
    for (let round = 0; round < 2; round++) {
      await refusedStart(holdfast.start());
      assert.deepEqual(steps.splice(0), ['start a', 'start b', 'stop a']);
    }
    broken = false;
    await holdfast.start();
    await holdfast.stop();
    assert.deepEqual(steps.splice(0), ['start a', 'start b', 'stop b', 'stop a']);
    broken = true;
    await refusedStart(holdfast.start());
    unsubscribe('holdfast:lifecycle', hear);
    assert.deepEqual(steps, ['start a', 'start b', 'stop a']);
  });
});

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
    await refusedStart(holdfast.start());
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
