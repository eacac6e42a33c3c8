// What the pool has to say about itself: read by metrics and health.

/** How tasks of one name have ended so far, and the thread time that they took. */
export interface TaskCounts {
  /** Returned; threw; whose caller had gone; whose thread was lost. */
  success: number;
  failure: number;
  aborted: number;
  lost: number;
  durationMs: number;
}

export interface PoolStats {
  /** Threads that run a task, that wait for one, that are on their way, and that do not end although they were told to. */
  threads: { busy: number; idle: number; starting: number; unended: number };
  /** Tasks that wait, by compartment. */
  waiting: Map<string, number>;
  tasks: ReadonlyMap<string, Readonly<TaskCounts>>;
  /** Threads that died or were given up while the pool was open. */
  lost: number;
}

/** Counts by the name of the task. */
export class TaskTotals {
  readonly byName = new Map<string, TaskCounts>();

  count(name: string, outcome: 'success' | 'failure' | 'aborted' | 'lost', ms: number): void {
    let counts = this.byName.get(name);
    if (counts === undefined) {
      counts = { success: 0, failure: 0, aborted: 0, lost: 0, durationMs: 0 };
      this.byName.set(name, counts);
    }
    counts[outcome]++;
    counts.durationMs += ms;
  }
}
