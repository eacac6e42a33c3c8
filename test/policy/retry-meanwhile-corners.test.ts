// A retry without a pause comes in a microtask of its own; what happens before that may have begun it already.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { policy } from '../../src/index.ts';
import { Boom, onBothEngines, pending } from '../support/given.ts';

/** A clock whose one timer fires at once when the scene says so, with no turn in between. */
function clockByHand() {
  let nowMs = 1_000;
  let due: { atMs: number; fire: () => void } | undefined;
  const clock = {
    now: () => nowMs,
    wallMs: () => nowMs,
    setTimer(atMs: number, fire: () => void) {
      const mine = { atMs, fire };
      due = mine;
      return () => {
        if (due === mine) due = undefined;
      };
    },
  };
  function fireNext() {
    assert.ok(due);
    const { atMs, fire } = due;
    due = undefined;
    nowMs = atMs;
    fire();
  }
  return { clock, fireNext };
}

onBothEngines('a retry without a pause', (engine) => {
  it('begins once, though a timer of its call fires before it does', async () => {
    const { clock, fireNext } = clockByHand();
    const options = { retry: { maxRetries: 3, backoff: () => 0 }, timeout: { attemptMs: 10 } };
    const guarded = policy(options, { clock, engine });
    const slow = pending();
    const result = guarded.execute(slow.operation);
    const calls: number[] = [];
    slow.reject(new Boom('boom'));
    // After the call has heard of that, and before it tries again.
    queueMicrotask(() => {
      calls.push(slow.calls);
      fireNext();
      calls.push(slow.calls);
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([...calls, slow.calls], [1, 2, 2]);
    slow.resolve('done');
    assert.equal(await result, 'done');
  });
});
