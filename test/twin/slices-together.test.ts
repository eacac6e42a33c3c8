import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { F_ATTEMPTS, F_LATENCY, F_VIEW_BUDGET, S_VERDICT, V_SUCCESS } from '../../assembly/layout.ts';
import { ENGINES, givenPlane, givenPolicy } from '../state/given.ts';
import { spawnWorker } from '../support/spawn.ts';
import type { Course } from './slices-together-worker.ts';

const TOOK_MS = 100;
const SLICE_MS = 1_000;
const STEP_MS = 250;
const LOOK_MS = 500;
/** What a percentile may be off, of itself. */
const MOST_ERROR = 1 / 32;

for (const engine of ENGINES) {
  describe(`a percentile (${engine}), while another thread begins slices of its window`, () => {
    it('is a latency that was counted, or none', async () => {
      const plane = givenPlane({}, engine);
      const viewMs = [SLICE_MS * 8, 0, 0, 0] as const;
      const features = F_LATENCY | F_VIEW_BUDGET | F_ATTEMPTS;
      const { kernels, slot } = givenPolicy({ features, viewMs }, plane);
      // Attempts that took no time are no calls, though their histogram is the next in memory.
      for (let i = 0; i < 100; i++) {
        kernels.settle(slot.at, slot.cell, plane.fence, 0, 0, 0, V_SUCCESS, S_VERDICT, -1);
      }
      const clock = new Int32Array(new SharedArrayBuffer(8));
      Atomics.store(clock, 0, 100_000);
      const { memory } = plane;
      const course = { memory, slot: slot.at, tookMs: TOOK_MS, stepMs: STEP_MS, clock } as Course;
      const thread = spawnWorker(new URL('./slices-together-worker.ts', import.meta.url), course);
      try {
        while (Atomics.load(clock, 0) < 200_000) await new Promise((next) => setImmediate(next));
        const odd = new Set<number>();
        for (const until = performance.now() + LOOK_MS; performance.now() < until; ) {
          const found = kernels.viewPercentile(slot.at, 0, Atomics.load(clock, 0), 0.95);
          // None: the slice that the window began with has made room for a new one meanwhile.
          if (Number.isNaN(found) || Math.abs(found / TOOK_MS - 1) <= MOST_ERROR) continue;
          odd.add(found);
        }
        assert.deepEqual([...odd], []);
      } finally {
        Atomics.store(clock, 1, 1);
        await thread.terminate();
      }
    });
  });
}
