import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ENGINES, givenPolicyOn } from './given.ts';

const [CONSTANT, LINEAR, EXPONENTIAL, FIBONACCI, DECORRELATED] = [0, 1, 2, 3, 4];
const FULL = -1;
const EQUAL = -2;
const NONE = 0;
const DAY_MS = 86_400_000;

for (const engine of ENGINES) {
  const { backoff } = givenPolicyOn(engine, {}).kernels;
  const pauses = (kind: number, count: number, baseMs: number, step: number, maxMs: number) =>
    Array.from({ length: count }, (_, index) => backoff(kind, index + 1, baseMs, step, maxMs, NONE, 0.5, 0));

  describe(`pauses between retries (${engine})`, () => {
    it('stay the same', () => {
      assert.deepEqual(pauses(CONSTANT, 3, 250, 0, 30_000), [250, 250, 250]);
    });

    it('grow by a step', () => {
      assert.deepEqual(pauses(LINEAR, 5, 100, 50, 260), [100, 150, 200, 250, 260]);
    });

    it('SCENARIO 14: double, up to the longest', () => {
      assert.deepEqual(
        pauses(EXPONENTIAL, 6, 2_000, 2, 30_000),
        [2_000, 4_000, 8_000, 16_000, 30_000, 30_000],
      );
    });

    it('SCENARIO 14: grow by any factor, exactly', () => {
      assert.deepEqual(pauses(EXPONENTIAL, 4, 100, 3, 30_000), [100, 300, 900, 2_700]);
      assert.deepEqual(pauses(EXPONENTIAL, 4, 100, 1.5, 30_000), [100, 150, 225, 337.5]);
      assert.deepEqual(pauses(EXPONENTIAL, 4, 100, 1, 30_000), [100, 100, 100, 100]);
    });

    it('SCENARIO 14: stay at the longest: the twelfth and the thirteenth of 100 ms doubled', () => {
      assert.deepEqual(
        pauses(EXPONENTIAL, 13, 100, 2, 100_000).slice(9),
        [51_200, 100_000, 100_000, 100_000],
      );
    });

    it('shrink towards nothing with a factor below one, and never become what is no number', () => {
      const shrinking = pauses(EXPONENTIAL, 1_100, 1_000, 0.5, 30_000);
      assert.deepEqual(shrinking.slice(0, 3), [1_000, 500, 250]);
      assert.equal(shrinking.at(-1), 0);
    });

    it('grow like Fibonacci’s rabbits', () => {
      assert.deepEqual(pauses(FIBONACCI, 8, 100, 0, 1_500), [100, 100, 200, 300, 500, 800, 1_300, 1_500]);
    });

    it('are drawn between the base and three times the last one, decorrelated', () => {
      const at = (draw: number, previousMs: number) =>
        backoff(DECORRELATED, 1, 100, 0, 10_000, NONE, draw, previousMs);
      assert.deepEqual([at(0, 0), at(0.5, 0), at(1, 0)], [100, 200, 300]);
      assert.deepEqual([at(0, 1_000), at(0.5, 1_000), at(1, 1_000)], [100, 1_550, 3_000]);
      assert.equal(at(1, 9_000), 10_000);
    });

    it('vary as jitter says: all of it, half of it, a share to both sides', () => {
      const at = (jitter: number, draw: number) => backoff(CONSTANT, 1, 1_000, 0, 30_000, jitter, draw, 0);
      assert.deepEqual([at(FULL, 0), at(FULL, 0.25), at(FULL, 1)], [0, 250, 1_000]);
      assert.deepEqual([at(EQUAL, 0), at(EQUAL, 0.5), at(EQUAL, 1)], [500, 750, 1_000]);
      assert.deepEqual([at(0.1, 0), at(0.1, 0.5), at(0.1, 1)], [900, 1_000, 1_100]);
    });

    it('vary inside the longest', () => {
      assert.equal(backoff(CONSTANT, 1, 1_000, 0, 1_000, 0.5, 1, 0), 1_000);
      assert.equal(backoff(EXPONENTIAL, 50, 1_000, 2, 8_000, FULL, 0.5, 0), 4_000);
    });

    it('SCENARIO 15: are the longest at the thousandth retry of a base of a day', () => {
      for (const kind of [LINEAR, EXPONENTIAL, FIBONACCI]) {
        assert.equal(
          backoff(kind, 1_000, DAY_MS, kind === LINEAR ? DAY_MS : 2, 30 * DAY_MS, NONE, 0.5, 0),
          30 * DAY_MS,
        );
      }
    });

    it('SCENARIO 15: are finite from nothing to the longest for every retry to 1 025', () => {
      for (const kind of [CONSTANT, LINEAR, EXPONENTIAL, FIBONACCI, DECORRELATED]) {
        for (let retry = 1; retry <= 1_025; retry++) {
          const pause = backoff(kind, retry, 100, kind === LINEAR ? 100 : 2, 30_000, FULL, 0.7, 20_000);
          assert.ok(pause >= 0 && pause <= 30_000, `${pause} before retry ${retry}`);
        }
      }
    });

    it('are finite from nothing to the longest whatever they are made with', () => {
      const kinds = fc.constantFrom(CONSTANT, LINEAR, EXPONENTIAL, FIBONACCI, DECORRELATED);
      const retries = fc.oneof(
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(1e3, 2 ** 31, 2 ** 53, 1e300),
      );
      const size = fc.oneof(fc.double({ min: 0, max: 1e4, noNaN: true }), fc.constantFrom(0, 5e-324, 1e300));
      const jitters = fc.oneof(fc.constantFrom(FULL, EQUAL), fc.double({ min: 0, max: 1, noNaN: true }));
      const draws = fc.double({ min: 0, max: 1, noNaN: true });
      fc.assert(
        fc.property(
          kinds,
          retries,
          size,
          size,
          size,
          jitters,
          draws,
          size,
          (kind, retry, base, step, max, jitter, draw, last) => {
            const pause = backoff(kind, retry, base, step, max, jitter, draw, last);
            assert.ok(pause >= 0 && pause <= max, String(pause));
          },
        ),
        { numRuns: 3_000 },
      );
    });
  });
}
