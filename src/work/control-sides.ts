// What the manager and a worker may ask of each other.

import type { PolicySnapshot } from '../policy/snapshot.ts';

/** What a worker says of itself. */
export interface ThreadStats {
  /** How long its event loop has been turning, in ms. */
  upMs: number;
  /** Memory of its own that is in use. */
  heapUsedBytes: number;
  /** Policies that it has used, and calls of theirs that it has under way. */
  policies: string[];
  calls: number;
}

/** A worker, to the manager. */
export interface WorkerSide {
  /** Does nothing: that it is answered says that the thread's event loop turns. */
  ping(): void;
  stats(): ThreadStats;
  /** Waits for calls that tasks have left behind, for so long at most, and aborts the rest; says how many. */
  drain(drainMs: number): Promise<number>;
  /** Whether chaos may strike this thread. */
  chaos(allowed: boolean): void;
}

/** How the service is, as far as a task is told. */
export interface ManagerHealth {
  ready: boolean;
  live: boolean;
  checks: { name: string; kind: string; state: 'unknown' | 'up' | 'down' }[];
}

/** How far a component, or the service, is reduced. */
export type ManagerLevel = 'normal' | 'degraded' | 'severelyDegraded' | 'emergency';

/** The manager, to a worker: the narrow part of it that tasks may ask. */
export interface ManagerSide {
  health(): ManagerHealth;
  snapshot(policy: string): PolicySnapshot;
  degradation(component?: string): ManagerLevel;
}
