// A policy in a memory that is full of others: whatever stands in their slots, it decides as if it were alone.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  F_BREAKER,
  F_KEYED,
  F_LATENCY,
  F_RATE,
  F_VIEW_BUDGET,
  F_WINDOW_TIME,
  R_RATE,
} from '../../assembly/layout.ts';
import {
  bucket,
  ENGINES,
  type Given,
  givenPlane,
  givenPolicy,
  type PolicyRecipe,
  type TestedEngine,
} from './given.ts';

const POLICIES = 64;
const VIEW_MS = 800;
const BUCKET_MS = 100;

/** The first policy of a memory; all slots behind its own are full of one number. */
function among(filling: number, engine: TestedEngine, recipe: PolicyRecipe): Given {
  const plane = givenPlane({ policies: POLICIES }, engine);
  const given = givenPolicy(recipe, plane);
  assert.equal(given.slot.at, plane.slotAt(0));
  plane.i32.fill(filling, plane.slotAt(1) >> 2, plane.slotAt(POLICIES) >> 2);
  return given;
}

for (const engine of ENGINES) {
  for (const filling of [0, 1]) {
    describe(`a policy among others that are full of ${filling} (${engine})`, () => {
      it('has a window of its own latencies', () => {
        const { kernels, slot } = among(filling, engine, {
          features: F_LATENCY | F_VIEW_BUDGET,
          viewMs: [VIEW_MS, VIEW_MS, VIEW_MS, VIEW_MS],
        });
        for (let slice = 0; slice < 20; slice++) {
          const now = 1_000 + (slice * VIEW_MS) / 8;
          kernels.record(slot.at, now - 3, now, 0);
          assert.equal(kernels.viewCount(slot.at, 0, now), Math.min(slice + 1, 8));
        }
      });

      it('is tripped by the good call that makes calls enough', () => {
        const { kernels, slot, plane } = among(filling, engine, {
          features: F_BREAKER | F_WINDOW_TIME,
          windowBuckets: 10,
          bucketMs: BUCKET_MS,
          numbers: { minCalls: 3, failureRate: 0.3, openMs: 1_000 },
        });
        const end = (now: number, verdict: number) => {
          const ticket = kernels.admit(slot.at, slot.cell, plane.rowAt, plane.fence, now, 1, 0, 0);
          kernels.settle(slot.at, slot.cell, plane.fence, ticket, now, now, verdict, 7, -1);
          return kernels.breakerState(slot.at, now);
        };
        assert.deepEqual([end(1_000, 1), end(1_300, 0), end(1_600, 0)], [0, 0, 2]);
      });

      it('tells the wait of a key’s own bucket', () => {
        const { kernels, slot, plane, useKey } = among(filling, engine, {
          features: F_RATE | F_KEYED,
          numbers: bucket(1, 2, true),
          maxKeys: 4,
        });
        useKey('a');
        assert.equal(kernels.keyedAcquire(slot.at, plane.rowAt, 0, 2), 0);
        assert.equal(kernels.refuse(slot.at, plane.rowAt, 0, 1, R_RATE), 1_000);
      });
    });
  }
}
