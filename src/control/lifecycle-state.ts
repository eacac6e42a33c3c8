// The states of a runtime and the moves between them.
//
//   idle ──▶ starting ──▶ running ──▶ draining ──▶ stopped
//    │          │  ▲                     ▲  │          │
//    │          ▼  │                     │  └──────────┼─▶ (start again)
//    │        failed ────────────────────┤             │
//    └───────────────────────────────────┘◀── starting ┘

/** Where a runtime is. `failed`: a start went wrong, and what had started was stopped again. */
export type LifecycleState = 'idle' | 'starting' | 'running' | 'draining' | 'stopped' | 'failed';

/** By the number that the metric `lifecycle_state` has for each. */
export const LIFECYCLE_STATES: readonly LifecycleState[] = [
  'idle',
  'starting',
  'running',
  'draining',
  'stopped',
  'failed',
];

export const MOVES: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  idle: ['starting', 'draining'],
  starting: ['running', 'failed'],
  running: ['draining'],
  draining: ['stopped'],
  stopped: ['starting'],
  failed: ['starting', 'draining'],
};

/** One move, as listeners and `holdfast:lifecycle` are told. */
export interface LifecycleChange {
  /** The runtime's name. */
  name: string;
  from: LifecycleState;
  to: LifecycleState;
}
