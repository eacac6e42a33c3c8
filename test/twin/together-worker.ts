// A thread that makes decisions in a memory that threads of the other engine share, as fast as it can.

import { parentPort, workerData } from 'node:worker_threads';
import { twinKernels } from '../../src/state/twin/twin.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';

/** What the threads are told. Addresses are in bytes. */
export interface Orders {
  memory: WebAssembly.Memory;
  engine: 'wasm' | 'js';
  slot: number;
  cell: number;
  row: number;
  scratch: number;
  fence: number;
  /** Word that becomes 1 when all are to begin. Next to it: threads that are ready, attempts under way. */
  gate: number;
  rounds: number;
  keys: number;
}

/** What came of it. */
export interface Outcome {
  admitted: number;
  refused: number;
  /** Most attempts that were under way at one time. */
  most: number;
  keyed: number[];
}

const NOW_MS = 1_000;

if (parentPort) parentPort.postMessage(decided(workerData as Orders));

function decided({ memory, engine, slot, cell, row, scratch, fence, gate, rounds, keys }: Orders): Outcome {
  const k = (engine === 'wasm' ? wasmKernels : twinKernels)(memory);
  const i32 = new Int32Array(memory.buffer);
  Atomics.add(i32, (gate >> 2) + 1, 1);
  Atomics.wait(i32, gate >> 2, 0, 10_000);
  const outcome: Outcome = { admitted: 0, refused: 0, most: 0, keyed: Array(keys).fill(0) };
  for (let i = 0; i < rounds; i++) {
    const ticket = k.admit(slot, cell, row, fence, NOW_MS, 1, 0.5, 0);
    if (ticket >= 0) {
      outcome.admitted++;
      outcome.most = Math.max(outcome.most, Atomics.add(i32, (gate >> 2) + 2, 1) + 1);
      Atomics.sub(i32, (gate >> 2) + 2, 1);
      k.settle(slot, cell, fence, ticket, NOW_MS, NOW_MS + (i & 63), i & 1, 7, -1);
    } else outcome.refused++;
    const key = i % keys;
    i32[scratch >> 2] = key;
    k.keyHash(row, 4);
    if (k.keyedAcquire(slot, row, NOW_MS, 1) === 0) outcome.keyed[key]++;
  }
  return outcome;
}
