import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast } from '../../src/control/holdfast.ts';
import { handleSignals } from '../../src/control/process-signals.ts';
import { Servers } from '../../src/control/servers.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { held, SMALL } from './given.ts';

describe('signals', () => {
  const counted = () => ['SIGTERM', 'SIGINT', 'SIGUSR2'].map((signal) => process.listenerCount(signal));

  it('are SIGTERM and SIGINT unless others are named', () => {
    const before = counted();
    const handled = handleSignals(
      async () => {},
      {},
      () => {},
    );
    assert.deepEqual(
      counted().map((count, index) => count - before[index]),
      [1, 1, 0],
    );
    handled[Symbol.dispose]();
    assert.deepEqual(counted(), before);
  });

  it('give ten seconds to what is under way unless they say otherwise', () => {
    const asked: number[] = [];
    const handled = handleSignals(
      async (drainMs) => void asked.push(drainMs),
      { signals: ['SIGUSR2'] },
      () => {},
    );
    process.emit('SIGUSR2');
    assert.deepEqual(asked, [10_000]);
    handled.dispose();
  });

  it('that come while the runtime stops ask again where the process does not exit', async () => {
    const step = held();
    let stops = 0;
    const handled = handleSignals(
      () => {
        stops++;
        return step.promise;
      },
      { signals: ['SIGUSR2'], exit: false },
      () => assert.fail('it exits'),
    );
    process.emit('SIGUSR2');
    process.emit('SIGUSR2');
    assert.equal(stops, 2);
    step.end();
    await step.promise;
    handled.dispose();
  });

  it('are heard anew when a stop is over and the process goes on', async () => {
    const codes: number[] = [];
    let stops = 0;
    const handled = handleSignals(
      async () => void stops++,
      { signals: ['SIGUSR2'] },
      (code) => codes.push(code),
    );
    for (let round = 0; round < 2; round++) {
      process.emit('SIGUSR2');
      await undefined;
      await undefined;
    }
    assert.deepEqual([stops, codes], [2, [0, 0]]);
    handled.dispose();
  });

  it('that find the stop failing are told by a warning of ours', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const handled = handleSignals(
      () => Promise.reject(new Error('no')),
      { signals: ['SIGUSR2'] },
      () => {},
    );
    process.emit('SIGUSR2');
    const { name, message, code } = (await warned) as Error & { code?: string };
    assert.deepEqual(
      [name, code, message],
      ['HoldfastWarning', 'HF_STOP_FAILED', 'stop on SIGUSR2 failed: Error: no'],
    );
    handled.dispose();
  });

  it('are those that there are and that can be heard', () => {
    const refused = (signals: unknown[], at: number) =>
      assert.throws(
        () => handleSignals(async () => {}, { signals: signals as never }).dispose(),
        new RegExp(`^OptionsError: handleSignals.signals\\[${at}\\]: expected a signal that can be heard`),
      );
    for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGNONE', 'toString', 15, undefined])
      refused(['SIGUSR2', signal], 1);
    assert.throws(
      () => handleSignals(async () => {}, { drainMs: -1 }),
      /^OptionsError: handleSignals.drainMs/,
    );
    assert.throws(
      () => handleSignals(async () => {}, { exit: 1 as never }),
      /^OptionsError: handleSignals.exit/,
    );
    assert.throws(() => handleSignals(async () => {}, { signal: [] } as never), /did you mean "signals"/);
    assert.equal(process.listenerCount('SIGUSR2'), 0);
  });

  it('stop a runtime with the time that they give it', async () => {
    const clock = manualClock();
    const holdfast = createHoldfast({ clock, memory: SMALL, policies: { send: {} } });
    const handled = holdfast.handleSignals({ signals: ['SIGUSR2'], drainMs: 250, exit: false });
    await holdfast.start();
    holdfast
      .policy('send')
      .execute(() => new Promise(() => {}))
      .catch(() => {});
    process.emit('SIGUSR2');
    await clock.advance(249);
    assert.equal(holdfast.state, 'draining');
    await clock.advance(1);
    assert.equal(holdfast.state, 'stopped');
    handled.dispose();
  });
});

describe('servers', () => {
  function serving() {
    const clock = manualClock();
    const closed: unknown[] = [];
    const servers = new Servers(clock);
    const server = (url: string) =>
      servers.add({
        url,
        close: async (options) => void closed.push([url, options?.drainMs]),
      });
    return { clock, closed, servers, server };
  }

  it('answer until what comes first is done, and then have what is left of the time', async () => {
    const { clock, closed, servers, server } = serving();
    assert.deepEqual([server('a').url, server('b').url], ['a', 'b']);
    const step = held();
    const ended = servers.closeAfter(1_000, () => step.promise);
    await clock.advance(400);
    assert.deepEqual(closed, []);
    step.end();
    await ended;
    assert.deepEqual(closed, [
      ['a', 600],
      ['b', 600],
    ]);
  });

  it('have no time left when what came first took all of it, or more', async () => {
    for (const ms of [1_000, 5_000]) {
      const { clock, closed, servers, server } = serving();
      server('a');
      const step = held();
      const ended = servers.closeAfter(1_000, () => step.promise);
      await clock.advance(ms);
      step.end();
      await ended;
      assert.deepEqual(closed, [['a', 0]]);
    }
  });

  it('are closed though what came first failed, and it is told', async () => {
    const { closed, servers, server } = serving();
    server('a');
    await assert.rejects(
      servers.closeAfter(0, () => Promise.reject(new Error('boom'))),
      /boom/,
    );
    assert.deepEqual(closed, [['a', 0]]);
  });

  it('that were closed before, or began meanwhile, are left alone', async () => {
    const { closed, servers, server } = serving();
    const early = server('early');
    server('there');
    await early.close({ drainMs: 7 });
    await servers.closeAfter(0, async () => void server('late'));
    assert.deepEqual(closed, [
      ['early', 7],
      ['there', 0],
    ]);
  });
});
