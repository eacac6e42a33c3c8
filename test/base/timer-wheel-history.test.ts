import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { callbackTimer, type TimerNode } from '../../src/base/timer-node.ts';
import { DAY, given, YEAR } from './wheel-scene.ts';

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
        fc.array(fc.double({ min: -0.9, max: 2, noNaN: true }), { minLength: 1 }),
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
