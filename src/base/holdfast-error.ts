// The root of every error that Holdfast makes.

/** The codes, which do not change. */
export type ErrorCode =
  | 'HF_ALREADY_STARTED'
  | 'HF_BAD_OPTION'
  | 'HF_BULKHEAD_FULL'
  | 'HF_BULKHEAD_TIMEOUT'
  | 'HF_CHAOS'
  | 'HF_CIRCUIT_OPEN'
  | 'HF_DRAINING'
  | 'HF_EMERGENCY'
  | 'HF_KEYS_EXHAUSTED'
  | 'HF_NOT_STARTED'
  | 'HF_POISONED'
  | 'HF_QUEUE_FULL'
  | 'HF_RATE_LIMITED'
  | 'HF_SHED'
  | 'HF_START_FAILED'
  | 'HF_STOP_FAILED'
  | 'HF_TASK_MODULE'
  | 'HF_THROTTLED'
  | 'HF_TIMEOUT'
  | 'HF_UNKNOWN_POLICY'
  | 'HF_UNKNOWN_TASK'
  | 'HF_WORKER_LOST';

/** What every Holdfast error is told. */
export interface ErrorFacts {
  code: ErrorCode;
  /** The policy that speaks, if one does. */
  policy?: string;
  cause?: unknown;
}

// The registry of symbols is common to all copies of the package in a thread.
const BRAND = Symbol.for('holdfast.error');

// Some programs freeze their globals; they get their stack traces.
const mayLimitTraces = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable === true;
// What is no number makes V8 take no trace at all, in half of the time in which it takes one of no frames.
const NO_TRACE = undefined as unknown as number;
const stackIsOwn = mayLimitTraces && hasStackOfItsOwn();

/**
 * An error of Holdfast's. `code` says what is so, once and for all; the message says it to people.
 *
 * Errors that are answers (refusals, timeouts) have no stack trace: where the policy stands in the code says
 * nothing, and taking a trace costs ten times what the rest does. Their `stack` is name and message.
 */
export class HoldfastError extends Error {
  declare readonly code: ErrorCode;
  /** The policy's name; `undefined` where no policy, or one without a name, speaks. */
  declare readonly policy: string | undefined;

  constructor(message: string, facts: ErrorFacts, traced = true) {
    const limit = Error.stackTraceLimit;
    const limited = !traced && mayLimitTraces;
    if (limited) Error.stackTraceLimit = NO_TRACE;
    super(message);
    if (limited) {
      Error.stackTraceLimit = limit;
      if (stackIsOwn) this.stack = `${this.name}: ${message}`;
    }
    this.code = facts.code;
    if (facts.policy !== undefined) this.policy = facts.policy;
    if (facts.cause !== undefined) hide(this, 'cause', facts.cause);
  }

  /**
   * Whether something is an error of Holdfast's, made by this copy of the package or another one, here or, when
   * Holdfast carried it over, in another thread. Never throws.
   */
  static is(value: unknown): value is HoldfastError {
    try {
      return (value as { [BRAND]?: unknown })[BRAND] === true;
    } catch {
      // Nothing at all, or a proxy that was revoked.
      return false;
    }
  }
}

/** Makes an error without the cost of a stack trace that would lead nowhere. */
export function untraced<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  if (mayLimitTraces) Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    if (mayLimitTraces) Error.stackTraceLimit = limit;
  }
}

/** Gives a class its name, by hand because a bundler may shorten the one in the source. */
export function nameError(errorClass: { readonly prototype: Error }, name: string): void {
  hide(errorClass.prototype, 'name', name);
}

nameError(HoldfastError, 'HoldfastError');
hide(HoldfastError.prototype, BRAND, true);
if (mayLimitTraces && !stackIsOwn) giveStack(HoldfastError.prototype);

function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}

// V8 has a `stack` in every error, of whatever value; Bun leaves it out when no frame is to be taken.
function hasStackOfItsOwn(): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = NO_TRACE;
  const own = Object.hasOwn(new Error(), 'stack');
  Error.stackTraceLimit = limit;
  return own;
}

function giveStack(prototype: Error): void {
  Object.defineProperty(prototype, 'stack', {
    get(this: Error) {
      return `${this.name}: ${this.message}`;
    },
    set(this: Error, stack: unknown) {
      hide(this, 'stack', stack);
    },
    configurable: true,
    enumerable: false,
  });
}
