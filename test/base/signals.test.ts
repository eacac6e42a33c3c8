import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { joinSignal, leaveSignal, linkSignal, type SignalNode } from '../../src/base/signals.ts';
import { runScript } from './run-script.ts';

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A signal that counts the listeners it has and the times one was added. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  const count = { listeners: 0, added: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    count.listeners++;
    count.added++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    count.listeners--;
    removeEventListener.apply(signal, args);
  };
  return { controller, signal, count };
}

describe('a link to a signal', () => {
  it('is called once, with the reason, when the signal is aborted', () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    linkSignal(controller.signal, (reason) => reasons.push(reason));
    const reason = new Error('enough');
    controller.abort(reason);
    controller.abort('again');
    assert.deepEqual(reasons, [reason]);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('is called at once when the signal is aborted already', () => {
    const reasons: unknown[] = [];
    const unlink = linkSignal(AbortSignal.abort('over'), (reason) => reasons.push(reason));
    assert.deepEqual(reasons, ['over']);
    unlink();
  });

  it('is not called when it was ended, however often', () => {
    const controller = new AbortController();
    const unlink = linkSignal(controller.signal, () => assert.fail('called'));
    unlink();
    unlink();
    controller.abort();
    unlink();
  });

  it('is called in the order of linking, and not at all if an earlier one ends it', () => {
    const controller = new AbortController();
    const called: string[] = [];
    linkSignal(controller.signal, () => {
      called.push('first');
      unlinkSecond();
    });
    const unlinkSecond = linkSignal(controller.signal, () => called.push('second'));
    linkSignal(controller.signal, () => called.push('third'));
    controller.abort();
    assert.deepEqual(called, ['first', 'third']);
  });

  it('keeps apart from links to other signals', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const called: string[] = [];
    linkSignal(one.signal, () => called.push('one'));
    linkSignal(other.signal, () => called.push('other'));
    other.abort();
    assert.deepEqual(called, ['other']);
  });

  it('can be a record of its own, linked and ended without anything made', () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const node: SignalNode = {
      signalNext: null,
      signalPrev: null,
      signalWatch: null,
      onAbort: (reason) => reasons.push(reason),
    };
    joinSignal(controller.signal, node);
    leaveSignal(node);
    leaveSignal(node);
    assert.deepEqual([node.signalNext, node.signalPrev, node.signalWatch], [null, null, null]);
    joinSignal(controller.signal, node);
    controller.abort('now');
    assert.deepEqual(reasons, ['now']);
    assert.equal(node.signalWatch, null);
  });
});

describe('a signal with links', () => {
  it('has one listener for all of them, and none soon after the last has ended', async () => {
    const { signal, count } = counted();
    const unlinks = Array.from({ length: 1_000 }, () => linkSignal(signal, () => {}));
    assert.deepEqual(count, { listeners: 1, added: 1 });
    for (const unlink of unlinks) unlink();
    await turn();
    assert.deepEqual(count, { listeners: 0, added: 1 });
    linkSignal(signal, () => {})();
    await turn();
    assert.deepEqual(count, { listeners: 0, added: 2 });
  });

  it('keeps its listener through a loop of calls that end before the next', async () => {
    const { signal, count } = counted();
    for (let call = 0; call < 1_000; call++) {
      const unlink = linkSignal(signal, () => {});
      await undefined;
      unlink();
    }
    assert.deepEqual(count, { listeners: 1, added: 1 });
    await turn();
    assert.equal(count.listeners, 0);
  });

  it('keeps nothing of the calls that end before the loop comes round', () => {
    const { signal } = new AbortController();
    const node: SignalNode = { signalNext: null, signalPrev: null, signalWatch: null, onAbort: () => {} };
    const before = process.memoryUsage().heapUsed;
    for (let call = 0; call < 2_000_000; call++) {
      joinSignal(signal, node);
      leaveSignal(node);
    }
    const grownBy = process.memoryUsage().heapUsed - before;
    assert.ok(grownBy < 8_000_000, `${grownBy} bytes`);
  });

  it('is heard when it is aborted, though somebody had only sent the event before', () => {
    const controller = new AbortController();
    linkSignal(controller.signal, () => {});
    controller.signal.dispatchEvent(new Event('abort'));
    const reasons: unknown[] = [];
    linkSignal(controller.signal, (reason) => reasons.push(reason));
    controller.abort('now');
    assert.deepEqual(reasons, ['now']);
  });

  it('keeps its listener when another link comes before the turn', async () => {
    const { controller, signal, count } = counted();
    linkSignal(signal, () => {})();
    let called = 0;
    linkSignal(signal, () => called++);
    await turn();
    assert.deepEqual(count, { listeners: 1, added: 1 });
    controller.abort();
    assert.equal(called, 1);
  });

  it('really has no listener left, as the runtime counts', async () => {
    const { signal } = new AbortController();
    const before = getEventListeners(signal, 'abort').length;
    const unlink = linkSignal(signal, () => {});
    assert.equal(getEventListeners(signal, 'abort').length, before + 1);
    unlink();
    await turn();
    assert.equal(getEventListeners(signal, 'abort').length, before);
  });

  it('tells a hundred thousand in one turn', () => {
    const controller = new AbortController();
    let told = 0;
    for (let index = 0; index < 100_000; index++) linkSignal(controller.signal, () => told++);
    controller.abort();
    assert.equal(told, 100_000);
  });

  it('raises what one throws, tells the others, and warns of nothing', async () => {
    const { lines, errors } = await runScript(new URL('./signals-script.ts', import.meta.url));
    assert.deepEqual(lines, ['second told', 'raised first'], errors);
    assert.equal(errors, '');
  });
});
