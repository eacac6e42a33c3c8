import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FreshTimers } from '../../src/base/timer-fresh.ts';
import { callbackTimer } from '../../src/base/timer-node.ts';
import { given } from './wheel-scene.ts';

/** More than are kept unhung. */
const MANY = 700;

describe('timers that were armed of late', () => {
  it('fire in order of their times, however many there are', () => {
    const { host, wheel, names, node, startMs } = given();
    const waits = Array.from({ length: MANY }, (_, index) => ((index * 7_919) % MANY) + 1);
    for (const wait of waits) wheel.arm(node(wait), startMs + wait);
    assert.equal(wheel.size, MANY);
    host.runUntil(startMs + MANY + 1);
    assert.deepEqual(
      names(),
      waits.toSorted((a, b) => a - b),
    );
    assert.equal(wheel.size, 0);
  });

  it('do not fire once they are disarmed, the first, the last and one between', () => {
    for (const gone of [0, 1, 2]) {
      const { host, wheel, names, node, startMs } = given();
      const nodes = ['a', 'b', 'c'].map((name) => node(name));
      for (const each of nodes) wheel.arm(each, startMs + 10);
      wheel.disarm(nodes[gone]);
      assert.equal(wheel.size, 2);
      host.runUntil(startMs + 20);
      assert.deepEqual(
        names(),
        ['a', 'b', 'c'].filter((_, index) => index !== gone),
      );
    }
  });

  it('are disarmed all the same where too many were armed since', () => {
    const { host, wheel, names, node, startMs } = given();
    const nodes = Array.from({ length: MANY }, (_, index) => node(index));
    for (const each of nodes) wheel.arm(each, startMs + 10);
    for (const each of nodes.slice(1)) wheel.disarm(each);
    host.runUntil(startMs + 20);
    assert.deepEqual(names(), [0]);
  });

  it('that a timer arms as it fires go off at their own time', () => {
    const { host, wheel, names, node, startMs } = given();
    const next = node('next');
    wheel.arm(
      callbackTimer(() => wheel.arm(next, startMs + 30)),
      startMs + 10,
    );
    host.runUntil(startMs + 29);
    assert.deepEqual(names(), []);
    host.runUntil(startMs + 31);
    assert.deepEqual(names(), ['next']);
  });

  it('are forgotten when they go: none keeps the record of a call', async () => {
    const fresh = new FreshTimers();
    const nodes = Array.from({ length: 3 }, () => callbackTimer(() => {}));
    for (const each of nodes) fresh.add(each);
    for (const each of nodes) fresh.remove(each);
    for (const each of nodes) assert.equal(fresh.has(each), false);
    const handed: unknown[] = [];
    fresh.takeAll((node) => handed.push(node));
    assert.deepEqual(handed, []);
  });

  it('are full when there is no room, and empty when they were handed over', () => {
    const fresh = new FreshTimers();
    let armed = 0;
    while (!fresh.full) {
      fresh.add(callbackTimer(() => {}));
      armed++;
    }
    let handed = 0;
    fresh.takeAll(() => handed++);
    assert.equal(handed, armed);
    assert.equal(fresh.full, false);
  });
});
