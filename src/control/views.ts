// What a runtime shows of itself, in plain numbers: the shapes that the admin server sends and its page reads.

import type { ChaosKind } from '../policy/events.ts';
import type { BreakerState } from '../policy/types.ts';
import type { Level } from './level.ts';
import type { LifecycleState } from './lifecycle-state.ts';

export interface PolicyView {
  name: string;
  /** Calls since the policy was defined. */
  calls: { success: number; failure: number; ignored: number; rejected: number };
  /** Refusals by who refused; attempts count, not calls. */
  refused: Record<'circuitBreaker' | 'throttle' | 'rateLimiter' | 'bulkhead' | 'shed' | 'draining', number>;
  /** In ms; of the budget's window where there is one, else since the policy was defined. `null` without calls. */
  latency: { p50Ms: number | null; p95Ms: number | null; p99Ms: number | null };
  circuitBreaker?: { state: BreakerState; retryAfterMs: number | null };
  rateLimiter?: { ratePerSecond: number; available: number | null; burst: number };
  bulkhead?: { active: number; limit: number; queued: number; maxQueue: number };
  errorBudget?: {
    objective: number;
    remaining: number;
    exhausted: boolean;
    burnRate1h: number | null;
    alert: string;
  };
  latencyBudget?: { percentile: number; targetMs: number; exhausted: boolean };
  /** Kinds that the policy allows, and those that are on. */
  chaos?: { allows: ChaosKind[]; on: ChaosKind[] };
}

/** Everything about a runtime that is not a policy. */
export interface RuntimeView {
  name: string;
  state: LifecycleState;
  engine: 'wasm' | 'js';
  /** Wall-clock ms. */
  atMs: number;
  ready: boolean;
  live: boolean;
  checks: {
    name: string;
    kind: string;
    state: 'unknown' | 'up' | 'down';
    readiness: boolean;
    liveness: boolean;
    durationMs: number;
    error?: string;
  }[];
  level: Level;
  levels: Record<string, Level>;
  experiments: { policy: string; kinds: readonly ChaosKind[]; remainingMs: number }[];
  pool?: {
    threads: { busy: number; idle: number; starting: number; unended: number };
    waiting: Record<string, number>;
    tasks: Record<
      string,
      { success: number; failure: number; aborted: number; lost: number; durationMs: number }
    >;
    lost: number;
  };
}
