import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DrainingError, LifecycleError, OptionsError, TimeoutError } from '../../src/base/errors.ts';
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

describe('components', () => {
  it('that wait for each other are refused, with the circle', () => {
    const { holdfast } = given();
    holdfast.component({ name: 'a', dependsOn: ['c'] });
    holdfast.component({ name: 'b', dependsOn: ['a'] });
    assert.throws(
      () => holdfast.component({ name: 'c', dependsOn: ['b'] }),
      (error: OptionsError) => error instanceof OptionsError && /a → c → b → a/.test(error.message),
    );
  });

  it('that depend on a later phase, or on nobody, are refused', async () => {
    const { holdfast } = given();
    holdfast.component({ name: 'late', phase: 1 });
    assert.throws(
      () => holdfast.component({ name: 'a', dependsOn: ['late'] }),
      /phase 0 or earlier.*"late" of phase 1/,
    );
    holdfast.component({ name: 'b', phase: 2, dependsOn: ['lite'] });
    await assert.rejects(holdfast.start(), /no component is called "lite".*"late"/);
    assert.equal(holdfast.state, 'idle');
  });

  it('are refused when their options are wrong, their name is taken, or the runtime runs', async () => {
    const { holdfast } = given();
    holdfast.component({ name: 'a' });
    assert.throws(() => holdfast.component({ name: 'a' }), /name that is not taken/);
    assert.throws(() => holdfast.component({ name: 'b', timeoutMs: 0 }), /components.b.timeoutMs/);
    assert.throws(() => holdfast.component({ name: 'b', recover: () => {} }), /components.b.check/);
    assert.throws(() => holdfast.component({ name: 'b', phases: 1 } as never), /did you mean "phase"/);
    await holdfast.start();
    assert.throws(() => holdfast.component({ name: 'b' }), { code: 'HF_ALREADY_STARTED' });
    await holdfast.stop();
  });
});

describe('starts and stops that race', () => {
  it('end as one of them wants, with each component started and stopped in turn', async () => {
    for (let round = 0; round < 500; round++) {
      const { holdfast } = given();
      let up = 0;
      let most = 0;
      for (const [name, phase] of [
        ['a', 0],
        ['b', 0],
        ['c', 1],
      ] as const) {
        const pause = async (turns: number) => {
          for (let turn = 0; turn < turns; turn++) await undefined;
        };
        holdfast.component({
          name,
          phase,
          start: async () => {
            await pause((round + phase) % 5);
            most = Math.max(most, ++up);
          },
          stop: async () => {
            await pause(round % 3);
            up--;
          },
        });
      }
      const acts = Array.from({ length: 6 }, async (_, index) => {
        for (let turn = 0; turn < (round * (index + 3)) % 17; turn++) await undefined;
        if ((round >> index) % 2 === 0) await holdfast.start().catch(expected);
        else await holdfast.stop({ drainMs: 0 });
        assert.ok(up >= 0 && up <= 3, `${up} up`);
      });
      await Promise.all(acts);
      assert.ok(
        holdfast.state === 'running' ? up === 3 : up === 0,
        `${holdfast.state} with ${up} up in round ${round}`,
      );
      await holdfast.stop();
      assert.equal(up, 0);
      assert.ok(most <= 3);
    }
  });
});

function expected(error: unknown): void {
  assert.ok(error instanceof LifecycleError);
  assert.ok(['HF_ALREADY_STARTED', 'HF_START_FAILED'].includes(error.code), error.code);
}

function define(holdfast: ReturnType<typeof given>['holdfast']): string {
  holdfast.define('late', {});
  return 'late';
}
