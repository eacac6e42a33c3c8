// A thread that counts latencies, all of one length, and lets time pass so fast that each few begin a slice.

import { parentPort, workerData } from 'node:worker_threads';
import { V_SUCCESS } from '../../assembly/layout.ts';
import { wasmKernels } from '../../src/state/wasm-engine.ts';

/** What the thread is told. */
export interface Course {
  memory: WebAssembly.Memory;
  slot: number;
  tookMs: number;
  stepMs: number;
  /** The time, in ms; and 1 when it is enough. */
  clock: Int32Array;
}

if (parentPort) run(workerData as Course);

function run({ memory, slot, tookMs, stepMs, clock }: Course): void {
  const kernels = wasmKernels(memory);
  while (Atomics.load(clock, 1) === 0) {
    const now = Atomics.load(clock, 0) + stepMs;
    for (let i = 0; i < 2; i++) kernels.record(slot, now - tookMs, now, V_SUCCESS);
    Atomics.store(clock, 0, now);
    // Time stands still for as long as the other thread looks a few times.
    for (let i = 0; i < 3_000 && Atomics.load(clock, 1) === 0; i++);
  }
}
