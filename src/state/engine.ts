// Which implementation of the kernels runs: WebAssembly, or its twin.

import type { Kernels } from './kernels.ts';
import type { SharedMemory } from './shared-memory.ts';
import { twinKernels } from './twin/twin.ts';
import { wasmKernels } from './wasm-engine.ts';

export type EngineName = 'wasm' | 'js' | 'auto';

/** Kernels over one memory, and which ones they are. */
export interface Engine {
  readonly name: 'wasm' | 'js';
  readonly kernels: Kernels;
}

/** `auto` takes the twin only where the module does not load, as under a policy that forbids it. */
export function startEngine(name: EngineName, memory: SharedMemory): Engine {
  if (name === 'js') return { name, kernels: twinKernels(memory) };
  try {
    return { name: 'wasm', kernels: wasmKernels(memory) };
  } catch (error) {
    if (name === 'wasm') throw error;
    return { name: 'js', kernels: twinKernels(memory) };
  }
}
