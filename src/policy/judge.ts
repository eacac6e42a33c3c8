// Whether an outcome is a success, a failure, or nobody's business.

import { V_FAILURE, V_IGNORED, V_SUCCESS } from '../../assembly/layout.ts';
import { HoldfastError } from '../base/errors.ts';
import type { PolicyFunctions } from './plan.ts';
import type { Outcome } from './types.ts';

export function outcomeOf(ok: boolean, result: unknown): Outcome<unknown> {
  return ok ? { ok: true, value: result } : { ok: false, error: result };
}

/** A refusal by any policy: the operation behind it did not run, so it did not fail. */
export function isRefusal(error: unknown): boolean {
  return HoldfastError.is(error) && 'strategy' in error;
}

/** The verdict. What a predicate throws goes to the caller. */
export function judge(functions: PolicyFunctions, ok: boolean, result: unknown): number {
  const { isFailure, isIgnored } = functions;
  if (isFailure === undefined && isIgnored === undefined) {
    if (ok) return V_SUCCESS;
    return isRefusal(result) ? V_IGNORED : V_FAILURE;
  }
  const outcome = outcomeOf(ok, result);
  if (isIgnored?.(outcome)) return V_IGNORED;
  if (!ok && isRefusal(result)) return V_IGNORED;
  const failed = isFailure === undefined ? !ok : isFailure(outcome);
  return failed ? V_FAILURE : V_SUCCESS;
}
