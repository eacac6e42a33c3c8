import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callbackTimer } from '../../src/base/timer-node.ts';
import { DAY, given, YEAR } from './wheel-scene.ts';

describe('a timer wheel', () => {
  it('fires a node once, at its time, and knows it no longer', () => {
    const { host, wheel, fired, node, startMs } = given();
    wheel.arm(node('a'), startMs + 10);
    assert.equal(wheel.size, 1);
    host.runUntil(startMs + 9.99);
    assert.deepEqual(fired, []);
    host.runUntil(startMs + 100);
    assert.deepEqual(fired, [{ name: 'a', atMs: startMs + 10 }]);
    assert.equal(wheel.size, 0);
    assert.equal(host.wakeMs, Number.POSITIVE_INFINITY);
  });

  it('hands a node the time it is fired at', () => {
    const { host, wheel, startMs } = given();
    let told = 0;
    wheel.arm(
      callbackTimer((nowMs) => {
        told = nowMs;
      }),
      startMs + 7.5,
    );
    host.runUntil(startMs + 50);
    assert.ok(told >= startMs + 7.5 && told < startMs + 9);
  });

  it('does not fire what was disarmed, however often that was', () => {
    const { host, wheel, fired, node, startMs } = given();
    const a = node('a');
    wheel.arm(a, startMs + 10);
    wheel.disarm(a);
    wheel.disarm(a);
    assert.equal(wheel.size, 0);
    host.runUntil(startMs + 100);
    assert.deepEqual(fired, []);
  });

  it('moves a node that is armed again', () => {
    const { host, wheel, fired, node, startMs } = given();
    const a = node('a');
    wheel.arm(a, startMs + 10);
    wheel.arm(a, startMs + 4_000);
    assert.equal(wheel.size, 1);
    host.runUntil(startMs + 3_999);
    assert.deepEqual(fired, []);
    wheel.arm(a, startMs + 4_500);
    wheel.arm(a, startMs + 4_010);
    host.runUntil(startMs + 5_000);
    assert.deepEqual(fired, [{ name: 'a', atMs: startMs + 4_010 }]);
  });

  it('fires what is due at once by time', () => {
    const { host, wheel, names, node, startMs } = given();
    const waits = [5_000, 4_999.5, 90, 4_999.75, 12.5, 12.25, 3, 2 ** 31];
    for (const wait of waits) wheel.arm(node(wait), startMs + wait);
    // The loop was busy for a month.
    host.nowMs = startMs + 2 ** 31;
    host.runUntil(host.nowMs);
    assert.deepEqual(
      names(),
      waits.toSorted((a, b) => a - b),
    );
  });

  it('fires what is due at one time in the order of arming, though the second was nearer when it was armed', () => {
    const { host, wheel, names, node } = given({ startMs: 32_000 });
    wheel.arm(node('first'), 32_037);
    wheel.arm(node('earlier'), 32_022);
    host.runUntil(32_022);
    wheel.arm(node('second'), 32_037);
    host.runUntil(32_037);
    assert.deepEqual(names(), ['earlier', 'first', 'second']);
  });

  it('wakes up once for a lone node', () => {
    for (const wait of [1, 9.5, 10, 33, 1_024, 5_000.25, DAY]) {
      const { host, wheel, fired, node, startMs } = given();
      wheel.arm(node(wait), startMs + wait);
      host.runUntil(startMs + 2 * DAY);
      assert.deepEqual(fired, [{ name: wait, atMs: startMs + Math.ceil(wait) }]);
      assert.equal(host.alarmsSet, 1);
    }
  });

  it('keeps the order of arming when the count of armings wraps around', () => {
    const { host, wheel, names, node, startMs } = given();
    const first = node('first');
    const second = node('second');
    wheel.arm(first, startMs + 10);
    wheel.arm(second, startMs + 10);
    first.timerOrder = 2 ** 30 - 1;
    second.timerOrder = 0;
    host.runUntil(startMs + 20);
    assert.deepEqual(names(), ['first', 'second']);
  });

  it('wakes up for the first of two within one millisecond', () => {
    const { host, wheel, fired, node } = given({ startMs: 1_000 });
    for (const atMs of [1_005, 1_010, 1_010.8]) wheel.arm(node(atMs), atMs);
    host.runUntil(1_020);
    assert.deepEqual(
      fired.map(({ atMs }) => atMs),
      [1_005, 1_010, 1_011],
    );
  });

  it('wakes up for what is left of the millisecond in which it woke up, though more comes later', () => {
    const { host, wheel, names, node } = given({ startMs: 1_000, errorMs: () => -0.5 });
    for (const atMs of [1_005.2, 1_005.7, 1_009]) wheel.arm(node(atMs), atMs);
    host.runUntil(1_007);
    assert.deepEqual(names(), [1_005.2, 1_005.7]);
  });

  it('looks past a list that was emptied for what comes after it', () => {
    const { host, wheel, names, node } = given({ startMs: 1_000 });
    const emptied = node('emptied');
    wheel.arm(node('first'), 1_005);
    wheel.arm(emptied, 1_008);
    wheel.arm(node('last'), 1_009);
    wheel.disarm(emptied);
    host.runUntil(1_020);
    assert.deepEqual(names(), ['first', 'last']);
  });

  it('fires what is armed for a time that is over at the next opportunity, not during the call', () => {
    const { host, wheel, names, node, startMs } = given();
    wheel.arm(node('a'), startMs - 5_000);
    assert.deepEqual(names(), []);
    host.runUntil(startMs + 1);
    assert.deepEqual(names(), ['a']);
  });

  it('fires a node that was armed from a firing one, later', () => {
    const { host, wheel, fired, node, startMs } = given();
    const second = node('second');
    wheel.arm(
      callbackTimer((nowMs) => wheel.arm(second, nowMs)),
      startMs + 10,
    );
    host.runUntil(startMs + 20);
    assert.deepEqual(fired, [{ name: 'second', atMs: startMs + 11 }]);
  });

  it('does not fire a due node that another one disarms first', () => {
    const { host, wheel, names, node, startMs } = given();
    const second = node('second');
    const third = node('third');
    wheel.arm(
      callbackTimer(() => {
        wheel.disarm(second);
        wheel.arm(third, startMs + 50);
      }),
      startMs + 10,
    );
    wheel.arm(second, startMs + 10);
    wheel.arm(third, startMs + 10);
    host.runUntil(startMs + 49);
    assert.deepEqual(names(), []);
    assert.equal(wheel.size, 1);
    host.runUntil(startMs + 60);
    assert.deepEqual(names(), ['third']);
  });

  it('waits for years with few wake-ups and none too long for a real timer', () => {
    const { host, wheel, fired, node, startMs } = given();
    const waits = [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32, 2 ** 32 + 5, YEAR, 30 * YEAR, 50 * YEAR];
    for (const wait of waits) wheel.arm(node(wait), startMs + wait);
    host.runUntil(startMs + 60 * YEAR);
    assert.deepEqual(
      fired.map(({ name, atMs }) => [name, atMs - startMs]),
      waits.map((wait) => [wait, wait]),
    );
    assert.ok(host.alarmsSet < 60 * 15 + 100, `${host.alarmsSet} wake-ups`);
  });

  it('never fires what is armed for no time at all, and fires the others all the same', () => {
    const { host, wheel, names, node, startMs } = given();
    wheel.arm(node('never'), Number.NaN);
    wheel.arm(node('nor this'), Number.POSITIVE_INFINITY);
    wheel.arm(node('a'), startMs + 10);
    wheel.arm(node('b'), startMs + 70_000);
    host.runUntil(startMs + YEAR);
    assert.deepEqual(names(), ['a', 'b']);
    assert.equal(wheel.size, 2);
  });

  it('wakes for the next node, though one that fires has armed another just as far away as its lists reach', () => {
    const { host, wheel, fired, node, startMs } = given({ startMs: 1_000_000 });
    wheel.arm(node('next'), startMs + 8);
    wheel.arm(
      callbackTimer((nowMs) => wheel.arm(node('later'), nowMs + 32)),
      startMs + 3,
    );
    host.runUntil(startMs + 100);
    assert.deepEqual(fired, [
      { name: 'next', atMs: startMs + 8 },
      { name: 'later', atMs: startMs + 35 },
    ]);
  });

  it('wakes for the next node, though the real timer goes off in the millisecond in which the wheel began', () => {
    const { host, wheel, fired, node } = given({ startMs: 127.5, errorMs: () => -0.6 });
    for (const atMs of [127.8, 130, 159.5]) wheel.arm(node(atMs), atMs);
    host.runUntil(200);
    assert.deepEqual(
      fired.map(({ name, atMs }) => [name, atMs - Number(name) < 1]),
      [
        [127.8, true],
        [130, true],
        [159.5, true],
      ],
    );
  });

  it('leaves the real timer alone while calls come and go', () => {
    const { host, wheel, node } = given();
    const timeout = node('timeout');
    for (let call = 0; call < 10_000; call++) {
      host.nowMs += 0.01;
      wheel.arm(timeout, host.nowMs + 5_000);
      wheel.disarm(timeout);
    }
    assert.equal(host.alarmsSet, 1);
    assert.equal(host.turnsPlanned, 1);
  });

  it('lets go of the process one turn after the last node, and not if another one came', () => {
    const { host, wheel, node, startMs } = given();
    const a = node('a');
    wheel.arm(a, startMs + 5_000);
    assert.equal(host.held, true);
    wheel.disarm(a);
    wheel.arm(a, startMs + 5_000);
    host.turn();
    assert.equal(host.held, true);
    wheel.disarm(a);
    host.turn();
    assert.equal(host.held, false);
    wheel.arm(a, startMs + 6_000);
    assert.equal(host.held, true);
  });

  it('holds no process when it is not to', () => {
    const { host, wheel, names, node, startMs } = given({ holding: false });
    wheel.arm(node('a'), startMs + 10);
    assert.equal(host.held, false);
    wheel.arm(node('b'), startMs + 5);
    assert.equal(host.held, false);
    host.runUntil(startMs + 7);
    assert.equal(host.held, false);
    host.runUntil(startMs + 20);
    assert.deepEqual(names(), ['b', 'a']);
  });

  it('keeps a hundred thousand nodes apart', () => {
    const { host, wheel, node, startMs } = given();
    const nodes = Array.from({ length: 100_000 }, (_, index) => node(index));
    for (const [index, each] of nodes.entries()) wheel.arm(each, startMs + 1_000 + (index % 7_919));
    assert.equal(wheel.size, 100_000);
    for (const [index, each] of nodes.entries()) if (index % 2 === 1) wheel.disarm(each);
    assert.equal(wheel.size, 50_000);
    host.runUntil(startMs + 10_000);
    assert.equal(wheel.size, 0);
  });
});
