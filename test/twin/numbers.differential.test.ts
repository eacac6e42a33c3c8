import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HEADER_SEED, THREAD_HASH, THREAD_SCRATCH_BYTES } from '../../assembly/layout.ts';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';
import { TestMemory } from '../support/memory.ts';
import { real, some, whole } from './arbitraries.ts';

const memory = new TestMemory({ threads: 1, keyCells: 0 });
const kernel = wasmKernels(memory.memory);
const twin = twinKernels(memory.memory);

type Pure = 'backoff' | 'aimd' | 'vegas' | 'gradient2' | 'latencyIndex' | 'latencyValue';

/** Tries a kernel that touches no memory on many arguments. */
function alike(name: Pure, ...args: fc.Arbitrary<number>[]): void {
  const decide = (k: typeof kernel, given: number[]) => (k[name] as (...given: number[]) => number)(...given);
  fc.assert(
    fc.property(fc.tuple(...args), (given) => assert.equal(decide(twin, given), decide(kernel, given))),
    { numRuns: 2_000 },
  );
}

/** What the halves of a seed are mixed with, each with two lanes. */
const HALVES = [
  [0x70736575, 0x6e657261],
  [0x736f6d65, 0x6c796765],
  [0x6e646f6d, 0x79746573],
  [0x646f7261, 0x74656462],
];

const ms = fc.oneof(real(0, 1e5), some(0, 1, 100, 86_400_000, 1e300, Number.POSITIVE_INFINITY));
const limit = fc.oneof(real(1, 1_000), whole(1, 200));
const flag = some(0, 1);

describe('numbers of the twin', () => {
  it('are pauses to the last bit', () => {
    const retry = fc.oneof(whole(1, 100), some(0, -5, 1.5, 1_000, 1e9, 1e300, -1e300));
    const jitter = fc.oneof(some(0, -1, -2), real(0, 1));
    alike('backoff', whole(0, 5), retry, ms, fc.oneof(ms, some(0.5, 1, 2, 3)), ms, jitter, real(0, 1), ms);
  });

  it('are limits to the last bit', () => {
    alike('aimd', limit, whole(0, 300), flag);
    alike('vegas', fc.oneof(limit, real(1, 1e14)), whole(0, 300), ms, ms, flag);
    alike('gradient2', limit, whole(0, 300), ms, ms);
  });

  it('are places in a histogram, for any latency', () => {
    alike('latencyIndex', fc.oneof(ms, real(-1, 1), real(0, 1e10), some(NaN, 2 ** 18 - 2 ** -14, 2 ** 18)));
    alike('latencyValue', whole(0, 639));
  });

  it('are hashes of keys', () => {
    const row = memory.row(0);
    const hashed = (k: typeof kernel, length: number) => {
      k.keyHash(row, length);
      return [memory.i32[(row + THREAD_HASH) >> 2], memory.i32[(row + THREAD_HASH + 4) >> 2]];
    };
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 80 }), whole(-1, 72), (bytes, length) => {
        memory.bytes.set(bytes.subarray(0, 16), HEADER_SEED);
        memory.bytes.set(bytes.subarray(16), memory.scratch(0));
        assert.deepEqual(hashed(twin, length), hashed(kernel, length));
      }),
      { numRuns: 1_000 },
    );
    // Seeds that make halves of the state 0: what carries there is what adding 0 to a number must not.
    memory.bytes.fill(0, memory.scratch(0), memory.scratch(0) + 16);
    for (let pick = 0; pick < 16; pick++) {
      memory.i32.set(
        HALVES.map((pair, at) => pair[(pick >> at) & 1]),
        HEADER_SEED >> 2,
      );
      for (const length of [0, 8, 16]) assert.deepEqual(hashed(twin, length), hashed(kernel, length));
    }
    assert.deepEqual(hashed(twin, THREAD_SCRATCH_BYTES + 9), hashed(kernel, THREAD_SCRATCH_BYTES));
  });
});
