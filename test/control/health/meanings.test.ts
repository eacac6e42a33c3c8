import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimeoutError } from '../../../src/base/errors.ts';
import { composite } from '../../../src/control/health/composite.ts';
import { ping } from '../../../src/control/health/ping.ts';
import { threshold } from '../../../src/control/health/threshold.ts';
import { given, held } from '../given.ts';

const none = { health: { builtIn: false } };
const refused = (path: string) => new RegExp(`^OptionsError: ${path.replace(/[()[\]]/g, '\\$&')}: expected `);

function stateOf({ holdfast }: ReturnType<typeof given>, name: string) {
  const found = holdfast.health.status().checks.find((check) => check.name === name);
  assert.ok(found);
  return found;
}

describe('a check', () => {
  it('is up after its first success, however many it takes to come up again', async () => {
    const scene = given({ health: { builtIn: false, successThreshold: 3 } });
    scene.holdfast.health.add(ping('database', () => {}));
    await scene.holdfast.health.checkNow();
    assert.equal(stateOf(scene, 'database').state, 'up');
  });

  it('that fails because something else took too long has failed once', async () => {
    const scene = given(none);
    let slow = false;
    scene.holdfast.health.add(
      ping('database', () => {
        if (slow) throw new TimeoutError({ scope: 'attempt', timeoutMs: 10, name: 'query' });
      }),
    );
    await scene.holdfast.health.checkNow();
    slow = true;
    for (const state of ['up', 'up', 'down']) {
      await scene.holdfast.health.checkNow();
      assert.equal(stateOf(scene, 'database').state, state);
    }
  });

  it('that fails with what only calls itself a check’s has failed once', async () => {
    const scene = given(none);
    let odd = false;
    scene.holdfast.health.add(
      ping('database', () => {
        if (odd) throw { scope: 'check' };
      }),
    );
    await scene.holdfast.health.checkNow();
    odd = true;
    await scene.holdfast.health.checkNow();
    assert.equal(stateOf(scene, 'database').state, 'up');
  });

  it('counts what it has done and how long that took', async () => {
    const scene = given(none);
    const { holdfast, clock } = scene;
    let ms = 0;
    let well = true;
    const check = async () => {
      await new Promise<void>((resolve) => clock.setTimer(clock.now() + ms, resolve));
      return well;
    };
    holdfast.health.add(ping('database', check));
    for (ms of [100, 250]) {
      const run = holdfast.health.checkNow();
      await clock.advance(ms);
      await run;
    }
    const { durationMs, totalDurationMs, runs, failures, consecutiveSuccesses, consecutiveFailures } =
      stateOf(scene, 'database');
    assert.deepEqual([durationMs, totalDurationMs], [250, 350]);
    assert.deepEqual([runs, failures, consecutiveSuccesses, consecutiveFailures], [2, 0, 2, 0]);
    well = false;
    const run = holdfast.health.checkNow();
    await clock.advance(250);
    await run;
    const after = stateOf(scene, 'database');
    assert.deepEqual(
      [after.runs, after.failures, after.consecutiveSuccesses, after.consecutiveFailures],
      [3, 1, 0, 1],
    );
    assert.deepEqual([after.lastRunMs, after.lastUpMs], [clock.wallMs(), clock.wallMs() - 250]);
  });

  it('begins to count anew when the runtime starts again', async () => {
    const scene = given(none);
    const { holdfast, clock } = scene;
    let well = false;
    holdfast.health.add(ping('database', () => well));
    await holdfast.start();
    await clock.advance(0);
    await holdfast.stop();
    const { state, consecutiveFailures, failures } = stateOf(scene, 'database');
    assert.deepEqual([state, consecutiveFailures, failures], ['unknown', 0, 1]);
    well = true;
    await holdfast.start();
    await clock.advance(0);
    assert.equal(stateOf(scene, 'database').consecutiveSuccesses, 1);
    await holdfast.stop();
    assert.equal(stateOf(scene, 'database').consecutiveSuccesses, 0);
  });

  it('shows a status of its own to each who asks', () => {
    const scene = given(none);
    scene.holdfast.health.add(ping('database', () => {}));
    stateOf(scene, 'database').state = 'down';
    assert.equal(stateOf(scene, 'database').state, 'unknown');
  });

  it('is asked alone when it is asked for by its name', async () => {
    const { holdfast } = given(none);
    const asked: string[] = [];
    for (const name of ['database', 'queue']) holdfast.health.add(ping(name, () => void asked.push(name)));
    await holdfast.health.checkNow('queue');
    assert.deepEqual(asked, ['queue']);
    await holdfast.health.checkNow();
    assert.deepEqual(asked, ['queue', 'database', 'queue']);
  });

  it('runs on while it is asked for, and is not asked at its next turn before its interval is over', async () => {
    const { holdfast, clock } = given({ health: { builtIn: false, intervalMs: 1_000 } });
    let runs = 0;
    holdfast.health.add(ping('database', () => void runs++));
    await holdfast.start();
    await clock.advance(600);
    await holdfast.health.checkNow();
    await clock.advance(999);
    assert.equal(runs, 2);
    await clock.advance(1);
    assert.equal(runs, 3);
    await holdfast.stop();
  });

  it('whose run began before a stop says nothing of what is after it', async () => {
    const scene = given(none);
    const { holdfast, clock } = scene;
    const step = held();
    holdfast.health.add(ping('database', () => step.promise));
    await holdfast.start();
    await clock.advance(0);
    await holdfast.stop();
    step.end();
    await clock.advance(0);
    const { state, runs } = stateOf(scene, 'database');
    assert.deepEqual([state, runs], ['unknown', 0]);
  });

  it('that is added after a stop waits for the next start', async () => {
    const { holdfast, clock } = given(none);
    let runs = 0;
    await holdfast.start();
    await holdfast.stop();
    holdfast.health.add(ping('database', () => void runs++));
    await clock.advance(60_000);
    assert.equal(runs, 0);
    await holdfast.start();
    await clock.advance(0);
    assert.equal(runs, 1);
    await holdfast.stop();
  });

  it('that was asked for before the start is asked once, and not again by itself', async () => {
    const { holdfast, clock } = given(none);
    holdfast.health.add(ping('database', () => {}));
    await holdfast.health.checkNow();
    assert.equal(clock.pending, 0);
  });

  it('that hangs is not asked beside itself, and each time fails as what takes too long', async () => {
    const scene = given(none);
    const { holdfast, clock } = scene;
    holdfast.health.add(ping('database', () => new Promise(() => {})));
    await holdfast.start();
    await clock.advance(5_000);
    for (const failures of [1, 2, 3]) {
      const { state, lastError, durationMs, ...status } = stateOf(scene, 'database');
      assert.deepEqual([state, status.failures, status.runs], ['down', failures, failures]);
      assert.equal(String(lastError), 'TimeoutError: database: check took longer than 5000 ms');
      assert.equal(durationMs, failures === 1 ? 5_000 : 0);
      await clock.advance(10_000);
    }
    await holdfast.stop();
  });

  it('gives its error to whoever hears that it went down', async () => {
    const { holdfast } = given(none);
    const gone = new Error('gone');
    const heard: unknown[] = [];
    holdfast.health.on('change', (change) => heard.push(change));
    holdfast.health.add(ping('database', () => Promise.reject(gone)));
    await holdfast.health.checkNow();
    assert.deepEqual(heard, [{ check: 'database', from: 'unknown', to: 'down', error: gone }]);
  });

  it('that is already there is refused by its name, and the first one stays', async () => {
    const { holdfast } = given(none);
    holdfast.health.add(ping('database', () => {}));
    assert.throws(
      () => holdfast.health.add(ping('database', () => false)),
      /^OptionsError: health.add\(check\): expected a name that is not taken, got "database", added already/,
    );
    assert.equal((await holdfast.health.checkNow()).checks[0].state, 'up');
  });
});

describe('what is no check', () => {
  it('is said to be what it is', () => {
    const { holdfast } = given(none);
    const add = (check: unknown) => () => holdfast.health.add(check as never);
    for (const nothing of [null, undefined]) {
      assert.throws(
        add(nothing),
        new RegExp(`^OptionsError: health.add\\(check\\): expected a check: .*, got ${nothing}$`),
      );
    }
    assert.throws(add({ name: 7, run: () => true }), refused('health.add(check)'));
  });
});

describe('how checks are run', () => {
  it('has a default for each option, and is refused with what is none', () => {
    for (const [name, value] of [
      ['intervalMs', 0],
      ['timeoutMs', 0],
      ['failureThreshold', 0],
      ['failureThreshold', 1.5],
      ['successThreshold', 0],
      ['successThreshold', 1.5],
      ['builtIn', 1],
    ]) {
      assert.throws(() => given({ health: { [String(name)]: value } }), refused(`health.${name}`));
    }
    assert.throws(() => given({ health: { interval: 1 } as never }), /did you mean "intervalMs"/);
  });

  it('says of roles what they are', () => {
    const { holdfast } = given(none);
    const add = (role: object) =>
      holdfast.health.add(
        ping('database', () => {}),
        role,
      );
    assert.throws(() => add({ readiness: 1 }), refused('health.add(database).readiness'));
    assert.throws(() => add({ liveness: 'yes' }), refused('health.add(database).liveness'));
    add({});
    const [{ readiness, liveness }] = holdfast.health.status().checks;
    assert.deepEqual([readiness, liveness], [true, false]);
  });

  it('counts as live what is not known yet, and as ready only what is up', async () => {
    const { holdfast, clock } = given(none);
    const step = held();
    holdfast.health.add(
      ping('slow', () => step.promise),
      { liveness: true },
    );
    holdfast.health.add(ping('fast', () => {}));
    await holdfast.start();
    await clock.advance(0);
    assert.deepEqual([holdfast.health.status().ready, holdfast.health.status().live], [false, true]);
    step.end();
    await clock.advance(0);
    assert.deepEqual([holdfast.health.status().ready, holdfast.health.status().live], [true, true]);
    await holdfast.stop();
  });
});

describe('a threshold', () => {
  const state = async (options: Parameters<typeof threshold>[1]) => {
    const scene = given(none);
    scene.holdfast.health.add(threshold('load', options));
    await scene.holdfast.health.checkNow();
    const { state, kind, lastError } = stateOf(scene, 'load');
    return `${kind} ${state} ${lastError ?? ''}`.trim();
  };

  it('needs but one bound, and says which was not kept', async () => {
    const read = () => 5;
    assert.equal(await state({ read, min: 5 }), 'threshold up');
    assert.equal(await state({ read, max: 5 }), 'threshold up');
    assert.equal(await state({ read, min: 5, max: 5 }), 'threshold up');
    assert.equal(await state({ read, min: 6 }), 'threshold down Error: load: 5 is not at least 6');
    assert.equal(await state({ read, max: 4 }), 'threshold down Error: load: 5 is not at most 4');
    assert.equal(await state({ read, min: 6, max: 9 }), 'threshold down Error: load: 5 is not at least 6');
  });

  it('may be as wide as numbers are', async () => {
    const infinite = Number.POSITIVE_INFINITY;
    assert.equal(await state({ read: () => infinite, max: infinite }), 'threshold up');
    assert.equal(await state({ read: () => infinite, min: infinite }), 'threshold up');
  });

  it('is refused without a function, with a bound that is no number, and with what there is not', () => {
    const read = () => 5;
    assert.throws(() => threshold('load', { read: 5 as never, max: 1 }), refused('threshold(load).read'));
    assert.throws(() => threshold('load', { read, min: '1' as never }), refused('threshold(load).min'));
    assert.throws(() => threshold('load', { read, max: Number.NaN }), refused('threshold(load).max'));
    assert.throws(() => threshold('load', { read, maximum: 1 } as never), /threshold\(load\)/);
  });
});

describe('a composite', () => {
  const up = ping('up', () => {});
  const gone = new Error('gone');
  const down = ping('down', () => Promise.reject(gone));

  it('gives the errors of those that are ill, and their names', async () => {
    const scene = given(none);
    scene.holdfast.health.add(composite('both', { all: [up, down] }));
    await scene.holdfast.health.checkNow();
    const { kind, lastError } = stateOf(scene, 'both');
    assert.equal(kind, 'composite');
    assert.ok(lastError instanceof AggregateError);
    assert.deepEqual(lastError.errors, [gone]);
    assert.equal(lastError.message, 'both: 1 of 2 are well, 2 are needed; ill: down');
  });

  it('tells its checks when its time is over', async () => {
    const scene = given(none);
    let aborted = false;
    const slow = ping('slow', ({ signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise(() => {});
    });
    scene.holdfast.health.add(composite('both', { any: [slow] }));
    const run = scene.holdfast.health.checkNow();
    await scene.clock.advance(5_000);
    await run;
    assert.ok(aborted);
    assert.equal(stateOf(scene, 'both').state, 'down');
  });

  it('is refused with a number of checks that cannot be', () => {
    for (const atLeast of [0, 3, 1.5]) {
      assert.throws(() => composite('some', { atLeast, of: [up, down] }), refused('composite(some).atLeast'));
    }
    for (const atLeast of [1, 2]) assert.doesNotThrow(() => composite('some', { atLeast, of: [up, down] }));
    assert.throws(() => composite('some', { of: [up] } as never), refused('composite(some).atLeast'));
    assert.throws(
      () => composite('some', { any: [up], atLeast: 1 } as never),
      refused('composite(some).atLeast'),
    );
    assert.throws(
      () => composite('some', { any: [up], all: [up] } as never),
      /^OptionsError: composite\(some\): expected one of all, any, or atLeast with of, got all and any/,
    );
  });

  it('is refused with what is no check', () => {
    for (const check of [undefined, {}, { name: 'a' }, { run: () => true }, { name: 7, run: () => true }]) {
      assert.throws(() => composite('some', { all: [check as never] }), refused('composite(some).all[0]'));
    }
    assert.throws(() => composite('some', { al: [up] } as never), /did you mean "all"/);
  });
});
