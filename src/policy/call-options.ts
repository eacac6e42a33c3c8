// What one call says for itself, checked. Misuse is a RangeError or a TypeError, a name that is none an OptionsError.

import { refuseName } from '../base/options.ts';
import { show } from '../base/show.ts';
import type { PolicyCore } from './core.ts';
import { totalMsOf } from './timeout.ts';
import type { CallContext, ExecuteOptions } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;
export const DEFAULT_PRIORITY = 4;

const NAMES = ['signal', 'key', 'permits', 'priority', 'timeoutMs', 'parent'];
const KNOWN: Readonly<Record<string, true>> = Object.assign(
  Object.create(null),
  Object.fromEntries(NAMES.map((name) => [name, true])),
);

/**
 * Throws a TypeError for what is no object, and an `OptionsError` for a name that says nothing: a `timeout` that is
 * meant to be `timeoutMs` would be no limit.
 */
export function checkNames(options: ExecuteOptions | undefined): void {
  if (options === undefined) return;
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`options: expected an object, got ${show(options)}`);
  }
  for (const name in options) if (KNOWN[name] !== true) refuseName('options', name, NAMES);
}

/** Permits a call may ask for: at least one unit of the bucket's scale, at most a full bucket. */
export function checkPermits(core: PolicyCore, permits: unknown): number {
  if (permits === undefined) return 1;
  const { burst, units } = core.slot.numbers;
  const limited = core.shape.rateLimiter !== undefined;
  const least = limited ? 1 / units : 0;
  const most = limited ? burst : NEVER;
  if (typeof permits === 'number' && permits > 0 && permits >= least && permits <= most && permits < NEVER) {
    return permits;
  }
  throw new RangeError(
    `permits: expected a number from ${least || 'above 0'} to ${most}, got ${show(permits)}`,
  );
}

export function checkPriority(priority: unknown): number {
  if (priority === undefined) return DEFAULT_PRIORITY;
  if (Number.isInteger(priority) && (priority as number) >= 0 && (priority as number) <= 7)
    return priority as number;
  throw new RangeError(`priority: expected a whole number from 0 to 7, got ${show(priority)}`);
}

export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new TypeError(`signal: expected an AbortSignal, got ${signal === null ? 'null' : typeof signal}`);
}

/** Throws a TypeError for what cannot be called. */
export function checkOperation(operation: unknown): void {
  if (typeof operation === 'function') return;
  const received = operation === null ? 'null' : typeof operation;
  throw new TypeError(`operation: expected a function, got ${received}`);
}

/** Checks the options of a call, hashes its key, and tells its total timeout in ms. */
export function checkOptions(core: PolicyCore, options: ExecuteOptions | undefined, permit: boolean): number {
  checkNames(options);
  const signal = checkSignal(options?.signal);
  checkPermits(core, options?.permits);
  checkPriority(options?.priority);
  core.keys?.use(options?.key);
  // An acquired permit is not a call: it has no end that a timeout could come before.
  return permit ? NEVER : totalMsOf(core, options?.timeoutMs, () => beforeCall(core, signal));
}

/** The context of a call that has not begun, or that nobody waits for any more. */
export function beforeCall(core: PolicyCore, signal: AbortSignal | undefined): CallContext {
  return {
    signal: signal ?? new AbortController().signal,
    attempt: 1,
    remainingMs: NEVER,
    policy: core.name,
  };
}
