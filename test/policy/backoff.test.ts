import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scriptedRandom } from '../../src/base/random.ts';
import {
  constant,
  decorrelated,
  drawBackoff,
  exponential,
  fibonacci,
  fromList,
  linear,
} from '../../src/policy/backoff.ts';
import type { Backoff } from '../../src/policy/types.ts';

const pauses = (backoff: Backoff, retries: number) =>
  Array.from({ length: retries }, (_, index) => backoff(index + 1));

/** The backoff with these draws and no more. */
const drawing = (backoff: Backoff, ...draws: number[]) => drawBackoff(backoff, scriptedRandom(draws));

describe('a backoff', () => {
  it('that is constant pauses the same each time', () => {
    assert.deepEqual(pauses(constant({ baseMs: 250 }), 4), [250, 250, 250, 250]);
  });

  it('that is linear grows by a step', () => {
    assert.deepEqual(pauses(linear({ baseMs: 100, stepMs: 50 }), 4), [100, 150, 200, 250]);
  });

  it('that is exponential grows by a factor', () => {
    const doubling = exponential({ baseMs: 2_000, maxMs: 30_000, jitter: 'none' });
    assert.deepEqual(pauses(doubling, 6), [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    const tripling = exponential({ baseMs: 100, factor: 3, jitter: 'none' });
    assert.deepEqual(pauses(tripling, 4), [100, 300, 900, 2_700]);
    const capped = exponential({ baseMs: 100, maxMs: 100_000, jitter: 'none' });
    assert.deepEqual([capped(10), capped(11), capped(12), capped(13)], [51_200, 100_000, 100_000, 100_000]);
  });

  it('that is exponential may shrink', () => {
    const shrinking = exponential({ baseMs: 100, factor: 0.5, jitter: 'none' });
    assert.deepEqual(pauses(shrinking, 4), [100, 50, 25, 12.5]);
    assert.equal(shrinking(1e9), 0);
  });

  it('by Fibonacci adds up the two before', () => {
    const backoff = fibonacci({ baseMs: 10, jitter: 'none' });
    assert.deepEqual(pauses(backoff, 8), [10, 10, 20, 30, 50, 80, 130, 210]);
  });

  it('from a list stays at its last', () => {
    assert.deepEqual(pauses(fromList([5, 50, 20]), 5), [5, 50, 20, 20, 20]);
    const list = [5, 50];
    const kept = fromList(list);
    list[0] = 1_000;
    assert.equal(kept(1), 5, 'what becomes of the list later is of no account');
  });

  it('is no longer than 30 seconds unless more is allowed', () => {
    const day = 86_400_000;
    assert.equal(exponential({ baseMs: day, jitter: 'none' })(1_000), 30_000);
    assert.equal(exponential({ baseMs: day, jitter: 'none' })(1), 30_000);
    assert.equal(constant({ baseMs: day })(1), 30_000);
    assert.equal(fromList([day])(1), 30_000);
    assert.equal(fromList([day], { maxMs: 2 * day })(1), day);
    assert.equal(constant({ baseMs: 3e9, maxMs: 1e10 })(1), 3e9, 'longer than a 32 bit timer can be');
  });

  it('draws up to the whole pause with full jitter, from its half on with equal, and around it with a share', () => {
    const full = drawing(constant({ baseMs: 100, jitter: 'full' }), 0, 0.25, 0.75);
    assert.deepEqual(pauses(full, 3), [0, 25, 75]);
    const equal = drawing(constant({ baseMs: 100, jitter: 'equal' }), 0, 0.5);
    assert.deepEqual(pauses(equal, 2), [50, 75]);
    const share = drawing(constant({ baseMs: 100, jitter: 0.25 }), 0, 0.5, 0.75);
    assert.deepEqual(pauses(share, 3), [75, 100, 112.5]);
    assert.equal(drawing(fromList([40], { jitter: 'full' }), 0.5)(1), 20);
  });

  it('varies inside its cap', () => {
    assert.equal(drawing(constant({ baseMs: 100, maxMs: 100, jitter: 0.5 }), 0.9)(1), 100);
    assert.equal(drawing(exponential({ baseMs: 400, maxMs: 100, jitter: 'full' }), 0.5)(3), 50);
  });

  it('has full jitter where it grows by factors or sums, and none elsewhere, unless another is asked for', () => {
    assert.equal(drawing(exponential({ baseMs: 100 }), 0.5)(2), 100);
    assert.equal(drawing(fibonacci({ baseMs: 100 }), 0.5)(3), 100);
    assert.equal(drawing(constant({ baseMs: 100 }))(1), 100);
    assert.equal(drawing(linear({ baseMs: 100, stepMs: 1 }))(2), 101);
    assert.equal(drawing(fromList([100]))(1), 100);
  });

  it('draws only where a draw makes a difference', () => {
    const none = drawing(exponential({ baseMs: 100, jitter: 'none' }));
    const zero = drawing(exponential({ baseMs: 100, jitter: 0 }));
    assert.deepEqual([none(2), zero(2)], [200, 200]);
  });

  it('that is decorrelated draws from its base to three times the pause before', () => {
    const backoff = drawing(decorrelated({ baseMs: 100, maxMs: 1_000 }), 0, 0.5, 0.5, 0.75, 0.5, 0.5);
    assert.equal(backoff(1), 100);
    assert.equal(backoff(1), 200);
    assert.equal(backoff(2, undefined, 200), 350);
    assert.equal(backoff(3, undefined, 900), 1_000, 'never beyond its cap');
    assert.equal(backoff(3, undefined, 20), 200, 'a pause below the base counts as the base');
    assert.equal(backoff(3, undefined, Number.NaN), 200);
  });

  it('that is decorrelated takes a jitter on top', () => {
    assert.equal(drawing(decorrelated({ baseMs: 100, jitter: 'full' }), 0.5, 0.25)(1), 50);
  });

  it('called by itself draws from the system', () => {
    const backoff = exponential({ baseMs: 1_000 });
    const drawn = new Set(pauses(constant({ baseMs: 1_000, jitter: 'full' }), 50));
    assert.ok(drawn.size > 10, 'the draws differ');
    assert.ok(backoff(3) <= 4_000);
  });

  it('is finite and within its cap for any retry', () => {
    const ms = fc.oneof(fc.double({ min: 0, max: 1e300, noNaN: true }), fc.nat());
    const jitter = fc.oneof(
      fc.constantFrom('none' as const, 'full' as const, 'equal' as const),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    const maxMs = fc.oneof(fc.nat(), fc.maxSafeNat());
    const retry = fc.oneof(fc.integer({ min: 1, max: 1_025 }), fc.maxSafeNat(), fc.constant(Infinity));
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const previous = fc.option(fc.double());
    const given = fc.record({ ms, step: ms, maxMs, jitter, retry, draw, previous });
    fc.assert(
      fc.property(given, ({ ms, step, maxMs, jitter, retry, draw, previous }) => {
        const bounds = { baseMs: ms, maxMs, jitter };
        const made = [
          constant(bounds),
          linear({ ...bounds, stepMs: step }),
          exponential({ ...bounds, factor: step || 1 }),
          fibonacci(bounds),
          decorrelated(bounds),
          fromList([ms, step], { maxMs, jitter }),
        ];
        for (const backoff of made) {
          const pause = drawBackoff(backoff, () => draw)(
            Math.max(1, retry),
            undefined,
            previous ?? undefined,
          );
          assert.ok(pause >= 0 && pause <= maxMs, `${backoff.name}: ${pause}`);
        }
      }),
    );
    for (let retry = 1; retry <= 1_025; retry++) {
      const pause = exponential({ baseMs: 100, maxMs: 60_000 })(retry);
      assert.ok(pause >= 0 && pause <= 60_000, `retry ${retry}: ${pause}`);
    }
  });

  it('refuses a retry that is no whole number of at least 1', () => {
    for (const retry of [0, -1, 1.5, Number.NaN, '1', undefined]) {
      assert.throws(() => constant({ baseMs: 1 })(retry as number), {
        name: 'RangeError',
        message: `constant: expected a retry number of at least 1, got ${retry}`,
      });
    }
  });
});
