import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { callbackTimer } from '../../src/base/timer-node.ts';
import { timersOf } from '../../src/base/timers.ts';
import { heldBytes } from '../support/garbage.ts';

const MEGABYTE = 1_048_576;

/** A clock that cannot wait: it fires as it is asked to. */
const hasty: Clock = {
  now: () => 0,
  wallMs: () => 0,
  setTimer: (_, fire) => {
    fire();
    return () => assert.fail('what has fired was taken back');
  },
};

describe('timers on a clock that fires on the spot', () => {
  it('fire once per arming, and have nothing to take back', () => {
    const timers = timersOf(hasty);
    let fired = 0;
    const node = callbackTimer(() => fired++);
    timers.arm(node, 10);
    timers.disarm(node);
    timers.arm(node, 20);
    assert.deepEqual([fired, timers.size], [2, 0]);
  });

  it('hold nothing of what has fired', () => {
    const timers = timersOf(hasty);
    const before = heldBytes();
    for (let call = 0; call < 400; call++) {
      const record = new Uint8Array(MEGABYTE / 16);
      timers.arm(
        callbackTimer(() => record.fill(1)),
        10,
      );
    }
    assert.ok(heldBytes() - before < 4 * MEGABYTE);
  });
});
