import { BOUNDS_SECONDS, type Distribution } from './distribution.ts';
import type { Emit, Labels } from './metric.ts';

const LE: readonly Labels[] = BOUNDS_SECONDS.map((le) => ({ le }));
const INFINITE: Labels = { le: '+Inf' };

/** Writes a distribution as a histogram. */
export function emitDistribution({ below, count, sumSeconds }: Distribution, emit: Emit): void {
  for (let index = 0; index < below.length; index++) emit(below[index], LE[index], '_bucket');
  emit(count, INFINITE, '_bucket');
  emit(sumSeconds, undefined, '_sum');
  emit(count, undefined, '_count');
}
