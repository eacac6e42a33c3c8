// What a wheel asks of its thread: no real timer for what never comes, and none to be cleared that was never set.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Alarm } from '../../src/base/thread-host.ts';
import { callbackTimer } from '../../src/base/timer-node.ts';
import { TimerWheel } from '../../src/base/timer-wheel.ts';
import { VirtualHost } from './virtual-host.ts';

/** Writes down what it is to clear. */
class WrittenHost extends VirtualHost {
  readonly cleared: unknown[] = [];

  override clearAlarm(alarm: Alarm): void {
    this.cleared.push(alarm);
    super.clearAlarm(alarm);
  }
}

function given() {
  const host = new WrittenHost(1_000.5);
  return { host, wheel: new TimerWheel(host, true), node: () => callbackTimer(() => {}) };
}

describe('a wheel', () => {
  it('sets no real timer for a time that never comes', () => {
    const { host, wheel, node } = given();
    wheel.arm(node(), Number.POSITIVE_INFINITY);
    assert.equal(host.alarmsSet, 0);
    wheel.arm(node(), 2_000);
    assert.equal(host.alarmsSet, 1);
  });

  it('sets its real timer once for two that come at one time', () => {
    const { host, wheel, node } = given();
    wheel.arm(node(), 2_000);
    wheel.arm(node(), 2_000);
    assert.equal(host.alarmsSet, 1);
  });

  it('clears the real timer that is set, and nothing where there is none', () => {
    const { host, wheel, node } = given();
    wheel.arm(node(), 2_000);
    assert.deepEqual(host.cleared, []);
    wheel.arm(node(), 1_500);
    assert.equal(host.cleared.length, 1);
    host.runUntil(3_000);
    wheel.arm(node(), 4_000);
    assert.ok(host.cleared.every((alarm) => alarm !== undefined));
  });
});
