import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bucket, ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

/** A bucket of so many permits, and time at hand. */
function given(engine: TestedEngine, rate: number, burst: number, maxDebtMs = 0) {
  const numbers = { ...bucket(rate, burst), maxDebtMs };
  const { arena, kernels, slot } = givenPolicyOn(engine, { numbers });
  return {
    slot,
    /** The smallest part of a permit: what time is counted in. */
    unit: 1 / (numbers.units ?? 1),
    end: () => arena.freeOnMain(slot.index),
    take: (now: number, permits = 1) => kernels.rateAcquire(slot.at, now, permits),
    reserve: (now: number, permits = 1) => kernels.rateReserve(slot.at, now, permits),
    refund: (now: number, permits = 1) => kernels.rateRefund(slot.at, now, permits),
    wait: (now: number, permits = 1) => kernels.rateWait(slot.at, now, permits),
    left: (now: number) => kernels.rateAvailable(slot.at, now),
    set: (now: number, tokens: number) => kernels.rateSet(slot.at, now, tokens),
    change: (now: number, toRate: number, toBurst: number) =>
      assert.ok(slot.publish(() => bucket(toRate, toBurst), now)),
  };
}

const times = <T>(count: number, act: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => act(i));

for (const engine of ENGINES) {
  describe(`a token bucket (${engine})`, () => {
    it('starts full, and refuses what it has not', () => {
      const { take, left } = given(engine, 10, 3);
      assert.equal(left(0), 3);
      assert.deepEqual(
        times(4, () => take(0)),
        [0, 0, 0, 100],
      );
    });

    it('starts full whenever it is used first', () => {
      const { take } = given(engine, 10, 3);
      assert.deepEqual(
        times(4, () => take(1e9)),
        [0, 0, 0, 100],
      );
    });

    it('takes nothing when it refuses', () => {
      const { take, left } = given(engine, 10, 3);
      take(0, 2);
      times(50, () => take(0, 2));
      assert.equal(left(0), 1);
      assert.equal(take(0, 1), 0);
    });

    it('never holds more than it can, however long it is left alone', () => {
      const { take, left } = given(engine, 1_000, 5);
      times(5, () => take(0));
      assert.equal(left(1e12), 5);
    });

    it('takes parts of permits: four halves out of two', () => {
      const { take } = given(engine, 1, 2);
      assert.deepEqual(
        times(6, () => take(0, 0.5) === 0),
        [true, true, true, true, false, false],
      );
    });

    it('says how long to wait, and keeps its word', () => {
      const { take, wait } = given(engine, 3, 4);
      take(0, 4);
      for (const permits of [1, 2, 3.5, 4]) {
        const waitMs = wait(0, permits);
        assert.ok(Math.abs(waitMs - (permits * 1_000) / 3) < 1e-6, `${waitMs}`);
        assert.ok(wait(waitMs - 0.01, permits) > 0);
        assert.equal(wait(waitMs, permits), 0);
      }
    });

    it('gives three at once and the next ones by the third of a second, reserved', () => {
      const { reserve } = given(engine, 3, 3, 10_000);
      assert.deepEqual(
        times(6, () => Math.round(reserve(0))),
        [0, 0, 0, 333, 667, 1_000],
      );
    });

    it('reserves nothing beyond the longest wait', () => {
      const { reserve, left } = given(engine, 10, 1, 250);
      assert.deepEqual(
        times(5, () => reserve(0)),
        [0, 100, 200, -1, -1],
      );
      assert.equal(left(0), -2);
      assert.equal(reserve(51), 249);
    });

    it('shows a debt while reservations are owed', () => {
      const { reserve, left, take } = given(engine, 10, 2, 1_000);
      reserve(0, 2);
      reserve(0, 2);
      assert.equal(left(0), -2);
      assert.equal(take(0), 300);
      assert.equal(left(200), 0);
    });

    it('has back what is refunded, and no more than it can hold', () => {
      const { take, refund, left } = given(engine, 1, 4);
      take(0, 3);
      refund(0, 2);
      assert.equal(left(0), 3);
      refund(0, 100);
      assert.equal(left(0), 4);
      refund(0, 1);
      assert.deepEqual([left(0), take(0, 4), take(0, 1)], [4, 0, 1_000]);
    });

    it('holds what a snapshot says', () => {
      const { set, left, take } = given(engine, 1, 4);
      set(5_000, 1.5);
      assert.equal(left(5_000), 1.5);
      set(5_000, -2);
      assert.deepEqual([left(5_000), take(5_000)], [-2, 3_000]);
      set(5_000, 9);
      assert.equal(left(5_000), 4);
    });

    it('keeps its tokens when the rate changes', () => {
      const { take, change, left } = given(engine, 10, 10);
      take(0, 6);
      change(0, 1, 10);
      assert.equal(left(0), 4);
      assert.equal(take(0, 5), 1_000);
      change(0, 1_000, 10);
      assert.equal(left(0), 4);
      assert.equal(left(3), 7);
    });

    it('forgives its debt when the rate changes', () => {
      const { reserve, change, left, take } = given(engine, 1, 2, 1e6);
      reserve(0, 2);
      times(20, () => reserve(0, 1));
      assert.equal(left(0), -20);
      change(0, 2, 2);
      assert.equal(left(0), 0);
      assert.equal(take(0), 500);
    });

    it('keeps its tokens when it becomes larger, and what fits when smaller', () => {
      const { take, change, left } = given(engine, 1, 10);
      take(0, 4);
      change(0, 1, 100);
      assert.equal(left(0), 6);
      change(0, 1, 3);
      assert.equal(left(0), 3);
      change(0, 1, 100);
      assert.equal(left(0), 3);
    });

    it('keeps its tokens through any number of changes, of its scale too', () => {
      const { take, change, left } = given(engine, 1, 1_000);
      take(0, 250);
      for (const rate of times(40, (i) => [1e-6, 1, 1e3, 1e7, 1 / 3][i % 5])) change(0, rate, 1_000);
      assert.ok(Math.abs(left(0) - 750) < 1e-3, String(left(0)));
    });

    it('does not lose what it owes when a change leaves rate and burst alone', () => {
      const { reserve, slot, left } = given(engine, 1, 2, 1e6);
      times(5, () => reserve(0));
      slot.publish(() => ({ consecutive: 7 }), 0);
      assert.equal(left(0), -3);
    });

    it('earns at the old rate until the moment of the change, at the new one from then on', () => {
      const { take, change, left } = given(engine, 10, 100);
      take(0, 100);
      change(1_000, 50, 100);
      assert.equal(left(1_000), 10);
      assert.equal(left(2_000), 60);
    });

    it('never lets more pass in any time than its burst and what it earned in it', () => {
      const history = fc.array(
        fc.record({
          passMs: fc.double({ min: 0, max: 400, noNaN: true }),
          permits: fc.integer({ min: 1, max: 8 }),
        }),
        { minLength: 20, maxLength: 60 },
      );
      const rates = fc.double({ min: 0.01, max: 5_000, noNaN: true });
      fc.assert(
        fc.property(rates, fc.integer({ min: 8, max: 40 }), history, (rate, burst, steps) => {
          const { take, unit, end } = given(engine, rate, burst);
          const taken: { now: number; permits: number }[] = [];
          let now = 0;
          for (const { passMs, permits } of steps) {
            now += passMs;
            if (take(now, permits) === 0) taken.push({ now, permits });
          }
          // Shrinking tries many hundreds.
          end();
          for (let from = 0; from < taken.length; from++) {
            let sum = 0;
            for (let to = from; to < taken.length; to++) {
              sum += taken[to].permits;
              const most = burst + (rate * (taken[to].now - taken[from].now)) / 1_000;
              assert.ok(
                // Either end of the time is rounded by half a unit at most.
                sum <= most + unit + 1e-9,
                `${sum} in ${taken[to].now - taken[from].now} ms, at most ${most}`,
              );
            }
          }
        }),
        { numRuns: 100 },
      );
    });

    it('refuses nobody longer than it takes to earn what is asked for', () => {
      const { take } = given(engine, 100, 10);
      let now = 0;
      for (let call = 0; call < 2_000; call++) {
        const permits = 1 + (call % 10);
        const waitMs = take(now, permits);
        assert.ok(waitMs <= permits * 10 + 1e-9);
        now += waitMs;
        if (waitMs > 0) assert.equal(take(now, permits), 0);
      }
    });
  });
}
