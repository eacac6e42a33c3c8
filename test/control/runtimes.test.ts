import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast, type StopOptions } from '../../src/control/holdfast.ts';
import type { HoldfastOptions } from '../../src/control/runtime-options.ts';
import { tasksOf } from '../../src/work/tasks.ts';
import { given, held, SMALL } from './given.ts';

const refused = (path: string) => new RegExp(`^OptionsError: ${path.replace(/[()[\]]/g, '\\$&')}: expected `);
const made = (options: object) => () => createHoldfast({ memory: SMALL, ...options } as HoldfastOptions);

/** How many of something find room, until it is refused. */
function room(take: (index: number) => unknown): number {
  let taken = 0;
  try {
    for (; taken < 5_000; taken++) take(taken);
  } catch {}
  return taken;
}

describe('the options of a runtime', () => {
  it('are refused where they cannot be', () => {
    assert.throws(made({ names: 'orders' }), /did you mean "name"/);
    assert.throws(made({ name: '' }), refused('name'));
    assert.throws(made({ policies: 7 }), refused('policies'));
    assert.throws(made({ policies: null }), refused('policies'));
    assert.throws(made({ engine: 'fast' }), refused('engine'));
    assert.throws(made({ clock: {} }), refused('clock'));
    assert.throws(made({ random: 7 }), refused('random'));
    assert.throws(made({ workers: {} }), refused('workers.tasks'));
    assert.throws(made({ workers: null }), refused('workers'));
    assert.throws(made({ memory: { size: 1 } }), /^OptionsError: memory/);
    for (const [name, values] of [
      ['policies', [0, 1.5, 65_537]],
      ['threads', [0, 1.5, 1_025]],
      ['keys', [-1, 1.5]],
    ] as const) {
      for (const value of values)
        assert.throws(made({ memory: { [name]: value } }), refused(`memory.${name}`));
    }
  });

  it('name it holdfast and give it no policy unless they say otherwise', () => {
    const { holdfast } = given({ policies: undefined });
    assert.deepEqual([holdfast.name, holdfast.policies, holdfast.state], ['holdfast', [], 'idle']);
    assert.equal(given({ name: 'orders' }).holdfast.name, 'orders');
    for (const engine of ['wasm', 'js'] as const) assert.equal(given({ engine }).holdfast.engine, engine);
  });

  it('make room for as much as they say', () => {
    const holdfast = createHoldfast({ memory: { policies: 3, threads: 2, keys: 16 } });
    assert.equal(
      room((index) => holdfast.define(`p${index}`, {})),
      3,
    );
    assert.equal(
      room(() => holdfast.share(new EventTarget())),
      1,
    );
    const without = createHoldfast({ memory: { policies: 3, threads: 1, keys: 0 } });
    const keyed = { rateLimiter: { permitsPerSecond: 1, perKey: { maxKeys: 1 } } };
    assert.throws(() => without.define('send', keyed), /keys/);
    assert.doesNotThrow(() =>
      createHoldfast({ memory: { policies: 3, threads: 1, keys: 16 } }).define('send', keyed),
    );
  });

  it('make room for 1024 policies and 64 threads where they say nothing of it', () => {
    for (const memory of [undefined, {}]) {
      const holdfast = createHoldfast({ memory });
      assert.equal(
        room((index) => holdfast.define(`p${index}`, {})),
        1_024,
      );
      assert.equal(
        room(() => holdfast.share(new EventTarget())),
        63,
      );
    }
  });

  it('cannot hand workers a clock that only this thread has', () => {
    const tasks = tasksOf(new URL('./channel-tasks.ts', import.meta.url));
    assert.throws(() => given({ workers: { tasks } }), /^OptionsError: clock: expected /);
    assert.doesNotThrow(made({ workers: { tasks } }));
  });
});

describe('a runtime without workers', () => {
  it('takes no task: before it is started, and afterwards for want of tasks', async () => {
    const { holdfast } = given();
    const offload = () =>
      (holdfast as { offload(task: string, input: unknown): Promise<unknown> }).offload('a', 1);
    await assert.rejects(offload(), { code: 'HF_NOT_STARTED' });
    await holdfast.start();
    await assert.rejects(offload(), /^OptionsError: workers: expected where tasks come from, .*got nothing$/);
    assert.equal(holdfast.workers, undefined);
    assert.deepEqual(await holdfast.threads(), []);
    await holdfast.stop();
  });
});

describe('a worker that takes part', () => {
  it('may be one of Node, and gives back its place when it exits', () => {
    const holdfast = createHoldfast({ memory: { policies: 1, threads: 2, keys: 0 } });
    const ends: (() => void)[] = [];
    const worker = {
      once(event: string, end: () => void) {
        assert.equal(event, 'exit');
        ends.push(end);
        return this;
      },
    };
    holdfast.share(worker);
    assert.throws(() => holdfast.share(worker));
    ends[0]();
    assert.doesNotThrow(() => holdfast.share(worker));
  });

  it('is heard by one way alone where it has both', () => {
    const holdfast = createHoldfast({ memory: { policies: 1, threads: 2, keys: 0 } });
    const listened: string[] = [];
    const once = (event: string) => void listened.push(event);
    holdfast.share({ once, addEventListener: () => assert.fail('it is asked once') });
    assert.deepEqual(listened, ['exit']);
  });

  it('may be one that says exit or close, by listeners', () => {
    for (const event of ['exit', 'close']) {
      const holdfast = createHoldfast({ memory: { policies: 1, threads: 2, keys: 0 } });
      const worker = new EventTarget();
      holdfast.share(worker);
      assert.throws(() => holdfast.share(worker));
      worker.dispatchEvent(new Event(event));
      assert.doesNotThrow(() => holdfast.share(worker));
    }
  });

  it('is refused when it can say neither', () => {
    const holdfast = createHoldfast({ memory: SMALL });
    for (const worker of [undefined, null, 7, 'worker', {}, { once: 'exit' }]) {
      assert.throws(() => holdfast.share(worker), refused('share(worker)'));
    }
  });
});

describe('a stop', () => {
  it('gives calls ten seconds unless it is told otherwise', async () => {
    for (const [options, ms] of [
      [undefined, 10_000],
      [{}, 10_000],
      [{ drainMs: 70 }, 70],
    ] as [StopOptions | undefined, number][]) {
      const { holdfast, clock } = given({ policies: { send: {} } });
      await holdfast.start();
      const call = holdfast.policy('send').execute(() => new Promise(() => {}));
      call.catch(() => {});
      const stopped = holdfast.stop(options);
      await clock.advance(ms - 1);
      assert.equal(holdfast.state, 'draining');
      await clock.advance(1);
      await stopped;
      await assert.rejects(call, { code: 'HF_DRAINING' });
    }
  });

  it('is refused with what is no time', async () => {
    const { holdfast } = given();
    await holdfast.start();
    for (const drainMs of [-1, Number.NaN, '10']) {
      await assert.rejects(holdfast.stop({ drainMs } as never), refused('stop.drainMs'));
    }
    await assert.rejects(holdfast.stop({ drain: 1 } as never), /did you mean "drainMs"/);
    assert.equal(holdfast.state, 'running');
    await holdfast.stop();
  });

  it('leaves no timer behind, whatever went on', async () => {
    const { holdfast, clock } = given({
      policies: { send: { chaos: { error: { rate: 1 } } } },
    });
    holdfast.component({ name: 'ill', check: () => false, recover: () => {} });
    await holdfast.start();
    holdfast.chaos.enable();
    await clock.advance(100);
    await holdfast.stop();
    assert.deepEqual([clock.pending, holdfast.chaos.experiments()], [0, []]);
  });

  it('closes the doors until the next start opens them', async () => {
    const { holdfast } = given({ policies: { send: {} } });
    const call = () => holdfast.policy('send').execute(() => 'sent');
    assert.equal(await call(), 'sent');
    await holdfast.stop();
    await assert.rejects(call(), { code: 'HF_DRAINING' });
    const step = held();
    holdfast.component({ name: 'slow', start: () => step.promise });
    const started = holdfast.start();
    assert.equal(await call(), 'sent');
    step.end();
    await started;
    await holdfast.stop();
  });
});

describe('components of a runtime', () => {
  it('have their checks among its own, as their kind, if they have any', async () => {
    const { holdfast } = given({ health: { builtIn: false } });
    holdfast.component({ name: 'plain' });
    holdfast.component({ name: 'database', check: () => true });
    const { checks } = await holdfast.health.checkNow();
    assert.deepEqual(
      checks.map(({ name, kind, state, readiness, liveness }) => [name, kind, state, readiness, liveness]),
      [['database', 'component', 'up', true, false]],
    );
  });

  it('come up and go down with no warning from the library itself', async () => {
    const warnings: unknown[] = [];
    const hear = (warning: Error) => void warnings.push(warning);
    process.on('warning', hear);
    const { holdfast, clock } = given({ health: { builtIn: false, failureThreshold: 1 } });
    let well = true;
    holdfast.component({ name: 'database', check: () => well, recover: () => {} });
    holdfast.component({ name: 'queue', check: () => well });
    holdfast.health.add({ name: 'aside', run: () => well });
    await holdfast.start();
    await clock.advance(0);
    for (well of [false, true]) await holdfast.health.checkNow();
    await holdfast.stop();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', hear);
    assert.deepEqual(warnings, []);
  });
});
