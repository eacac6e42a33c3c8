import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handleSignals } from '../../src/control/process-signals.ts';
import { runScript } from '../base/run-script.ts';

const script = (name: string) => new URL(name, import.meta.url);

describe('the process', () => {
  it('ends by itself when a started runtime has nothing to do', async () => {
    const { lines, code, tookMs, errors } = await runScript(script('./idle-script.ts'));
    assert.deepEqual([lines, code], [['started'], 0], errors);
    assert.ok(tookMs < 30_000, `${tookMs} ms`);
  });

  it('told to end by a signal, serves what it has begun, stops its components and ends well', async () => {
    const { lines, code, errors } = await runScript(script('./signals-script.ts'));
    assert.deepEqual([lines, code], [['serving', 'served', 'server stopped'], 0], errors);
  });
});

describe('signals', () => {
  it('that come while the runtime stops end the process at once', async () => {
    const codes: number[] = [];
    let end = () => {};
    const stopping = new Promise<void>((resolve) => {
      end = resolve;
    });
    const drains: number[] = [];
    const stop = (drainMs: number) => {
      drains.push(drainMs);
      return stopping;
    };
    const handled = handleSignals(stop, { signals: ['SIGUSR2'], drainMs: 250 }, (code) => codes.push(code));
    process.emit('SIGUSR2');
    assert.deepEqual([codes, drains], [[], [250]]);
    process.emit('SIGUSR2');
    assert.deepEqual([codes, drains], [[140], [250]]);
    end();
    await stopping;
    await undefined;
    assert.deepEqual(codes, [140, 0]);
    handled.dispose();
    assert.equal(process.listenerCount('SIGUSR2'), 0);
  });

  it('that find the stop failing end the process with 1, and only when that is wanted', async () => {
    const codes: number[] = [];
    const fails = () => Promise.reject(new Error('a component did not stop'));
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const handled = handleSignals(fails, { signals: ['SIGUSR2'] }, (code) => codes.push(code));
    process.emit('SIGUSR2');
    assert.match((await warned).message, /a component did not stop/);
    assert.deepEqual(codes, [1]);
    handled.dispose();
    const quiet = handleSignals(
      async () => {},
      { signals: ['SIGUSR2'], exit: false },
      (code) => codes.push(code),
    );
    process.emit('SIGUSR2');
    await undefined;
    assert.deepEqual(codes, [1]);
    quiet.dispose();
  });
});
