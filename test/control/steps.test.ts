import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { LifecycleError, type TimeoutError } from '../../src/base/errors.ts';
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
