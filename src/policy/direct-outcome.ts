// The end of a call that has no record: its outcome, and the verdict on it.

import { S_CALL, S_RELEASE, S_VERDICT, V_IGNORED, V_SUCCESS } from '../../assembly/layout.ts';
import type { PolicyCore } from './core.ts';
import { judge } from './judge.ts';

/** Everything there is to say of a call in one settlement. */
export const WHOLE_CALL = S_VERDICT | S_RELEASE | S_CALL;
/** No circuit is asked to stay open for a time of its own. */
export const NO_OPEN_MS = -1;

/** The verdict; what a predicate throws goes to the caller, and the outcome is ignored. */
export function verdictOf(
  core: PolicyCore,
  ok: boolean,
  result: unknown,
  ticket: number,
  startMs: number,
): number {
  const { functions } = core;
  if (ok && functions.isFailure === undefined && functions.isIgnored === undefined) return V_SUCCESS;
  try {
    return judge(functions, ok, result);
  } catch (error) {
    core.settle(ticket, startMs, core.now(), V_IGNORED, WHOLE_CALL, NO_OPEN_MS);
    throw error;
  }
}

/** Waits for what an operation has answered with, as `await` does, and tells `end`: what that says is the caller's. */
export async function whenAnswered(
  ok: boolean,
  result: unknown,
  end: (ok: boolean, result: unknown) => unknown,
): Promise<unknown> {
  if (!ok || !isObject(result)) return end(ok, result);
  let value: unknown;
  try {
    value = await result;
  } catch (error) {
    return end(false, error);
  }
  return end(true, value);
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
