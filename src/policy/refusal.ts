// Refusals: from a kernel's answer to something a caller can hold.

import {
  R_BULKHEAD,
  R_FULL,
  R_ISOLATED,
  R_KEYS,
  R_LINE,
  R_OPEN,
  R_RAMP,
  R_RATE,
  R_REVOKED,
  R_THROTTLED,
} from '../../assembly/layout.ts';
import { DISPOSE } from '../base/dispose.ts';
import {
  BulkheadFullError,
  BulkheadTimeoutError,
  CircuitOpenError,
  DrainingError,
  RateLimitedError,
  ShedError,
  ThrottledError,
  UnknownPolicyError,
  WorkerLostError,
} from '../base/errors.ts';
import type { Refusal, RefusedBy } from './types.ts';

/** Refusals that no kernel gives. */
export const R_WAITED = -20;
export const R_SHED = -21;
export const R_DRAINING = -22;
/** The policy was removed, or disposed of. */
export const R_GONE = -23;

/** Who a refusal comes from. */
export function refusedBy(code: number): RefusedBy {
  if (code === R_OPEN || code === R_ISOLATED || code === R_RAMP) return 'circuitBreaker';
  if (code === R_RATE || code === R_KEYS) return 'rateLimiter';
  if (code === R_THROTTLED) return 'throttle';
  if (code === R_SHED) return 'shed';
  if (code === R_DRAINING) return 'draining';
  return 'bulkhead';
}

const LEVELS = ['normal', 'degraded', 'severelyDegraded', 'emergency'];

/** A refusal that was counted. Its error is made when somebody reads it. */
export class Refused implements Refusal {
  readonly ok = false;
  readonly rejected = true;
  readonly policy: string;
  readonly code: number;
  readonly retryAfterMs: number | undefined;
  /** Ms spent in line; the degradation level of a shed call; 1 where a policy that is gone was a shared one. */
  readonly detail: number;
  readonly priority: number;
  #error: Error | undefined;

  constructor(policy: string, code: number, retryAfterMs: number | undefined, detail = 0, priority = 4) {
    this.policy = policy;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.detail = detail;
    this.priority = priority;
  }

  get strategy(): RefusedBy {
    return refusedBy(this.code);
  }

  /** Nothing was taken: `using permit = policy.tryAcquire()` may hold a refusal as well. */
  [DISPOSE](): void {}

  get error(): Error {
    this.#error ??= this.#make();
    return this.#error;
  }

  // Each literal is written out: a spread gives every object a shape of its own, and costs as much as the error.
  #make(): Error {
    const { code, retryAfterMs, detail } = this;
    const policy = this.policy === '' ? undefined : this.policy;
    switch (code) {
      case R_OPEN:
        return new CircuitOpenError({ policy, retryAfterMs, state: detail === 1 ? 'half-open' : 'open' });
      case R_ISOLATED:
        return new CircuitOpenError({ policy, retryAfterMs, state: 'isolated' });
      case R_RAMP:
        return new CircuitOpenError({ policy, retryAfterMs, state: 'closed' });
      case R_THROTTLED:
        return new ThrottledError({ policy, retryAfterMs });
      case R_RATE:
        return new RateLimitedError({ policy, retryAfterMs });
      case R_KEYS:
        return new RateLimitedError({ policy, retryAfterMs, code: 'HF_KEYS_EXHAUSTED' });
      case R_WAITED:
        return new BulkheadTimeoutError({ policy, retryAfterMs, waitedMs: detail });
      case R_SHED: {
        const { priority } = this;
        return new ShedError({ policy, retryAfterMs, level: LEVELS[detail] ?? 'normal', priority });
      }
      case R_DRAINING:
        return new DrainingError({ policy, retryAfterMs });
      case R_GONE:
        // Who holds on to a policy of its own knows what it did; a shared one may have been removed anywhere.
        if (detail > 0) return new UnknownPolicyError({ policy: this.policy });
        return new TypeError(`${this.policy || 'policy'}: it was disposed of and must not be used any more`);
      case R_REVOKED:
        return new WorkerLostError({ policy, reason: 'this thread was declared dead' });
      default:
        return new BulkheadFullError({ policy, retryAfterMs });
    }
  }
}

/** Codes of a kernel that end in a place in line where waiting is configured. */
export function mayWait(code: number): boolean {
  return code === R_LINE || code === R_BULKHEAD || code === R_RATE;
}

export { R_FULL };
