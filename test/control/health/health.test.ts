import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionsError, TimeoutError } from '../../../src/base/errors.ts';
import { ping } from '../../../src/control/health/ping.ts';
import { given, held } from '../given.ts';

const none = { health: { builtIn: false } };

/** A check that answers what it is told to, and counts. */
function scripted(name: string, answers: boolean[]) {
  const asked = { runs: 0 };
  const check = ping(name, () => answers[Math.min(asked.runs++, answers.length - 1)]);
  return { check, asked };
}

function stateOf(holdfast: ReturnType<typeof given>['holdfast'], name: string) {
  const found = holdfast.health.status().checks.find((check) => check.name === name);
  assert.ok(found);
  return found;
}

describe('a health check', () => {
  it('is unknown until it has run, and runs when the runtime starts', async () => {
    const { holdfast, clock } = given(none);
    const { check, asked } = scripted('database', [true]);
    holdfast.health.add(check);
    await clock.advance(60_000);
    assert.equal(asked.runs, 0);
    assert.equal(stateOf(holdfast, 'database').state, 'unknown');
    await holdfast.start();
    assert.equal(holdfast.health.status().ready, false);
    await clock.advance(0);
    assert.equal(stateOf(holdfast, 'database').state, 'up');
    assert.equal(holdfast.health.status().ready, true);
    await holdfast.stop();
  });

  it('goes down after three failures in a row and up after one success', async () => {
    const { holdfast, clock } = given(none);
    const { check } = scripted('database', [true, false, true, false, false, false, true]);
    const moves: string[] = [];
    holdfast.health.add(check);
    holdfast.health.on('change', ({ check: name, from, to }) => moves.push(`${name}: ${from} → ${to}`));
    await holdfast.start();
    await clock.advance(0);
    const states: string[] = [];
    for (let turn = 0; turn < 7; turn++) {
      states.push(stateOf(holdfast, 'database').state);
      await clock.advance(10_000);
    }
    assert.deepEqual(states, ['up', 'up', 'up', 'up', 'up', 'down', 'up']);
    assert.deepEqual(moves, ['database: unknown → up', 'database: up → down', 'database: down → up']);
    await holdfast.stop();
  });

  it('comes up again only after as many successes as asked for', async () => {
    const { holdfast, clock } = given({ health: { builtIn: false, successThreshold: 2, intervalMs: 100 } });
    const { check } = scripted('database', [false, true, false, true, true]);
    holdfast.health.add(check);
    await holdfast.start();
    await clock.advance(0);
    const states: string[] = [];
    for (let turn = 0; turn < 5; turn++) {
      states.push(stateOf(holdfast, 'database').state);
      await clock.advance(100);
    }
    assert.deepEqual(states, ['down', 'down', 'down', 'down', 'up']);
    await holdfast.stop();
  });

  it('that hangs is down when its time is over, and never overlaps itself', async () => {
    const { holdfast, clock } = given(none);
    const hang = held();
    let running = 0;
    let most = 0;
    let runs = 0;
    let aborted = 0;
    holdfast.health.add(
      ping('database', async ({ signal }) => {
        runs++;
        most = Math.max(most, ++running);
        signal.addEventListener('abort', () => aborted++);
        if (runs > 1) await hang.promise;
        running--;
      }),
    );
    await holdfast.start();
    await clock.advance(0);
    assert.equal(stateOf(holdfast, 'database').state, 'up');
    await clock.advance(10_000 + 4_999);
    assert.equal(stateOf(holdfast, 'database').state, 'up');
    await clock.advance(1);
    assert.equal(stateOf(holdfast, 'database').state, 'down');
    assert.ok(stateOf(holdfast, 'database').lastError instanceof TimeoutError);
    assert.equal(aborted, 1);
    await clock.advance(60_000);
    assert.deepEqual([runs, most], [2, 1]);
    assert.equal(stateOf(holdfast, 'database').state, 'down');
    hang.end();
    await clock.advance(10_000);
    assert.equal(stateOf(holdfast, 'database').state, 'up');
    await holdfast.stop();
  });

  it('tells its times, counts, duration and last error', async () => {
    const { holdfast, clock } = given(none);
    const boom = new Error('no answer');
    let runs = 0;
    holdfast.health.add(
      ping('database', () => {
        if (++runs === 2) throw boom;
      }),
    );
    await holdfast.start();
    await clock.advance(0);
    const first = stateOf(holdfast, 'database');
    await clock.advance(10_000);
    const { state, lastUpMs, lastDownMs, lastRunMs, lastError, failures, consecutiveFailures, kind } =
      stateOf(holdfast, 'database');
    assert.equal(first.lastUpMs, Date.UTC(2030, 0, 1));
    assert.deepEqual([state, kind, lastError, failures, consecutiveFailures], ['up', 'ping', boom, 1, 1]);
    assert.deepEqual([lastUpMs, lastDownMs], [first.lastUpMs, Date.UTC(2030, 0, 1) + 10_000]);
    assert.equal(lastRunMs, lastDownMs);
    await holdfast.stop();
  });

  it('can be asked for at once, by one caller or several', async () => {
    const { holdfast } = given(none);
    const { check, asked } = scripted('database', [false]);
    holdfast.health.add(check);
    const [status] = await Promise.all([holdfast.health.checkNow('database'), holdfast.health.checkNow()]);
    assert.equal(asked.runs, 1);
    assert.equal(status.checks[0].state, 'down');
    await assert.rejects(holdfast.health.checkNow('databse'), /no check is called "databse".*"database"/);
  });

  it('can be taken out, and its end goes unheard', async () => {
    const { holdfast, clock } = given(none);
    const slow = held();
    const moves: unknown[] = [];
    holdfast.health.add(ping('database', () => slow.promise));
    holdfast.health.on('change', (change) => moves.push(change));
    await holdfast.start();
    assert.equal(holdfast.health.remove('database'), true);
    assert.equal(holdfast.health.remove('database'), false);
    slow.end();
    await clock.advance(60_000);
    assert.deepEqual(moves, []);
    assert.equal(holdfast.health.status().ready, true);
    await holdfast.stop();
  });

  it('counts for readiness, liveness or neither', async () => {
    const { holdfast, clock } = given(none);
    const down = (name: string) => ping(name, () => false);
    holdfast.health.add(down('aside'), { readiness: false });
    await holdfast.start();
    await clock.advance(0);
    assert.deepEqual([holdfast.health.status().ready, holdfast.health.status().live], [true, true]);
    holdfast.health.add(down('needed'));
    await clock.advance(0);
    assert.deepEqual([holdfast.health.status().ready, holdfast.health.status().live], [false, true]);
    holdfast.health.add(down('vital'), { liveness: true });
    await clock.advance(0);
    assert.equal(holdfast.health.status().live, false);
    await holdfast.stop();
  });

  it('runs no more after a stop, is unknown then, and runs again after the next start', async () => {
    const { holdfast, clock } = given(none);
    const { check, asked } = scripted('database', [true]);
    holdfast.health.add(check);
    await holdfast.start();
    await clock.advance(0);
    await holdfast.stop();
    assert.deepEqual(
      [holdfast.health.status().ready, stateOf(holdfast, 'database').state],
      [false, 'unknown'],
    );
    await clock.advance(100_000);
    assert.equal(asked.runs, 1);
    assert.equal(clock.pending, 0);
    await holdfast.start();
    await clock.advance(10_000);
    assert.equal(asked.runs, 3);
    await holdfast.stop();
  });

  it('is refused when it is none, or its name is taken', () => {
    const { holdfast } = given(none);
    holdfast.health.add(ping('a', () => {}));
    assert.throws(() => holdfast.health.add(ping('a', () => {})), OptionsError);
    assert.throws(() => holdfast.health.add({ name: 'b' } as never), /health.add\(check\)/);
    assert.throws(
      () =>
        holdfast.health.add(
          ping('b', () => {}),
          { readines: true } as never,
        ),
      /did you mean "readiness"/,
    );
    assert.throws(() => given({ health: { intervalMs: 0 } }), /health.intervalMs/);
  });
});
