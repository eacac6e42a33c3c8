// A clock whose timers fire on the spot, in the middle of whatever it was that let time pass.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Clock, policy } from '../../src/index.ts';
import { onBothEngines } from '../support/given.ts';
import { errorOf } from './bad-days.ts';

interface Timer {
  atMs: number;
  fire: () => void;
}

/** Fires what is due as it is moved, and not a turn later. */
function hastyClock(): Clock & { move(ms: number): void } {
  let nowMs = 1_000;
  const timers = new Set<Timer>();
  return {
    now: () => nowMs,
    wallMs: () => nowMs,
    setTimer(atMs, fire) {
      const timer = { atMs, fire };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    move(ms) {
      nowMs += ms;
      for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs)) {
        if (timers.delete(timer)) timer.fire();
      }
    },
  };
}

onBothEngines('on a clock that fires on the spot', (engine) => {
  it('a call runs out of time that was refused, and was to be tried again by then', async () => {
    const clock = hastyClock();
    const guarded = policy(
      {
        bulkhead: { maxConcurrent: 1 },
        timeout: { totalMs: 100 },
        retry: { maxRetries: 5, onRejection: true, backoff: () => 0 },
      },
      { clock, engine },
    );
    const permit = guarded.tryAcquire();
    assert.ok(permit.ok);
    let ran = 0;
    const call = errorOf(guarded.execute(async () => ran++));
    clock.move(100);
    permit.settle('success');
    assert.equal(((await call) as { code: string }).code, 'HF_TIMEOUT');
    assert.equal(ran, 0);
  });

  it('an attempt that has ended does not run out of time while it is judged', async () => {
    const clock = hastyClock();
    const guarded = policy(
      {
        timeout: { attemptMs: 100 },
        isFailure: ({ ok }) => {
          clock.move(100);
          return !ok;
        },
      },
      { clock, engine },
    );
    let told = 0;
    guarded.on('timeout', () => told++);
    assert.equal(await guarded.execute(async () => 'ended'), 'ended');
    assert.equal(told, 0);
  });
});
