// When a thread sent a result that could not be read, or was sent an input that it could not read, the thread was free
// but was dealt nothing: what waited behind it stayed there until somebody offloaded something else, or for ever.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, tasksOf } from '../../src/index.ts';
import type * as Tasks from '../work/corner-tasks.ts';

const tasks = tasksOf<typeof Tasks>(new URL('../work/corner-tasks.ts', import.meta.url));

for (const [what, bad] of [
  ['a result that cannot be read', undefined],
  ['an input that cannot be read', []],
] as const) {
  it(`a thread goes on after ${what}`, { timeout: 20_000 }, async () => {
    const holdfast = createHoldfast({
      memory: { policies: 2, threads: 4, keys: 0 },
      workers: { tasks, maxThreads: 1 },
    });
    await holdfast.start();
    // Keeps the process alive: a runtime that has lost its tasks does not.
    const alive = setInterval(() => {}, 1_000);
    try {
      await Promise.all(Array.from({ length: 20 }, () => holdfast.offload('echo', 0)));
      const settled = await Promise.allSettled(
        Array.from({ length: 40 }, (_, index) => {
          if (index % 10 !== 5) return holdfast.offload('echo', index);
          if (bad === undefined) return holdfast.offload('unreadable');
          const gone = new Uint8Array(8);
          structuredClone(gone, { transfer: [gone.buffer] });
          return holdfast.offload('echo', gone, { transfer: [gone.buffer] });
        }),
      );
      for (const [index, result] of settled.entries()) {
        if (index % 10 !== 5) assert.deepEqual(result, { status: 'fulfilled', value: index });
      }
    } finally {
      clearInterval(alive);
      await holdfast.stop({ drainMs: 0 });
    }
  });
}
