// What threads leave behind that die, or stand still, between two steps; staged by hand, word by word.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BREAKER_MARK,
  BREAKER_NEXT_MS,
  BREAKER_TOTALS,
  F_BREAKER,
  F_BULKHEAD,
  F_KEYED,
  F_RATE,
  F_WINDOW_CALLS,
  KEY_BYTES,
  KEY_PROBES,
  OPTIONS_BYTES,
  SLOT_KEYS_AT,
  SLOT_LOCK,
  SLOT_VERSION,
  THREAD_HASH,
  V_FAILURE,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { writeBlock } from '../../src/state/options-block.ts';
import { optionsOf } from '../../src/state/twin/words.ts';
import { bucket, ENGINES, givenPolicyOn, type PolicyRecipe, type TestedEngine } from './given.ts';

const NOW_MS = 5_000;
const OPEN_MS = 1_000;
const HALF_OPEN = 1;
const OPEN = 2;
const EXHAUSTED = -4;

function given(engine: TestedEngine, recipe: PolicyRecipe) {
  const policy = givenPolicyOn(engine, recipe);
  const { kernels, slot, plane } = policy;
  const words = new BigInt64Array(plane.memory.buffer);
  return {
    ...policy,
    at: slot.at,
    admit: (ms = 0) => kernels.admit(slot.at, slot.cell, plane.rowAt, plane.fence, NOW_MS + ms, 1, 0, 0),
    settle: (ticket: number, verdict: number) =>
      kernels.settle(slot.at, slot.cell, plane.fence, ticket, NOW_MS, NOW_MS, verdict, 7, -1),
    /** A word of the slot, and what is put there. */
    word: (offset: number) => words[(slot.at + offset) >> 3],
    put: (offset: number, word: bigint) => {
      words[(slot.at + offset) >> 3] = word;
    },
  };
}

const breaker = (engine: TestedEngine, numbers = {}, windowCalls = 0) =>
  given(engine, {
    features: F_BREAKER | (windowCalls ? F_WINDOW_CALLS : 0),
    windowCalls,
    numbers: { consecutive: windowCalls ? 0 : 1, openMs: OPEN_MS, trials: 1, ...numbers },
  });

/** A time in 1/1,024 ms above the lowest 8 bits of a generation. */
const mark = (ms: number, generation: number) => (BigInt(ms * 1_024) << 8n) | BigInt(generation);

for (const engine of ENGINES) {
  describe(`a breaker whose opener died before it wrote down until when (${engine})`, () => {
    /** Opened, and the next time it is to be open for other than a second. */
    function opened(nextMs: number) {
      const scene = breaker(engine);
      const { admit, settle, put, plane, at } = scene;
      const before = scene.word(BREAKER_MARK);
      settle(admit(), V_FAILURE);
      put(BREAKER_MARK, before);
      plane.f64[(at + BREAKER_NEXT_MS) >> 3] = nextMs;
      return scene;
    }

    for (const nextMs of [0, 10, 60_000]) {
      it(`shows a whole open time to come, though the next would be ${nextMs} ms`, () => {
        const { kernels, at } = opened(nextMs);
        for (const ms of [0, 1, 5_000]) {
          assert.equal(kernels.breakerState(at, NOW_MS + ms), OPEN);
          assert.equal(kernels.breakerWait(at, NOW_MS + ms), OPEN_MS);
        }
      });

      it(`is open for a whole open time from the first call on, though the next would be ${nextMs} ms`, () => {
        const { kernels, at, admit } = opened(nextMs);
        assert.equal(admit(300), -1);
        assert.equal(kernels.breakerWait(at, NOW_MS + 400), OPEN_MS - 100);
        assert.equal(admit(300 + OPEN_MS - 1), -1);
        assert.ok(admit(300 + OPEN_MS) >= 0);
        assert.equal(kernels.breakerState(at, NOW_MS + 300 + OPEN_MS), HALF_OPEN);
      });
    }
  });

  describe(`a breaker whose opener is late to write down until when (${engine})`, () => {
    it('is open for as long as another thread has written meanwhile', () => {
      const { kernels, at, admit, settle, put } = breaker(engine);
      const ticket = admit();
      put(BREAKER_MARK, mark(NOW_MS + 1_100, 1));
      settle(ticket, V_FAILURE);
      assert.equal(kernels.breakerWait(at, NOW_MS), 1_100);
    });
  });

  describe(`a window of calls between two steps of another thread (${engine})`, () => {
    it('shows no call rather than less than none', () => {
      const { kernels, at, admit, settle, put, word } = breaker(engine, { failureRate: 2 }, 8);
      settle(admit(), V_SUCCESS);
      settle(admit(), V_FAILURE);
      const read = () => [0, 1, 2].map((which) => kernels.breakerCount(at, NOW_MS, which));
      assert.deepEqual(read(), [2, 1, 0]);
      // Calls in the upper, failed in the middle, slow ones in the lower 13 bits.
      put(BREAKER_TOTALS, word(BREAKER_TOTALS) - (3n << 26n) - (2n << 13n) - 1n);
      assert.deepEqual(read(), [0, 0, 0]);
    });
  });

  describe(`options whose publisher died (${engine})`, () => {
    it('are the same two versions later, whatever version it was', () => {
      const { kernels, slot, plane, at } = given(engine, {
        features: F_BULKHEAD,
        numbers: { maxConcurrent: 3 },
      });
      for (const version of [0, 2, 4]) {
        plane.i32[(at + SLOT_LOCK) >> 2] = 1;
        kernels.reclaim(at, slot.cell, 1, plane.fence + 1);
        const left = [SLOT_VERSION, SLOT_LOCK].map((offset) => plane.i32[(at + offset) >> 2]);
        assert.deepEqual(left, [version + 2, 0]);
        assert.equal(kernels.bulkheadCapacity(at), 3);
      }
      kernels.grant(slot.cell, plane.fence);
    });

    it('bound what a bucket holds, though nobody has brought it to them', () => {
      const { kernels, slot, plane, at } = given(engine, { features: F_RATE, numbers: bucket(1, 10) });
      assert.equal(kernels.rateAvailable(at, NOW_MS), 10);
      const block = optionsOf(at, 0);
      plane.bytes.copyWithin(optionsOf(at, 1), block, block + OPTIONS_BYTES);
      writeBlock(plane, optionsOf(at, 1), bucket(1, 2));
      // In force; and their publisher gets no further.
      plane.i32[(at + SLOT_VERSION) >> 2] = 1;
      assert.equal(kernels.rateAvailable(at, NOW_MS), 2);
      assert.ok(slot.publish(() => bucket(1, 10), NOW_MS));
      assert.equal(kernels.rateAvailable(at, NOW_MS), 2);
    });
  });

  describe(`a cell that was left between two steps behind all that a key looks at (${engine})`, () => {
    it('is not brought to the key', () => {
      const { kernels, slot, plane, at } = given(engine, {
        features: F_RATE | F_KEYED,
        numbers: bucket(1, 1, true),
        maxKeys: 4 * KEY_PROBES,
      });
      const hash = (plane.rowAt + THREAD_HASH) >> 2;
      const use = (n: number, tag = 0) => {
        // All of one place: it is told by the bits below the sixteenth.
        plane.i32[hash] = (n << 16) | tag;
        plane.i32[hash + 1] = 1 << 16;
        return kernels.keyedAcquire(slot.at, plane.rowAt, 0, 1);
      };
      for (let n = 1; n <= KEY_PROBES; n++) assert.equal(use(n, 1), 0);
      // The next one begins a place further on, and finds the cell behind.
      plane.i32[hash] = (1 << 16) | 64 | 2;
      assert.equal(kernels.keyedAcquire(slot.at, plane.rowAt, 0, 1), 0);
      const behind = (plane.i32[(at + SLOT_KEYS_AT) >> 2] + KEY_PROBES * KEY_BYTES) >> 2;
      assert.deepEqual([plane.i32[behind], plane.i32[behind + 1]], [(1 << 16) | 64 | 2, 1 << 16]);
      plane.i32[behind] = 0;
      plane.i32[behind + 1] = 0;
      assert.equal(use(KEY_PROBES + 1, 2), EXHAUSTED);
      assert.deepEqual([plane.i32[behind], plane.i32[behind + 1]], [0, 0]);
    });
  });
}
