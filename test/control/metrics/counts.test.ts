import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LATENCY_BUCKETS } from '../../../assembly/layout.ts';
import { percentilesOf, readDistribution } from '../../../src/control/metrics/distribution.ts';
import type { StatePlane } from '../../../src/state/plane.ts';

const AT = 64;
/** The bucket that begins at 1 ms, and the ones at 2 ms and 16.384 s. */
const [ONE_MS, TWO_MS, LONGEST] = [176, 192, 400];
const UNIT_MS = 1 / 16_384;

/** A memory with these counts in the buckets of one histogram, and others on both sides of it. */
function memory(counts: Record<number, number>): StatePlane {
  const i32 = new Int32Array(AT / 4 + 2 * LATENCY_BUCKETS + 16).fill(1_000_000);
  i32.fill(0, AT / 4, AT / 4 + 2 * LATENCY_BUCKETS);
  for (const [index, count] of Object.entries(counts)) {
    const word = AT / 4 + 2 * Number(index);
    i32[word] = count % 2 ** 32;
    i32[word + 1] = Math.floor(count / 2 ** 32);
  }
  return { i32 } as unknown as StatePlane;
}

describe('a histogram in memory', () => {
  const many = 3 * 2 ** 32 + 5;
  const some = 2 ** 31 + 7;

  it('is read whole, however much was counted, and nothing beside it', () => {
    const plane = memory({ [ONE_MS - 1]: many, [ONE_MS]: some, [LONGEST]: 2, [LATENCY_BUCKETS - 1]: 1 });
    const { below, count, sumSeconds } = readDistribution(plane, AT);
    assert.equal(count, many + some + 3);
    assert.deepEqual(below, [many, ...Array(14).fill(many + some)]);
    const about = (many + some) / 1_000;
    assert.ok(Math.abs(sumSeconds - about) < about * 0.05, `${sumSeconds}`);
  });

  it('has nothing in it where nothing was counted', () => {
    const plane = memory({});
    assert.deepEqual(readDistribution(plane, AT), { below: Array(15).fill(0), count: 0, sumSeconds: 0 });
    assert.deepEqual(percentilesOf(plane, AT, [0.5, 1]), [Number.NaN, Number.NaN]);
  });

  it('has percentiles among as many as were counted', () => {
    const plane = memory({ [ONE_MS]: many, [TWO_MS]: some });
    const ms = (share: number) => Math.floor(percentilesOf(plane, AT, [share])[0]);
    assert.equal(ms(0.5), 1);
    assert.equal(ms(many / (many + some) - 1e-6), 1);
    assert.equal(ms(many / (many + some) + 1e-6), 2);
    assert.deepEqual(percentilesOf(plane, AT, [0.5, 1]).map(Math.floor), [1, 2]);
  });

  it('has percentiles from its first bucket to its last', () => {
    assert.deepEqual(percentilesOf(memory({ 0: 1 }), AT, [0, 1]), [0, 0]);
    const last = percentilesOf(memory({ 0: 1, [LATENCY_BUCKETS - 1]: 1 }), AT, [0.5, 1]);
    assert.equal(last[0], 0);
    assert.ok(last[1] > 1e6);
  });

  it('knows the shortest durations as they are, and those above by the middle of their bucket', () => {
    for (const [index, units] of [
      [5, 5],
      [15, 15],
      [16, 16.5],
      [31, 31.5],
      [32, 33],
    ]) {
      const [ms] = percentilesOf(memory({ [index]: 1 }), AT, [1]);
      assert.ok(Math.abs(ms - units * UNIT_MS) < 1e-12, `${index}: ${ms / UNIT_MS}`);
    }
  });
});
