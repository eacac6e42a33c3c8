// What the runtime itself says, at the moment of a scrape.

import type { CheckStatus } from '../health/watched-check.ts';

/** How tasks of one name have ended, and the thread time that they took. */
export interface TaskReading {
  readonly success: number;
  readonly failure: number;
  readonly aborted: number;
  readonly lost: number;
  readonly durationMs: number;
}

/** What the pool says of itself. */
export interface PoolReading {
  readonly threads: Readonly<Record<string, number>>;
  readonly waiting: ReadonlyMap<string, number>;
  readonly tasks: ReadonlyMap<string, TaskReading>;
  readonly lost: number;
}

export interface RuntimeReading {
  /** The state's number, see LIFECYCLE_STATES. */
  lifecycle(): number;
  checks(): CheckStatus[];
  /** Levels of components, 0…3. */
  levels(): Iterable<readonly [string, number]>;
  /** Event loop delays in ms for shares of the samples. */
  delays(shares: readonly number[]): number[];
  /** `undefined` without workers. */
  pool(): PoolReading | undefined;
}
