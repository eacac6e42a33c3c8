// What a policy tells its listeners.

import type { BreakerState, RefusedBy } from './types.ts';

/** Told in the thread of the call. */
export interface CallEvents {
  success: { policy: string; durationMs: number; attempts: number };
  failure: { policy: string; durationMs: number; attempts: number; error: unknown };
  rejected: { policy: string; strategy: RefusedBy; code: string; retryAfterMs: number | undefined };
  retry: { policy: string; attempt: number; pauseMs: number; error: unknown };
  timeout: { policy: string; scope: 'attempt' | 'total'; timeoutMs: number };
  hedge: { policy: string; attempt: number; delayMs: number };
  fallback: { policy: string; error: unknown };
  chaos: { policy: string; kind: ChaosKind };
}

/** Told in every thread that listens, once. */
export interface SharedEvents {
  stateChange: { policy: string; from: BreakerState; to: BreakerState; atMs: number };
  exhausted: { policy: string; budget: 'error' | 'latency'; atMs: number };
  recovered: { policy: string; budget: 'error' | 'latency'; atMs: number };
  alert: { policy: string; severity: 'fast' | 'slow'; burnRate: number; active: boolean; atMs: number };
  limitChange: { policy: string; limit: 'bulkhead' | 'rateLimiter'; from: number; to: number; atMs: number };
  /** Events that a listener missed because the ring they come through went round. */
  overrun: { policy: string; lost: number };
}

export type PolicyEvents = CallEvents & SharedEvents;
export type ChaosKind = 'latency' | 'error' | 'timeout' | 'result' | 'killWorker' | 'block';

export const EVENT_NAMES = [
  'success',
  'failure',
  'rejected',
  'retry',
  'timeout',
  'hedge',
  'fallback',
  'chaos',
  'stateChange',
  'exhausted',
  'recovered',
  'alert',
  'limitChange',
  'overrun',
] as const satisfies readonly (keyof PolicyEvents)[];

/** Breaker states by the number that kernels and metrics have for them. */
export const BREAKER_STATES: readonly BreakerState[] = [
  'closed',
  'half-open',
  'open',
  'isolated',
  'disabled',
  'metrics-only',
];
