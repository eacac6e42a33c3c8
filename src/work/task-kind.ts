// What is known of the tasks of one name: how long they take, how they ended, whether they crash their threads.

import { threadNow } from '../base/thread-time.ts';

// A longer one counts for more than a shorter one: a batch that is too small costs microseconds, one that is too
// large keeps others waiting.
const RISE = 0.5;
const FALL = 0.1;
/** One that took longer by more than this was held up by something else, as like as not: more of them will tell. */
const OUTLIER = 8;
const LEAST_MS = 0.001;

/** After so long one more of those that crash is given a thread: whatever was wrong may be over. In ms. */
const AGAIN_MS = 60_000;

/** Returned; threw; its caller had gone; its thread was lost. */
export type TaskOutcome = 'success' | 'failure' | 'aborted' | 'lost';

/** How tasks of one name have ended so far, and the thread time that they took, in ms. */
export type TaskCounts = Record<TaskOutcome | 'durationMs', number>;

export class TaskKind {
  readonly name: string;
  /** What one is expected to take, in ms; Infinity while nobody knows. */
  expectedMs = Number.POSITIVE_INFINITY;
  readonly counts: TaskCounts = { success: 0, failure: 0, aborted: 0, lost: 0, durationMs: 0 };
  /** Crashes in a row: one that ends without a crash starts anew. */
  crashes = 0;
  #crashedAtMs = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** One has taken so long, and left its thread alive. */
  measured(ms: number): void {
    const before = this.expectedMs;
    if (before === Number.POSITIVE_INFINITY) this.expectedMs = ms;
    else if (ms <= before) this.expectedMs = before + (ms - before) * FALL;
    else this.expectedMs = before + (Math.min(ms, Math.max(before, LEAST_MS) * OUTLIER) - before) * RISE;
    this.counts.durationMs += ms;
    this.crashes = 0;
  }

  crashed(): void {
    this.crashes++;
    this.#crashedAtMs = threadNow();
  }

  /** For how long one that crashed `maxCrashes` times in a row is refused, in ms; 0 for one that is not. */
  refusedForMs(maxCrashes: number): number {
    if (this.crashes < maxCrashes) return 0;
    return Math.max(0, this.#crashedAtMs + AGAIN_MS - threadNow());
  }
}
