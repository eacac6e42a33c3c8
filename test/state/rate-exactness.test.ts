// How exact a token bucket keeps its rate, from one permit in thirty days to ten million a second, on the first
// day and after ten years.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bucket, ENGINES, givenPolicyOn, type TestedEngine } from './given.ts';

const DAY_MS = 86_400_000;
const TEN_YEARS_MS = 3_652 * DAY_MS;
const THIRTY_DAYS = 1_000 / (30 * DAY_MS);
/** What may be missing or too much, of all: 0.01 %. */
const MOST = 1e-4;

const RATES = [
  THIRTY_DAYS,
  1_000 / DAY_MS,
  1 / 3_600,
  1 / 7,
  1,
  3,
  100 / 7,
  999.9,
  12_345.678,
  1e6 / 3,
  1e6,
  9_999_999,
  1e7,
];

/** A millisecond's worth: a bucket of one overflows between two readings of a clock that are further apart. */
const burstFor = (rate: number) => Math.ceil(rate / 1_000);

/** Takes `count` permits, each at the moment it was told to come back: permits a second. */
function saturated(acquire: (now: number) => number, fromMs: number, count: number): number {
  let now = fromMs;
  while (acquire(now) === 0);
  const startMs = now;
  for (let taken = 0; taken < count; ) {
    const waitMs = acquire(now);
    if (waitMs === 0) taken++;
    // After years a wait may be too short for the next number that the clock can show.
    else now = Math.max(now + waitMs, now * (1 + Number.EPSILON));
  }
  return (count * 1_000) / (now - startMs);
}

function acquireOn(engine: TestedEngine, rate: number): (now: number) => number {
  const { kernels, slot } = givenPolicyOn(engine, { numbers: bucket(rate, burstFor(rate)) });
  return (now) => kernels.rateAcquire(slot.at, now, 1);
}

function keyedAcquireOn(engine: TestedEngine, rate: number): (now: number) => number {
  const numbers = bucket(rate, burstFor(rate), true);
  const { kernels, slot, plane, useKey } = givenPolicyOn(engine, { numbers, maxKeys: 2 });
  useKey('key');
  return (now) => kernels.keyedAcquire(slot.at, plane.rowAt, now, 1);
}

/** As many permits as are there in ten years, or a round number. */
function countFor(rate: number, most: number): number {
  return Math.min(most, Math.round((rate * TEN_YEARS_MS) / 1_000));
}

/** Takes whatever there is once every `tickMs`: permits a second. */
function ticked(engine: TestedEngine, rate: number, fromMs: number, tickMs: number, ticks: number): number {
  const { kernels, slot } = givenPolicyOn(engine, {
    numbers: bucket(rate, Math.ceil((rate * tickMs) / 500)),
  });
  const drain = (now: number) => {
    const whole = Math.floor(kernels.rateAvailable(slot.at, now));
    return whole > 0 && kernels.rateAcquire(slot.at, now, whole) === 0 ? whole : 0;
  };
  drain(fromMs);
  let taken = 0;
  for (let tick = 1; tick <= ticks; tick++) taken += drain(fromMs + tick * tickMs);
  return (taken * 1_000) / (ticks * tickMs);
}

function assertClose(found: number, rate: number, when: string): void {
  const error = Math.abs(found / rate - 1);
  assert.ok(error < MOST, `${rate} a second was ${found} ${when}: ${(error * 100).toFixed(5)} % off`);
}

for (const engine of ENGINES) {
  describe(`the rate of a token bucket (${engine})`, () => {
    for (const rate of RATES) {
      it(`is exact at ${rate} a second, from the first moment to the tenth year`, () => {
        for (const fromMs of [0, 1.5, DAY_MS, TEN_YEARS_MS / 2, TEN_YEARS_MS]) {
          const found = saturated(acquireOn(engine, rate), fromMs, countFor(rate, 50_000));
          assertClose(found, rate, `${fromMs} ms after the start`);
        }
      });
    }

    it('is exact when permits are fetched once in a while, over years', () => {
      const spans = [
        { rate: THIRTY_DAYS, tickMs: 30.5 * DAY_MS, ticks: 119 },
        { rate: 1 / 3_600, tickMs: DAY_MS, ticks: 3_600 },
        { rate: 7, tickMs: 3_333, ticks: 20_000 },
        { rate: 1e5, tickMs: 1_000, ticks: 10_000 },
        { rate: 1e7, tickMs: 16.6, ticks: 20_000 },
      ];
      for (const { rate, tickMs, ticks } of spans) {
        for (const fromMs of [0, TEN_YEARS_MS]) {
          const found = ticked(engine, rate, fromMs, tickMs, ticks);
          // What is left in the bucket at the end has been earned too.
          const slack = 1_000 / (ticks * tickMs);
          assert.ok(found <= rate * (1 + MOST) && found >= rate * (1 - MOST) - slack, `${found} of ${rate}`);
        }
      }
    });

    it('is not rounded where a permit is no whole number of milliseconds', () => {
      for (const rate of [3, 7, 300, 333, 7_777]) {
        const found = saturated(acquireOn(engine, rate), 0, 70_000);
        assert.ok(Math.abs(found / rate - 1) < 1e-9, `${found} of ${rate}`);
      }
    });

    it('lets one permit pass in thirty days and not a moment before', () => {
      const { kernels, slot } = givenPolicyOn(engine, { numbers: bucket(THIRTY_DAYS, 1) });
      const at = (now: number) => kernels.rateAcquire(slot.at, now, 1) === 0;
      const month = 30 * DAY_MS;
      assert.deepEqual(
        [at(0), at(month - 10), at(month), at(month + 1), at(2 * month)],
        [true, false, true, false, true],
      );
    });

    it('stays exact in the buckets of keys, which keep less of the time', () => {
      for (const rate of [THIRTY_DAYS, 1, 1e7]) {
        for (const fromMs of [0, TEN_YEARS_MS]) {
          const found = saturated(keyedAcquireOn(engine, rate), fromMs, countFor(rate, 20_000));
          assertClose(found, rate, `${fromMs} ms after the start`);
        }
      }
    });
  });
}
