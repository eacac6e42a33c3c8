import type { Suite } from '../harness/suite.ts';
import { tokenBucket } from './bucket.ts';

/** All scenarios over the shipped kernels. */
export const suites: readonly Suite[] = [tokenBucket];
