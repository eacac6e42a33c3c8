import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  E_LIMIT,
  F_AIMD,
  F_ATTEMPTS,
  F_BULKHEAD,
  F_GRADIENT,
  F_RATE,
  F_VEGAS,
  F_VIEW_RATE,
  R_RATE,
  S_RELEASE,
  S_VERDICT,
  V_DROPPED,
  V_FAILURE,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { bucket, ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

/** A bulkhead that finds its limit by itself. */
function bulkhead(engine: TestedEngine, algorithm: number, numbers = {}) {
  const { kernels, slot, plane } = givenPolicyOn(engine, {
    features: F_BULKHEAD | algorithm,
    numbers: { maxConcurrent: 10, minLimit: 1, maxLimit: 100, ...numbers },
  });
  const now = 1_000;
  const enter = () => kernels.admit(slot.at, slot.cell, plane.rowAt, plane.fence, now, 1, 0, 0);
  const leave = (ticket: number, ms: number, verdict = V_SUCCESS) =>
    kernels.settle(
      slot.at,
      slot.cell,
      plane.fence,
      ticket,
      now - ms,
      now,
      verdict,
      S_VERDICT | S_RELEASE,
      -1,
    );
  const limit = () => kernels.bulkheadCapacity(slot.at);
  /** Fills the bulkhead, then lets one call end. */
  function full(ms: number, verdict = V_SUCCESS) {
    const tickets: number[] = [];
    for (let ticket = enter(); ticket >= 0; ticket = enter()) tickets.push(ticket);
    const last = tickets.pop() as number;
    const events = leave(last, ms, verdict);
    for (const ticket of tickets) leave(ticket, ms, V_FAILURE);
    return events;
  }
  return {
    enter,
    leave,
    limit,
    full,
    set: (limit: number) => slot.publish(() => ({ maxConcurrent: limit }), 0),
  };
}

for (const engine of ENGINES) {
  const { aimd, vegas, gradient2 } = givenPolicyOn(engine, {}).kernels;

  describe(`limits that find themselves (${engine})`, () => {
    it('SCENARIO 24: by addition and multiplication: one more while half is used, a tenth less on a drop', () => {
      assert.deepEqual([aimd(20, 10, 0), aimd(20, 20, 0), aimd(20, 9, 0)], [21, 21, 20]);
      assert.deepEqual([aimd(30, 30, 1), aimd(30, 1, 1), aimd(10, 1, 1)], [27, 27, 9]);
    });

    it('SCENARIO 24: by Vegas’ queue: grow fast without one, hold, shrink when it is long', () => {
      const at = (limit: number, rtt: number, inFlight = limit + 1) => vegas(limit, inFlight, rtt, 10, 0);
      assert.deepEqual([at(10, 10), at(10, 14), at(10, 50)], [16, 10, 9]);
      assert.deepEqual([at(10, 12), at(10, 11), at(100, 11), at(100, 12)], [11, 16, 100, 98]);
      assert.equal(at(10, 10, 4), 10);
      assert.deepEqual(
        [vegas(10, 10, 0, 10, 0), vegas(10, 1, 0, 10, 1), vegas(1_000, 1, 0, 10, 1)],
        [16, 9, 997],
      );
    });

    it('by the gradient of latencies: up by a share of four, down by a tenth at most', () => {
      assert.deepEqual([gradient2(20, 20, 10, 10), gradient2(20, 9, 10, 10)], [20.8, 20]);
      assert.deepEqual([gradient2(20, 20, 15, 10), gradient2(20, 20, 1e9, 10)], [20.8, 18.8]);
      assert.ok(Math.abs(gradient2(100, 100, 20, 10) - 95.8) < 1e-9);
      assert.equal(gradient2(20, 20, 0, 10), 20.8);
    });

    it('move with the calls that end, and say so', () => {
      const { full, limit } = bulkhead(engine, F_AIMD);
      assert.deepEqual([full(5), limit()], [E_LIMIT, 11]);
      assert.deepEqual([full(5, V_DROPPED), limit()], [E_LIMIT, 9]);
      assert.deepEqual([full(5, V_FAILURE), limit()], [0, 9]);
    });

    it('hold while less than half is used', () => {
      const { enter, leave, limit } = bulkhead(engine, F_AIMD);
      for (let i = 0; i < 50; i++) leave(enter(), 5);
      assert.equal(limit(), 10);
    });

    it('stay within their bounds', () => {
      const { full, limit } = bulkhead(engine, F_AIMD, { minLimit: 4, maxLimit: 12 });
      for (let i = 0; i < 20; i++) full(5);
      assert.equal(limit(), 12);
      for (let i = 0; i < 50; i++) full(5, V_DROPPED);
      assert.equal(limit(), 4);
    });

    it('learn what is fast first (Vegas)', () => {
      const { full, limit } = bulkhead(engine, F_VEGAS);
      assert.equal(full(10), E_LIMIT);
      assert.equal(limit(), 10);
      full(10);
      assert.equal(limit(), 16);
      full(50);
      assert.equal(limit(), 15);
      full(5);
      full(5);
      assert.equal(limit(), 21);
    });

    it('shrink when calls become slower than they use to be (gradient)', () => {
      const { full, limit } = bulkhead(engine, F_GRADIENT);
      for (let i = 0; i < 40; i++) full(10);
      const grown = limit();
      assert.ok(grown > 20, String(grown));
      for (let i = 0; i < 10; i++) full(100);
      assert.ok(limit() < grown - 5, `${limit()} after ${grown}`);
    });
  });

  describe(`a rate that finds itself (${engine})`, () => {
    const INTERVAL_MS = 1_000;
    function limiter() {
      const { kernels, slot, plane } = givenPolicyOn(engine, {
        features: F_RATE | F_ATTEMPTS | F_VIEW_RATE,
        viewMs: [0, 0, 0, INTERVAL_MS],
        numbers: {
          ...bucket(1_000, 100),
          minRate: 800,
          maxRate: 1_100,
          rateTargetMs: 100,
          ratePercentile: 0.95,
          rateSamples: 20,
        },
      });
      let now = 50 * INTERVAL_MS;
      const admit = () => kernels.admit(slot.at, slot.cell, plane.rowAt, plane.fence, now, 1, 0, 0);
      /** An interval of calls that take so long, and one refusal or none; the rate after it. */
      function interval(count: number, ms: number, held: boolean) {
        for (let i = 0; i < count; i++)
          kernels.settle(slot.at, slot.cell, -1, admit(), now - ms, now, 0, S_VERDICT, -1);
        if (held) kernels.refuse(slot.at, plane.rowAt, now, 1, R_RATE);
        now += INTERVAL_MS;
        kernels.settle(slot.at, slot.cell, -1, admit(), now, now, 0, S_VERDICT, -1);
        return Math.round(slot.numbers.ratePerSecond);
      }
      // The first call ever begins the first interval.
      interval(0, 0, false);
      return { interval, slot, kernels, pass: (ms: number) => (now += ms), now: () => now };
    }

    it('falls by a tenth after an interval that was too slow, not below its least', () => {
      const { interval } = limiter();
      assert.deepEqual(
        [interval(30, 130, false), interval(30, 130, true), interval(30, 130, true)],
        [900, 810, 800],
      );
    });

    it('rises by a twentieth after a fast one, if it held calls back, not above its most', () => {
      const { interval } = limiter();
      assert.deepEqual([interval(30, 50, false), interval(30, 50, true)], [1_000, 1_050]);
      assert.deepEqual([interval(30, 50, true), interval(30, 50, true)], [1_100, 1_100]);
    });

    it('holds between the two, and after too few calls', () => {
      const { interval } = limiter();
      assert.deepEqual([interval(30, 100, true), interval(18, 500, true)], [1_000, 1_000]);
    });

    it('keeps the tokens, and pays them out at the new rate', () => {
      const { interval, slot, kernels, now } = limiter();
      interval(30, 500, false);
      const left = kernels.rateAvailable(slot.at, now());
      kernels.rateAcquire(slot.at, now(), Math.floor(left));
      const before = kernels.rateAvailable(slot.at, now());
      assert.ok(Math.abs(kernels.rateAvailable(slot.at, now() + 50) - before - 45) < 1e-6);
    });
  });
}
