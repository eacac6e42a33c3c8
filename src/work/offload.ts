// Offloading: a task under a policy, on a worker thread.

import { systemClock } from '../base/clock.ts';
import {
  DrainingError,
  LifecycleError,
  OptionsError,
  TimeoutError,
  UnknownTaskError,
} from '../base/errors.ts';
import { type OptionsReader, readOptions } from '../base/options.ts';
import { linkSignal } from '../base/signals.ts';
import { threadNow } from '../base/thread-time.ts';
import { callbackTimer, timersOf } from '../base/timers.ts';
import type { Attempt } from '../policy/attempt.ts';
import { checkPriority, checkSignal } from '../policy/call-options.ts';
import { Policy } from '../policy/policy.ts';
import { timeoutFrom } from '../policy/timeout.ts';
import type { CallContext } from '../policy/types.ts';
import type { WorkPool } from './pool.ts';
import type { Hear, TaskFacts } from './task.ts';
import type { TaskKind } from './task-kind.ts';

const NEVER = Number.POSITIVE_INFINITY;
const KNOWN: readonly string[] = ['policy', 'signal', 'priority', 'transfer', 'timeoutMs', 'idempotent'];
const NONE: Checked = {
  idempotent: false,
  priority: 4,
  timeoutMs: NEVER,
  transfer: undefined,
};

/** What one task may be given besides its input. */
export interface OffloadOptions<Policies extends string = string> {
  /** The policy it runs under; without one it is only queued and run. */
  policy?: Policies | (string & {});
  /** Aborts it: a task that waits never begins, one that runs is asked to stop, and stopped after `graceMs`. */
  signal?: AbortSignal;
  /** 0…7, higher first; 4 by default. */
  priority?: number;
  /** What is handed over instead of copied. Such a task is never run again: not retried, not hedged. */
  transfer?: readonly unknown[];
  /** How long it may take in all, its waiting included, in ms; under a policy in place of its total timeout. */
  timeoutMs?: number;
  /** Whether it may be run again when its thread is lost; false by default. */
  idempotent?: boolean;
}

interface Checked extends TaskFacts {
  policy?: string;
  signal?: AbortSignal;
  /** Infinity for none; and as it was given. */
  timeoutMs: number;
  givenTimeoutMs?: number;
}

/** What the runtime is doing: whether tasks are taken. */
export type OffloadGate = 'open' | 'draining' | 'closed';

/** Takes tasks of the main thread's callers. */
export class Offloads {
  readonly #pool: WorkPool;
  readonly #policy: (name: string) => Policy;
  readonly #gate: () => OffloadGate;

  constructor(pool: WorkPool, policy: (name: string) => Policy, gate: () => OffloadGate) {
    this.#pool = pool;
    this.#policy = policy;
    this.#gate = gate;
  }

  /**
   * Runs a task on a worker. Rejects with what the task threw; with a `RejectedError` when it did not run; with a
   * `TimeoutError`, the signal's reason, or a `WorkerLostError` when its thread was lost while it ran.
   */
  offload(name: string, input: unknown, options?: OffloadOptions): Promise<unknown> {
    try {
      const gate = this.#gate();
      if (gate === 'closed') throw new LifecycleError({ code: 'HF_NOT_STARTED' });
      const kind = this.#pool.kinds.get(name);
      if (kind === undefined) throw new UnknownTaskError({ task: name, known: this.#pool.kinds.keys() });
      const checked = options === undefined ? NONE : check(options);
      checked.signal?.throwIfAborted();
      if (checked.policy !== undefined) return this.#guarded(kind, input, checked, checked.policy);
      if (gate === 'draining') throw new DrainingError({});
      return this.#plain(kind, input, checked);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Each attempt of the call is a task of its own. */
  #guarded(kind: TaskKind, input: unknown, checked: Checked, policyName: string): Promise<unknown> {
    const policy = this.#policy(policyName);
    const { signal, priority, transfer, givenTimeoutMs: timeoutMs } = checked;
    if (transfer !== undefined) refuseRepeats(policy);
    const pool = this.#pool;
    const compartment = pool.compartmentOf(policyName);
    // Answered only when the task has really ended: until then it keeps its place in the bulkhead.
    const operation = (context: CallContext) => {
      const { remainingMs, attempt } = context;
      const deadlineMs = remainingMs === NEVER ? 0 : threadNow() + remainingMs;
      const result = new Promise(give);
      const task = pool.submit(
        kind,
        input,
        checked,
        compartment,
        attempt,
        deadlineMs,
        given.resolve,
        given.reject,
      );
      (context as Attempt).whenAborted((reason) => pool.abort(task, reason));
      return result;
    };
    return policy.execute(operation, { signal, priority, timeoutMs });
  }

  #plain(kind: TaskKind, input: unknown, checked: Checked): Promise<unknown> {
    const pool = this.#pool;
    if (checked.signal !== undefined || checked.timeoutMs < NEVER)
      return this.#leavable(kind, input, checked);
    const result = new Promise(give);
    pool.submit(kind, input, checked, pool.compartmentOf(''), 1, 0, given.resolve, given.reject);
    return result;
  }

  /** Its caller may go before it ends. */
  #leavable(kind: TaskKind, input: unknown, checked: Checked): Promise<unknown> {
    const pool = this.#pool;
    const { signal, timeoutMs } = checked;
    return new Promise((resolve, reject) => {
      let unlink = () => {};
      const timer = callbackTimer(() =>
        leave(new TimeoutError({ scope: 'task', timeoutMs, name: kind.name })),
      );
      const ends = (hear: Hear) => (result: unknown) => {
        unlink();
        timersOf(systemClock).disarm(timer);
        hear(result);
      };
      const deadlineMs = timeoutMs < NEVER ? threadNow() + timeoutMs : 0;
      const compartment = pool.compartmentOf('');
      const fails = ends(reject);
      const task = pool.submit(kind, input, checked, compartment, 1, deadlineMs, ends(resolve), fails);
      // The caller is answered at once; the task ends when it ends.
      const leave = (reason: unknown) => {
        fails(reason);
        pool.abort(task, reason);
      };
      if (task.ended) return;
      if (deadlineMs > 0) timersOf(systemClock).arm(timer, deadlineMs);
      if (signal !== undefined) unlink = linkSignal(signal, leave);
    });
  }
}

/** What the promise made last is settled by: so that a task needs no closure to hold on to it. */
const given: { resolve: Hear; reject: Hear } = { resolve: () => {}, reject: () => {} };
const give = (resolve: Hear, reject: Hear): void => {
  given.resolve = resolve;
  given.reject = reject;
};

function check(options: OffloadOptions): Checked {
  if (typeof options !== 'object' || options === null || Object.keys(options).some(isUnknown))
    readerOf(options);
  const { policy, transfer, timeoutMs, idempotent } = options;
  if (policy !== undefined && typeof policy !== 'string') {
    readerOf(options).refuse('policy', 'the name of a policy');
  }
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw new TypeError(`transfer: expected an array, got ${typeof transfer}`);
  }
  return {
    policy,
    transfer: transfer?.length === 0 ? undefined : transfer,
    signal: checkSignal(options.signal),
    priority: checkPriority(options.priority),
    givenTimeoutMs: timeoutMs,
    timeoutMs: timeoutMs === undefined ? NEVER : timeoutFrom('timeoutMs', timeoutMs),
    idempotent:
      (idempotent ?? false) !== false && readerOf(options).boolean('idempotent', { default: false }),
  };
}

const isUnknown = (name: string): boolean => !KNOWN.includes(name);

/** Reads with all care, and says what is wrong: too dear for options that are right. */
function readerOf(options: unknown): OptionsReader {
  return readOptions('offload', options, KNOWN);
}

// What was handed over cannot be handed over again.
function refuseRepeats(policy: Policy): void {
  const { shape } = Policy.coreOf(policy);
  for (const strategy of ['retry', 'hedge'] as const) {
    if (shape[strategy] === undefined) continue;
    throw new OptionsError({
      path: 'offload.transfer',
      expected: `a policy without ${strategy}: what was handed over cannot be sent again`,
      received: `policy "${policy.name}" with ${strategy}`,
    });
  }
}
