// The refusals: the operation did not run.

import { type ErrorCode, HoldfastError, nameError } from './holdfast-error.ts';

/** Who refuses. */
export type RefusingStrategy =
  | 'bulkhead'
  | 'circuitBreaker'
  | 'degradation'
  | 'draining'
  | 'rateLimiter'
  | 'shed'
  | 'throttle'
  | 'workers';

/** What every refusal may be told. */
export interface RefusalFacts {
  /** The refusing policy's name, if it has one. */
  policy?: string;
  /** When another try may pass, in ms from now; `undefined` where nobody can say. */
  retryAfterMs?: number;
}

interface RejectionFacts extends RefusalFacts {
  code: ErrorCode;
  strategy: RefusingStrategy;
}

/** A call was refused before its operation ran. Not a failure of the operation, and not counted as one. */
export class RejectedError extends HoldfastError {
  declare readonly strategy: RefusingStrategy;
  /** When another try may pass, in ms from the refusal; `undefined` where nobody can say. */
  declare readonly retryAfterMs: number | undefined;

  constructor(what: string, facts: RejectionFacts) {
    const { policy, strategy } = facts;
    super(`${policy === undefined ? '' : `${policy}/`}${strategy}: ${what}`, facts, false);
    this.strategy = strategy;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** What holds a circuit open. */
export type OpenCircuitState = 'open' | 'half-open' | 'isolated' | 'closed';

/** The circuit breaker is open, isolated, busy with its trials, or letting calls back in by and by. */
export class CircuitOpenError extends RejectedError {
  /** The breaker's state at the refusal; `closed` while it ramps up. */
  declare readonly state: OpenCircuitState;

  constructor(facts: RefusalFacts & { state?: OpenCircuitState } = {}) {
    const { policy, retryAfterMs, state = 'open' } = facts;
    super(sayCircuit(state, retryAfterMs), {
      code: 'HF_CIRCUIT_OPEN',
      strategy: 'circuitBreaker',
      policy,
      retryAfterMs,
    });
    this.state = state;
  }
}

function sayCircuit(state: OpenCircuitState, retryAfterMs: number | undefined): string {
  if (state === 'open') return `circuit is open${soon('a trial is allowed', retryAfterMs)}`;
  if (state === 'half-open') return 'circuit is half-open; all its trials are under way';
  if (state === 'isolated') return 'circuit is isolated; it stays open until it is released';
  return 'circuit has just closed; calls are let in by and by and this one was not';
}

/** The rate is spent; or, with `HF_KEYS_EXHAUSTED`, a keyed limiter has no bucket left for another key. */
export class RateLimitedError extends RejectedError {
  constructor(facts: RefusalFacts & { code?: 'HF_RATE_LIMITED' | 'HF_KEYS_EXHAUSTED' } = {}) {
    const { policy, retryAfterMs, code = 'HF_RATE_LIMITED' } = facts;
    const what = code === 'HF_RATE_LIMITED' ? 'rate is spent' : 'every bucket belongs to another key';
    super(what + soon('another try may pass', retryAfterMs), {
      code,
      strategy: 'rateLimiter',
      policy,
      retryAfterMs,
    });
  }
}

/** All slots are in use and nobody else may wait for one. */
export class BulkheadFullError extends RejectedError {
  constructor(facts: RefusalFacts = {}) {
    const { policy, retryAfterMs } = facts;
    super('all slots and all places in line are taken', {
      code: 'HF_BULKHEAD_FULL',
      strategy: 'bulkhead',
      policy,
      retryAfterMs,
    });
  }
}

/** The call waited in line as long as it was allowed to, and no slot came. */
export class BulkheadTimeoutError extends RejectedError {
  /** How long it waited, in ms. */
  declare readonly waitedMs: number;

  constructor(facts: RefusalFacts & { waitedMs: number }) {
    const { policy, retryAfterMs, waitedMs } = facts;
    super(`waited ${wholeMs(waitedMs)} ms in line; no slot became free`, {
      code: 'HF_BULKHEAD_TIMEOUT',
      strategy: 'bulkhead',
      policy,
      retryAfterMs,
    });
    this.waitedMs = waitedMs;
  }
}

/** Too few calls were accepted of late; this one was held back by chance. */
export class ThrottledError extends RejectedError {
  constructor({ policy, retryAfterMs }: RefusalFacts = {}) {
    super('too few calls were accepted of late; this one was held back', {
      code: 'HF_THROTTLED',
      strategy: 'throttle',
      policy,
      retryAfterMs,
    });
  }
}

/** The service is degraded and this call's priority too low for it. */
export class ShedError extends RejectedError {
  /** The level that the service is at. */
  declare readonly level: string;

  /** Without a `priority`: nothing was given that could run at this level (`HF_EMERGENCY`). */
  constructor(facts: RefusalFacts & { level: string; priority?: number }) {
    const { policy, retryAfterMs, level, priority } = facts;
    const shed = priority !== undefined;
    super(
      shed ? `level is ${level}; priority ${priority} is shed` : `level is ${level}; nothing runs in it`,
      {
        code: shed ? 'HF_SHED' : 'HF_EMERGENCY',
        strategy: shed ? 'shed' : 'degradation',
        policy,
        retryAfterMs,
      },
    );
    this.level = level;
  }
}

/** The runtime is stopping and takes nothing new. */
export class DrainingError extends RejectedError {
  constructor({ policy, retryAfterMs }: RefusalFacts = {}) {
    super('runtime is stopping; nothing new is taken', {
      code: 'HF_DRAINING',
      strategy: 'draining',
      policy,
      retryAfterMs,
    });
  }
}

/** The task has crashed its thread too often to be given another one. */
export class PoisonedTaskError extends RejectedError {
  declare readonly task: string;
  /** How many threads it crashed. */
  declare readonly crashes: number;

  constructor(facts: RefusalFacts & { task: string; crashes: number }) {
    const { policy, retryAfterMs, task, crashes } = facts;
    super(`task "${task}" has crashed its thread ${crashes} times; it is given no other`, {
      code: 'HF_POISONED',
      strategy: 'workers',
      policy,
      retryAfterMs,
    });
    this.task = task;
    this.crashes = crashes;
  }
}

/** As many tasks wait for a worker as may. */
export class QueueFullError extends RejectedError {
  /** How many may wait. */
  declare readonly maxQueue: number;

  constructor(facts: RefusalFacts & { maxQueue: number }) {
    const { policy, retryAfterMs, maxQueue } = facts;
    super(`${maxQueue} tasks wait already; no more may`, {
      code: 'HF_QUEUE_FULL',
      strategy: 'workers',
      policy,
      retryAfterMs,
    });
    this.maxQueue = maxQueue;
  }
}

nameError(RejectedError, 'RejectedError');
nameError(CircuitOpenError, 'CircuitOpenError');
nameError(RateLimitedError, 'RateLimitedError');
nameError(BulkheadFullError, 'BulkheadFullError');
nameError(BulkheadTimeoutError, 'BulkheadTimeoutError');
nameError(ThrottledError, 'ThrottledError');
nameError(ShedError, 'ShedError');
nameError(DrainingError, 'DrainingError');
nameError(PoisonedTaskError, 'PoisonedTaskError');
nameError(QueueFullError, 'QueueFullError');

function soon(what: string, retryAfterMs = Number.POSITIVE_INFINITY): string {
  if (!Number.isFinite(retryAfterMs)) return '';
  return retryAfterMs > 0 ? `; ${what} in ${wholeMs(retryAfterMs)} ms` : `; ${what} now`;
}

// Rounded up: whoever comes back after that long does not come too early.
function wholeMs(ms: number): number {
  return Math.ceil(ms);
}
