// A thread of the twin that another one overtakes between two steps of the same decision.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import { beforeSwapOf, elsewhere, given, handsOff, NOW_MS } from './races.ts';

const NO_LEDGER = -1;
const { load } = Atomics;

/** Runs `meanwhile` just before this word is looked at for the time numbered `look`, from 1. */
function beforeLookAt(address: number, look: number, meanwhile: () => void): void {
  let left = look;
  Object.assign(Atomics, {
    load: (words: Int32Array, index: number) => {
      if (index * words.BYTES_PER_ELEMENT === address && --left === 0) {
        handsOff();
        meanwhile();
      }
      return load(words, index);
    },
  });
}

describe('a thread of the twin that is overtaken', () => {
  afterEach(handsOff);

  it('has the slot that came back while it looked, without a ledger too', () => {
    const { world, k, slot, cell, row } = given(layout.F_BULKHEAD, { maxConcurrent: 1 });
    const admit = () => k.admit(slot, cell, row, NO_LEDGER, NOW_MS, 1, 0.5, 0);
    assert.equal(admit(), layout.T_SLOT);
    const { V_SUCCESS, S_RELEASE, T_SLOT } = layout;
    beforeLookAt(slot + layout.BULKHEAD_ACTIVE, 1, () =>
      elsewhere(world, (kernels) =>
        kernels.settle(slot, cell, NO_LEDGER, T_SLOT, 0, NOW_MS, V_SUCCESS, S_RELEASE, -1),
      ),
    );
    assert.equal(admit(), layout.T_SLOT);
    assert.equal(k.bulkheadActive(slot), 1);
  });

  it('marks the bucket of its failure, though another thread has marked an earlier one', () => {
    const { world, k, slot, cell } = given(layout.F_BREAKER | layout.F_WINDOW_TIME, { minCalls: 100 });
    const fails = (kernels: typeof k, nowMs: number) =>
      kernels.settle(slot, cell, NO_LEDGER, 0, nowMs, nowMs, layout.V_FAILURE, layout.S_VERDICT, -1);
    let overtaken = false;
    beforeSwapOf(slot + layout.BREAKER_TOTALS, () => {
      overtaken = true;
      elsewhere(world, (kernels) => fails(kernels, NOW_MS));
    });
    fails(k, NOW_MS + 60_000);
    assert.ok(overtaken);
    const words = new BigInt64Array(world.at.memory.buffer);
    const bucketMs = new Float64Array(world.at.memory.buffer)[(slot + layout.SLOT_BUCKET_MS) >> 3];
    const newest = BigInt(Math.floor((NOW_MS + 60_000) / bucketMs)) + 1n;
    assert.equal(words[(slot + layout.BREAKER_TOTALS) >> 3], newest);
  });

  it('lowers a rate once an interval, whoever judges it', () => {
    const features = layout.F_RATE | layout.F_ATTEMPTS | layout.F_LATENCY | layout.F_VIEW_RATE;
    const bucket = { units: 1_000, unitsPerMs: 1_000, burstUnits: 1e6, ratePerSecond: 1_000, burst: 1_000 };
    const adaptive = { minRate: 1, maxRate: 1e4, rateTargetMs: 10, ratePercentile: 0.95, rateSamples: 1 };
    const { world, k, slot, cell } = given(features, { ...bucket, ...adaptive });
    const INTERVAL_MS = new Float64Array(world.at.memory.buffer)[(slot + layout.SLOT_SLICE_MS + 24) >> 3];
    const ends = (kernels: typeof k, nowMs: number) =>
      kernels.settle(slot, cell, NO_LEDGER, 0, nowMs - 50, nowMs, layout.V_SUCCESS, layout.S_VERDICT, -1);
    const start = 5_000 * INTERVAL_MS;
    for (let attempt = 0; attempt < 30; attempt++) ends(k, start);
    const answers: number[] = [];
    // It has seen that the interval is over, and not yet which options are in force.
    beforeLookAt(slot + layout.SLOT_VERSION, 1, () =>
      elsewhere(world, (kernels) => void answers.push(ends(kernels, start + INTERVAL_MS))),
    );
    answers.push(ends(k, start + INTERVAL_MS));
    assert.deepEqual(answers, [layout.E_LIMIT, 0]);
  });
});
