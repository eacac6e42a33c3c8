// Calls that end as nearly every call does, well and at their first attempt: what they leave behind, and who leaves them
// at the last moment.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { timersOf } from '../../src/base/timers.ts';
import { createHoldfast, policy } from '../../src/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { fine, givenLater as given, names, of, onBothEngines, pending } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

onBothEngines('a call that has ended well', (engine) => {
  it('leaves no timer behind, on any clock, and no listener on its signal', async () => {
    const timeout = { attemptMs: 60_000 };
    const scene = given(engine, { timeout });
    const own = policy({ timeout }, { engine });
    const timers = timersOf(systemClock);
    const armed = timers.size;
    const { signal } = new AbortController();
    assert.equal(await scene.guarded.execute(fine, { signal }), 'fine');
    assert.equal(scene.clock.pending, 0);
    assert.equal(await own.execute(fine, { signal }), 'fine');
    assert.equal(timers.size, armed);
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('has had no timer at all where its timeout is none', async () => {
    for (const attemptMs of [0, Number.POSITIVE_INFINITY]) {
      const { clock, guarded } = given(engine, { timeout: { attemptMs } });
      const slow = pending();
      const running = guarded.execute(slow.operation);
      assert.equal(clock.pending, 0);
      slow.resolve('done');
      assert.equal(await running, 'done');
    }
  });
});

onBothEngines('a caller that leaves as its call ends well', (engine) => {
  it('because the breaker closes is told so, and nobody is told of a success', async () => {
    const scene = given(engine, {
      circuitBreaker: { consecutiveFailures: 1, openMs: 100, halfOpen: { permits: 1 } },
      retry: { maxRetries: 1 },
    });
    const caller = new AbortController();
    scene.guarded.on('stateChange', ({ to }) => to === 'closed' && caller.abort('enough'));
    scene.guarded.circuitBreaker?.open();
    await scene.clock.advance(100);
    assert.equal(await errorOf(scene.guarded.execute(fine, { signal: caller.signal })), 'enough');
    assert.deepEqual(names(scene), ['stateChange', 'stateChange', 'stateChange']);
    assert.equal(of(scene, 'stateChange').at(-1)?.to, 'closed');
  });

  it('because it hears so is under way no more, and a drain waits for the others alone', async () => {
    const holdfast = createHoldfast({
      clock: manualClock(),
      engine,
      memory: { policies: 2, threads: 2, keys: 0 },
      policies: { send: { retry: { maxRetries: 1 } } },
    });
    await holdfast.start();
    const send = holdfast.policy('send');
    const slow = pending();
    const running = send.execute(slow.operation);
    const caller = new AbortController();
    send.on('success', () => caller.abort('enough'), { once: true });
    assert.equal(await errorOf(send.execute(fine, { signal: caller.signal })), 'enough');
    let stopped = false;
    const stop = holdfast.stop({ drainMs: 1_000 }).then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stopped, false);
    slow.resolve('done');
    assert.equal(await running, 'done');
    await stop;
  });
});
