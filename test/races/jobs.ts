// What the threads of a crew do. Each job is prepared before the race and then done at once; time stands still.

import type { Kernels } from '../../src/state/kernels.ts';
import type { StatePlane } from '../../src/state/plane.ts';
import type { Slot } from '../../src/state/slot.ts';
import { breakerJobs } from './jobs-breaker.ts';
import { bucketJobs } from './jobs-bucket.ts';
import { countJobs } from './jobs-count.ts';
import { optionJobs } from './jobs-options.ts';
import { roomJobs } from './jobs-room.ts';

/** What a thread has to work with. */
export interface Stage {
  plane: StatePlane;
  kernels: Kernels;
  slot: Slot;
  rowAt: number;
  fence: number;
  /** Number of the thread in its crew, from 0. */
  member: number;
  /** A whole number below a bound, from the race's seed. */
  random(below: number): number;
}

/** The moment at which all races happen. */
export const NOW = 1_000_000;

export const jobs = { ...bucketJobs, ...roomJobs, ...breakerJobs, ...countJobs, ...optionJobs };
export type Jobs = typeof jobs;
export type JobName = keyof Jobs;
