import { Buffer } from 'node:buffer';
import type { Kernels } from './kernels.ts';
import { KERNELS_BASE64 } from './kernels.wasm.ts';

let compiled: WebAssembly.Module | undefined;

/** The shipped module, compiled once in each thread, when it is first needed. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNELS_BASE64, 'base64'));
  return compiled;
}

/** Kernels as WASM over `memory`, which must be shared. */
export function wasmKernels(memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(kernelModule(), { env: { memory } });
  // An exports object is a dictionary, and a look-up in it costs as much as a kernel: a plain copy is not.
  return { ...(exports as unknown as Kernels) };
}
