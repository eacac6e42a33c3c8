import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { callbackTimer, type TimerNode } from '../../src/base/timer-node.ts';
import { TimerWheel } from '../../src/base/timer-wheel.ts';
import { VirtualHost } from './virtual-host.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const YEAR = 365 * DAY;

function noError(): number {
  return 0;
}

function given({ startMs = 1_000_000.25, holding = true, errorMs = noError } = {}) {
  const host = new VirtualHost(startMs, errorMs);
  const wheel = new TimerWheel(host, holding);
  const fired: { name: unknown; atMs: number }[] = [];
  const node = (name: unknown) => callbackTimer(() => fired.push({ name, atMs: host.nowMs }));
  const names = () => fired.map(({ name }) => name);
  return { host, wheel, fired, names, node, startMs };
}

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

// A history: nodes are armed, moved and disarmed while time passes in small and very large steps.
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('arm' as const),
      node: fc.nat(15),
      afterMs: delays(),
      round: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('disarm' as const), node: fc.nat(15) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('run' as const), forMs: delays() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('block' as const), forMs: delays() }) },
);

function delays() {
  const spans = [1, 40, 1_100, 40_000, DAY, 2 ** 33];
  return fc.oneof(
    ...spans.map((span) => fc.double({ min: 0, max: span, noNaN: true })),
    fc.constantFrom(...spans, 31, 32, 33, 1_023, 1_024, 1_025, 32_768),
  );
}

describe('a timer wheel under any history', () => {
  it('fires each node that stays armed: not early, not late, in order, and no other', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1_000.75, 2 ** 31 - 20, 2 ** 32 + 0.5, 10 * YEAR),
        fc.array(fc.double({ min: -1, max: 2, noNaN: true }), { minLength: 1 }),
        fc.array(step, { maxLength: 80, size: 'max' }),
        (startMs, errors, steps) => {
          let alarm = 0;
          const { host, wheel } = given({ startMs, errorMs: () => errors[alarm++ % errors.length] });
          const deadlines = new Map<TimerNode, { atMs: number; order: number }>();
          let lateMs = 0;
          let order = 0;
          let before = { wokeMs: -1, atMs: 0, order: 0 };
          const nodes = Array.from({ length: 16 }, () => {
            const each = callbackTimer(() => {
              const due = deadlines.get(each);
              assert.ok(due, 'fired without being armed');
              deadlines.delete(each);
              assert.ok(host.nowMs >= due.atMs, `fired ${due.atMs - host.nowMs} ms early`);
              // An alarm's own error, a rounded one and one that came early and had to be set again.
              assert.ok(host.nowMs <= due.atMs + lateMs + 6, `fired ${host.nowMs - due.atMs} ms late`);
              if (before.wokeMs === host.nowMs) {
                assert.ok(
                  before.atMs < due.atMs || (before.atMs === due.atMs && before.order < due.order),
                  'fired out of order',
                );
              }
              before = { wokeMs: host.nowMs, ...due };
            });
            return each;
          });
          for (const each of steps) {
            if (each.act === 'arm') {
              const node = nodes[each.node];
              const exactMs = host.nowMs + each.afterMs;
              // Rounded, some meet at one time.
              const atMs = each.round ? Math.ceil(exactMs / 16) * 16 : exactMs;
              deadlines.set(node, { atMs, order: order++ });
              wheel.arm(node, atMs);
            } else if (each.act === 'disarm') {
              deadlines.delete(nodes[each.node]);
              wheel.disarm(nodes[each.node]);
            } else if (each.act === 'run') {
              lateMs = 0;
              host.runUntil(host.nowMs + each.forMs);
              for (const { atMs } of deadlines.values())
                assert.ok(atMs > host.nowMs - 6, 'not fired in time');
            } else {
              host.nowMs += each.forMs;
              lateMs = each.forMs;
              host.runUntil(host.nowMs + 6);
            }
            assert.equal(wheel.size, deadlines.size);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
