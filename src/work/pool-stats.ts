// What the pool has to say about itself: read by metrics and health.

import type { TaskCounts } from './task-kind.ts';

export interface PoolStats {
  /** Threads that run a task, that wait for one, that are on their way, and that go on although they were ended. */
  threads: { busy: number; idle: number; starting: number; unended: number };
  /** Tasks that wait, by compartment. */
  waiting: ReadonlyMap<string, number>;
  /** By the name of the task. */
  tasks: ReadonlyMap<string, Readonly<TaskCounts>>;
  /** Threads that died or were given up while the pool was open. */
  lost: number;
}
