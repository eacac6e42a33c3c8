// What tests take for the WASM engine: kernels of a binary that holds mutants, of which one is in force.

import type { Kernels } from '../../../src/state/kernels.ts';

/** Turns of loops that a test or a history may take in all, before it counts as endless. */
const BREATH = 100_000_000;

interface Exports extends Kernels {
  readonly mutant: { value: number };
  readonly breath: { value: number };
}

let compiled: WebAssembly.Module;
let inForce = 0;
const live = new Set<WeakRef<Kernels>>();
const details = new WeakMap<Kernels, { memory: WebAssembly.Memory; exports: Exports }>();

/** Every engine that there is runs on this binary from now on. */
export function useBinary(binary: Uint8Array): void {
  compiled = new WebAssembly.Module(binary);
  for (const [kernels, { memory }] of engines()) Object.assign(kernels, made(kernels, memory));
}

/** Puts a mutant in force, 0 for none, with a fresh breath. */
export function useMutant(mutant: number): void {
  inForce = mutant;
  for (const [, { exports }] of engines()) begin(exports);
}

export function kernelModule(): WebAssembly.Module {
  return compiled;
}

export function wasmKernels(memory: WebAssembly.Memory): Kernels {
  const kernels = {} as Kernels;
  live.add(new WeakRef(kernels));
  return Object.assign(kernels, made(kernels, memory));
}

function made(kernels: Kernels, memory: WebAssembly.Memory): Exports {
  const exports = new WebAssembly.Instance(compiled, { env: { memory, reached } })
    .exports as unknown as Exports;
  details.set(kernels, { memory, exports });
  begin(exports);
  return exports;
}

const seen = new Set<number>();

function reached(site: number): number {
  seen.add(site);
  return 0;
}

/** The places that were reached since this was last asked. */
export function placesReached(): ReadonlySet<number> {
  const places = new Set(seen);
  seen.clear();
  return places;
}

function begin({ mutant, breath }: Exports): void {
  mutant.value = inForce;
  breath.value = BREATH;
}

function* engines(): Iterable<[Kernels, { memory: WebAssembly.Memory; exports: Exports }]> {
  for (const reference of live) {
    const kernels = reference.deref();
    const known = kernels && details.get(kernels);
    if (kernels && known) yield [kernels, known];
    else live.delete(reference);
  }
}
