import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { guardClock } from '../../src/base/clock-guard.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';

function reading(...readings: number[]) {
  let index = 0;
  const clock: Clock = { now: () => readings[index++], wallMs: () => 0, setTimer: () => () => {} };
  return guardClock(clock);
}

describe('a guarded clock', () => {
  it('tells the time of the clock while that does not go back', async () => {
    const clock = manualClock({ startMs: 100 });
    const time = guardClock(clock);
    assert.equal(time.now(), 100);
    await clock.advance(50.5);
    assert.equal(time.now(), 150.5);
    assert.equal(time.offsetMs, 0);
    assert.equal(time.toClockMs(200), 200);
  });

  it('stands still at a step back and goes on from there', async () => {
    const clock = manualClock({ startMs: 1_000 });
    const time = guardClock(clock);
    time.now();
    clock.set(0);
    assert.equal(time.now(), 1_000);
    assert.equal(time.offsetMs, 1_000);
    await clock.advance(30);
    assert.equal(time.now(), 1_030);
    assert.equal(time.toClockMs(1_100), 100);
    clock.set(10);
    assert.equal(time.now(), 1_030);
    clock.set(20);
    assert.equal(time.now(), 1_040);
  });

  it('goes along with a step forwards', () => {
    const clock = manualClock();
    const time = guardClock(clock);
    clock.set(3_600_000);
    assert.equal(time.now(), 3_600_000);
  });

  it('is one for each clock', () => {
    const clock = manualClock();
    assert.equal(guardClock(clock), guardClock(clock));
    assert.notEqual(guardClock(clock), guardClock(manualClock()));
  });

  it('costs the system clock nothing', () => {
    const time = guardClock(systemClock);
    assert.equal(time.now, systemClock.now);
    assert.equal(time.offsetMs, 0);
    assert.equal(time.toClockMs(5), 5);
  });

  it('tells its listeners of each step back, with the new offset in place', () => {
    const clock = manualClock({ startMs: 100 });
    const time = guardClock(clock);
    const offsets: number[] = [];
    time.onBack(() => offsets.push(time.offsetMs));
    clock.set(200);
    time.now();
    clock.set(50);
    time.now();
    time.now();
    clock.set(40);
    time.now();
    assert.deepEqual(offsets, [150, 160]);
  });

  it('stands still while the clock reads no number', () => {
    const time = reading(10, 20, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 21);
    assert.deepEqual([time.now(), time.now(), time.now(), time.now(), time.now()], [20, 20, 20, 20, 21]);
    assert.equal(reading(Number.NaN, Number.NaN, 7).now(), 0);
  });

  it('never goes back, and passes as much time as the clock does between its steps back', () => {
    const moves = fc.array(fc.oneof(fc.nat(10_000), fc.integer({ min: -1_000_000, max: -1 })), {
      minLength: 1,
      maxLength: 200,
      size: 'max',
    });
    fc.assert(
      fc.property(moves, (steps) => {
        let clockMs = 5_000_000;
        let expectedMs = clockMs;
        const clock: Clock = { now: () => clockMs, wallMs: () => 0, setTimer: () => () => {} };
        const time = guardClock(clock);
        for (const step of steps) {
          clockMs += step;
          expectedMs += Math.max(0, step);
          assert.equal(time.now(), expectedMs);
          assert.equal(time.toClockMs(time.now()), clockMs);
        }
      }),
    );
  });
});
