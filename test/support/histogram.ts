// What a histogram has counted ever since its slot was made.

import { LATENCY_ATTEMPTS_AT, LATENCY_BUCKETS, LATENCY_CALLS_AT } from '../../assembly/layout.ts';
import type { Kernels } from '../../src/state/kernels.ts';

/** Latencies of whole calls (`which` 0) or attempts (1), in all buckets. */
export function latenciesIn({ counted }: Pick<Kernels, 'counted'>, slot: number, which: number): number {
  const from = which === 0 ? LATENCY_CALLS_AT : LATENCY_ATTEMPTS_AT;
  let sum = 0;
  for (let index = 0; index < LATENCY_BUCKETS; index++) sum += counted(slot, from + index * 8);
  return sum;
}
