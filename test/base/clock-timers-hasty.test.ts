import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { callbackTimer, type TimerNode } from '../../src/base/timer-node.ts';
import { timersOf } from '../../src/base/timers.ts';
import { heldBytes } from '../support/garbage.ts';

/** A clock that fires so many timers on the spot, and waits with the others for good. */
function given(hasty = Number.POSITIVE_INFINITY) {
  const cancelled: number[] = [];
  let set = 0;
  const clock: Clock = {
    now: () => 0,
    wallMs: () => 0,
    setTimer: (_, fire) => {
      const number = ++set;
      if (number <= hasty) fire();
      return () => cancelled.push(number);
    },
  };
  return { timers: timersOf(clock), cancelled };
}

describe('timers on a clock that fires on the spot', () => {
  it('fire once per arming, and have nothing to take back', () => {
    const { timers, cancelled } = given();
    let fired = 0;
    const node = callbackTimer(() => fired++);
    timers.arm(node, 10);
    timers.disarm(node);
    timers.arm(node, 20);
    assert.deepEqual([fired, timers.size, cancelled], [2, 0, []]);
  });

  it('take back what was set while they fired, not what has fired', () => {
    const { timers, cancelled } = given(1);
    const node: TimerNode = callbackTimer(() => timers.arm(node, 20));
    timers.arm(node, 10);
    assert.equal(timers.size, 1);
    timers.disarm(node);
    assert.deepEqual(cancelled, [2]);
  });

  it('hold nothing of what has fired', async () => {
    const { timers } = given();
    const nodes: WeakRef<TimerNode>[] = [];
    for (let call = 0; call < 400; call++) {
      const node = callbackTimer(() => {});
      timers.arm(node, 10);
      nodes.push(new WeakRef(node));
    }
    // A reference that was just made holds until the event loop comes round.
    await new Promise((resolve) => setImmediate(resolve));
    heldBytes();
    const held = nodes.filter((node) => node.deref() !== undefined).length;
    assert.ok(held < 100, `${held} of 400 are held`);
  });
});
