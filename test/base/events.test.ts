import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { Emitter } from '../../src/base/events.ts';
import { runScript } from './run-script.ts';

interface Events {
  success: { durationMs: number };
  stateChange: { from: string; to: string };
}

function given() {
  const events = new Emitter<Events>('policies.send', ['success', 'stateChange']);
  const heard: string[] = [];
  const hear = (name: string) => () => heard.push(name);
  const succeed = () => events.emit('success', { durationMs: 5 });
  return { events, heard, hear, succeed };
}

describe('an emitter', () => {
  it('tells the listeners of an event, in the order in which they were added, and no others', () => {
    const { events, heard, hear, succeed } = given();
    events.on('success', ({ durationMs }) => heard.push(`a ${durationMs}`));
    events.on('stateChange', hear('other'));
    events.on('success', hear('b'));
    succeed();
    assert.deepEqual(heard, ['a 5', 'b']);
  });

  it('knows whether anybody listens, by a field that stays the same object', () => {
    const { events, hear } = given();
    const { heard } = events;
    assert.deepEqual({ ...heard }, { success: false, stateChange: false });
    const first = events.on('success', hear('a'));
    const second = events.on('success', hear('b'));
    assert.deepEqual([heard.success, events.has('success'), events.has('stateChange')], [true, true, false]);
    first.dispose();
    assert.equal(heard.success, true);
    second.dispose();
    assert.equal(heard.success, false);
    assert.equal(events.heard, heard);
  });

  it('forgets a listener that is disposed of, each way and however often', () => {
    const { events, heard, hear, succeed } = given();
    const same = hear('same');
    const first = events.on('success', same);
    const second = events.on('success', same);
    succeed();
    assert.deepEqual(heard, ['same', 'same']);
    first[Symbol.dispose]();
    first.dispose();
    succeed();
    assert.deepEqual(heard, ['same', 'same', 'same']);
    second.dispose();
    succeed();
    assert.equal(heard.length, 3);
  });

  it('tells a listener that wants it once only once, even if it emits the event itself', () => {
    const { events, heard, succeed } = given();
    events.on(
      'success',
      () => {
        heard.push('once');
        succeed();
      },
      { once: true },
    );
    succeed();
    succeed();
    assert.deepEqual(heard, ['once']);
    assert.equal(events.has('success'), false);
  });

  it('forgets a listener when its signal is aborted, and takes none whose signal is', () => {
    const { events, heard, hear, succeed } = given();
    const controller = new AbortController();
    events.on('success', hear('tied'), { signal: controller.signal });
    succeed();
    controller.abort();
    assert.equal(events.has('success'), false);
    events.on('success', hear('late'), { signal: controller.signal }).dispose();
    succeed();
    assert.deepEqual(heard, ['tied']);
  });

  it('leaves nothing on the signal of a listener that is disposed of', async () => {
    const { events, hear } = given();
    const { signal } = new AbortController();
    const tied = events.on('success', hear('tied'), { signal });
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    tied.dispose();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('tells no listener that an earlier one removes, and not yet one that it adds', () => {
    const { events, heard, hear, succeed } = given();
    events.on(
      'success',
      () => {
        heard.push('first');
        second.dispose();
        events.on('success', hear('added'));
      },
      { once: true },
    );
    const second = events.on('success', hear('second'));
    events.on('success', hear('third'));
    succeed();
    assert.deepEqual(heard, ['first', 'third']);
    succeed();
    assert.deepEqual(heard, ['first', 'third', 'third', 'added']);
  });

  it('hears on past a listener that throws, and warns once of each', async () => {
    const { lines, errors } = await runScript(new URL('./events-script.ts', import.meta.url));
    const warning = (what: string) =>
      `HoldfastWarning HF_LISTENER_ERROR: listener of "success" on policies.send threw ${what}; the call it was told about is not affected`;
    assert.deepEqual(
      lines,
      [
        ...['last heard', 'last heard', 'last heard'],
        ...[warning('Error: first'), 'detail: Error: first'],
        ...[warning('a text'), 'detail: undefined'],
        ...[warning('something that cannot be shown'), 'detail: undefined'],
        ...[warning('Error: second'), 'detail: Error: second'],
      ],
      errors,
    );
  });

  it('refuses an event that there is not, with the nearest one, and a listener that is no function', () => {
    const { events } = given();
    assert.throws(() => events.on('sucess' as never, () => {}), {
      name: 'OptionsError',
      message: 'policies.send.on("sucess"): unknown event; did you mean "success"?',
    });
    assert.throws(() => events.on('toString' as never, () => {}), /known are success, stateChange$/);
    assert.throws(() => events.on('success', 'log' as never), {
      name: 'OptionsError',
      message: 'policies.send.on("success"): expected a function, got string',
      path: 'policies.send.on("success")',
    });
    assert.equal(events.has('toString' as never), false);
  });
});
