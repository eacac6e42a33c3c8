import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { given } from './wheel-scene.ts';

describe('timers that hang in the wheel since it last went off', () => {
  it('are found behind a list that was emptied', () => {
    const { host, wheel, names, node } = given({ startMs: 1_000 });
    const emptied = node('emptied');
    wheel.arm(node('first'), 1_005);
    wheel.arm(node('second'), 1_006);
    wheel.arm(emptied, 1_008);
    wheel.arm(node('last'), 1_009);
    host.runUntil(1_005);
    wheel.disarm(emptied);
    host.runUntil(1_020);
    assert.deepEqual(names(), ['first', 'second', 'last']);
  });

  it('wake nobody for a list that was emptied', () => {
    const { host, wheel, fired, node } = given({ startMs: 1_000 });
    const emptied = node('emptied');
    wheel.arm(node('first'), 1_005);
    wheel.arm(emptied, 5_000);
    host.runUntil(1_006);
    wheel.disarm(emptied);
    wheel.arm(node('next'), 1_500);
    host.runUntil(1_600);
    assert.equal(host.wakeMs, Number.POSITIVE_INFINITY);
    assert.deepEqual(
      fired.map(({ atMs }) => atMs),
      [1_005, 1_500],
    );
  });
});

describe('a timer without a time', () => {
  it('never fires, and hides none that has one', () => {
    const { host, wheel, names, node } = given({ startMs: 1_000 });
    wheel.arm(node('first'), 1_003);
    wheel.arm(node('never'), Number.NaN);
    wheel.arm(node('second'), 1_010);
    host.runUntil(1_100);
    assert.deepEqual(names(), ['first', 'second']);
    assert.equal(wheel.size, 1);
  });
});
