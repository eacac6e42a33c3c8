import type { KernelMutant, Range } from './mutate-kernels-mutants.mjs';

export function withAll(
  source: string,
  numbered: readonly { readonly number: number; readonly mutant: KernelMutant }[],
  loops: readonly Range[],
): string;
