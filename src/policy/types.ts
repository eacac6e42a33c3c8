// The words that callers and policies share.

/** How an operation ended. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** An outcome of a policy: `rejected` when the operation did not run at all. */
export type PolicyOutcome<T> =
  | { readonly ok: true; readonly value: T; readonly rejected: false }
  | { readonly ok: false; readonly error: unknown; readonly rejected: boolean };

/** What an operation is told. The signal is made when it is first read. */
export interface CallContext {
  /** Aborted when the caller aborts, or when this attempt or the whole call has timed out. */
  readonly signal: AbortSignal;
  /** Which attempt of the call this is, from 1. */
  readonly attempt: number;
  /** What is left of the nearest timeout, in ms; Infinity without one. */
  readonly remainingMs: number;
  /** The policy's name; '' for one without. */
  readonly policy: string;
}

/** The work a policy protects. May be synchronous; a synchronous throw is a rejection. */
export type Operation<T> = (context: CallContext) => T | PromiseLike<T>;

/** What one call may say for itself. */
export interface ExecuteOptions {
  /** Aborts the call: it ends at once with the signal's reason, and counts as neither success nor failure. */
  signal?: AbortSignal;
  /** Which bucket of a keyed limiter pays. */
  key?: string;
  /** What the call costs at the limiter; 1 by default. */
  permits?: number;
  /** 0…7, higher first; 4 by default. */
  priority?: number;
  /** In place of `timeout.totalMs`, in ms. */
  timeoutMs?: number;
  /** The context of the call this one serves: it may go on while the runtime drains. */
  parent?: unknown;
}

/** A pause before retry `retry` (from 1), in ms. */
export type Backoff = (retry: number, outcome?: Outcome<unknown>, previousMs?: number) => number;

/** What a permit was used for. */
export type Settlement = 'success' | 'failure' | 'ignored';

/** Leave to do one piece of work by oneself. Belongs to the thread that got it. */
export interface Permit extends Disposable {
  readonly ok: true;
  /** Says how it ended, once; later calls do nothing. Disposing settles as ignored. */
  settle(settlement: Settlement): void;
}

/** A refusal without the cost of an error. Disposing of it does nothing. */
export interface Refusal extends Disposable {
  readonly ok: false;
  readonly strategy: RefusedBy;
  /** Milliseconds after which another try may pass; undefined where nobody can say. */
  readonly retryAfterMs: number | undefined;
}

export type RefusedBy = 'circuitBreaker' | 'throttle' | 'rateLimiter' | 'bulkhead' | 'shed' | 'draining';

/** States of a circuit breaker, as `circuitBreaker.state` says them. */
export type BreakerState = 'closed' | 'half-open' | 'open' | 'isolated' | 'disabled' | 'metrics-only';
