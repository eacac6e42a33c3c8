import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import * as layout from '../../assembly/layout.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { latenciesIn } from '../support/histogram.ts';
import { TestMemory } from '../support/memory.ts';
import { spawnWorker } from '../support/spawn.ts';
import type { Orders, Outcome } from './together-worker.ts';

const ENGINES = ['wasm', 'js', 'js'] as const;
const ROUNDS = 6_000;
const KEYS = 7;
const BURST = 2_000;
const FENCE = 9;

const features =
  layout.F_BREAKER |
  layout.F_RATE |
  layout.F_BULKHEAD |
  layout.F_BUDGET |
  layout.F_LATENCY |
  layout.F_ATTEMPTS |
  layout.F_COUNTED;

/** Threads of both engines decide in one memory, while time stands still. */
async function decidedTogether(maxConcurrent: number, burst: number) {
  const at = new TestMemory({ threads: ENGINES.length, keyCells: 64 });
  const numbers = {
    units: 1_000,
    unitsPerMs: 1,
    burstUnits: burst * 1_000,
    maxConcurrent,
    minCalls: 1,
    failureRate: 2,
    slowMs: 30,
    slowRate: 2,
    trials: 1,
  };
  at.format({ features, numbers, keyCells: 64, budgetBucketMs: 1_000 }, ENGINES.length);
  const k = wasmKernels(at.memory);
  // Words of the directory, which is no kernel's business.
  const gate = at.row(ENGINES.length);
  const threads = ENGINES.map((engine, thread) => {
    k.grant(at.cell(thread), FENCE);
    const places = { slot: at.slot, cell: at.cell(thread), row: at.row(thread), scratch: at.scratch(thread) };
    const orders: Orders = {
      memory: at.memory,
      engine,
      ...places,
      fence: FENCE,
      gate,
      rounds: ROUNDS,
      keys: KEYS,
    };
    return spawnWorker(new URL('./together-worker.ts', import.meta.url), orders);
  });
  try {
    const answers = threads.map((thread) => once(thread, 'message'));
    while (Atomics.load(at.i32, (gate >> 2) + 1) < threads.length)
      await new Promise((next) => setImmediate(next));
    Atomics.store(at.i32, gate >> 2, 1);
    Atomics.notify(at.i32, gate >> 2);
    const outcomes: Outcome[] = (await Promise.all(answers)).map(([outcome]) => outcome);
    const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((all, outcome) => all + of(outcome), 0);
    return { at, k, sum, most: Math.max(...outcomes.map((outcome) => outcome.most)) };
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

describe('threads of both engines on one policy', () => {
  it('share tokens, keys and counts as if they were of one', async () => {
    const { at, k, sum } = await decidedTogether(100, BURST);
    const { slot } = at;
    assert.equal(
      sum((outcome) => outcome.admitted),
      BURST,
      'the bucket gives exactly what it holds',
    );
    assert.equal(
      sum((outcome) => outcome.refused),
      ENGINES.length * ROUNDS - BURST,
    );
    for (let key = 0; key < KEYS; key++) {
      const granted = sum((outcome) => outcome.keyed[key]);
      assert.equal(granted, BURST, `the bucket of key ${key} gives exactly what it holds`);
    }
    assert.equal(k.bulkheadActive(slot), 0);
    assert.equal(k.counted(slot, layout.COUNT_RATE_ALLOWED), BURST);
    assert.equal(k.counted(slot, layout.COUNT_SUCCESS) + k.counted(slot, layout.COUNT_FAILURE), BURST);
    assert.equal(k.breakerCount(slot, 1_000, 0), BURST);
    assert.equal(k.budgetCount(slot, 1_063, 0), BURST);
    for (const histogram of [0, 1]) assert.equal(latenciesIn(k, slot, histogram), BURST);
  });

  it('never hold more slots than there are, and give all of them back', async () => {
    const { at, k, sum, most } = await decidedTogether(1, ROUNDS * ENGINES.length);
    const admitted = sum((outcome) => outcome.admitted);
    assert.equal(most, 1);
    assert.equal(k.bulkheadActive(at.slot), 0);
    assert.equal(
      k.counted(at.slot, layout.COUNT_SUCCESS) + k.counted(at.slot, layout.COUNT_FAILURE),
      admitted,
    );
    for (let thread = 0; thread < ENGINES.length; thread++) {
      const held = new BigInt64Array(at.memory.buffer)[(at.cell(thread) + layout.CELL_SLOTS) >> 3];
      assert.equal(held, BigInt(FENCE) << 40n, `ledger of thread ${thread}`);
    }
  });
});
