// A policy: what callers hold.

import { DISPOSE } from '../base/dispose.ts';
import { OptionsError } from '../base/errors.ts';
import type { Listener, ListenOptions, Subscription } from '../base/events.ts';
import { CircuitBreakerPart } from './breaker-part.ts';
import type { PolicyCore } from './core.ts';
import { EVENT_NAMES, type PolicyEvents } from './events.ts';
import { Executor } from './executor.ts';
import type { PolicyUpdate } from './options/policy-options.ts';
import { updatedNumbers } from './options/update.ts';
import { BulkheadPart, ErrorBudgetPart, LatencyBudgetPart, RateLimiterPart } from './parts.ts';
import { type PolicySnapshot, restorePolicy, snapshotPolicy } from './snapshot.ts';
import type { ExecuteOptions, Operation, Permit, PolicyOutcome, Refusal } from './types.ts';

/**
 * Protects operations: refuses, waits, retries, times out and counts as it was
 * told when it was made. Its state may be shared between threads; the object
 * itself belongs to the thread that made it.
 */
export class Policy implements Disposable {
  /** '' for a policy by itself that was given no name. */
  readonly name: string;
  readonly circuitBreaker: CircuitBreakerPart | undefined;
  readonly rateLimiter: RateLimiterPart | undefined;
  readonly bulkhead: BulkheadPart | undefined;
  readonly errorBudget: ErrorBudgetPart | undefined;
  readonly latencyBudget: LatencyBudgetPart | undefined;
  readonly #core: PolicyCore;
  readonly #executor: Executor;
  readonly #release: () => void;
  readonly #listen: () => void;

  /** Made by `policy()` and by the runtime, not by hand. */
  constructor(core: PolicyCore, release: () => void, listen: () => void) {
    const { shape } = core;
    this.name = core.name;
    this.#core = core;
    this.#executor = new Executor(core);
    this.#release = release;
    this.#listen = listen;
    if (shape.circuitBreaker !== undefined) this.circuitBreaker = new CircuitBreakerPart(core);
    if (shape.rateLimiter !== undefined) this.rateLimiter = new RateLimiterPart(core);
    if (shape.bulkhead !== undefined) this.bulkhead = new BulkheadPart(core);
    if (shape.errorBudget !== undefined) this.errorBudget = new ErrorBudgetPart(core);
    if (shape.latencyBudget !== undefined) this.latencyBudget = new LatencyBudgetPart(core);
  }

  /**
   * Runs an operation under this policy and gives its result. Rejects with what
   * the operation threw, as it was thrown; with a `RejectedError` when it did not
   * run; with a `TimeoutError` when it took too long; with the signal's reason
   * when the caller aborted.
   */
  execute<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<T> {
    return this.#executor.execute(operation, options);
  }

  /** The same, never rejecting: what went wrong is in the outcome, `rejected` when the operation did not run. */
  executeOutcome<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<PolicyOutcome<T>> {
    return this.#executor.executeOutcome(operation, options);
  }

  /**
   * Asks breaker, throttle, limiter and bulkhead in one step, now: a permit to be
   * settled, or a refusal. Never waits; refused while anyone waits in line.
   * Throws a RangeError or TypeError for misuse only.
   */
  tryAcquire(options?: ExecuteOptions): Permit | Refusal {
    return this.#executor.tryAcquire(options);
  }

  /** The same, waiting in line as configured. Rejects with a `RejectedError`. */
  acquire(options?: ExecuteOptions): Promise<Permit> {
    return this.#executor.acquire(options);
  }

  /**
   * Changes limits, thresholds and durations while in use: all at once, in every
   * thread, losing no counts. Window shapes, functions, and whether there is a
   * strategy at all cannot be changed: an `OptionsError`.
   */
  update(options: PolicyUpdate): void {
    const core = this.#core;
    core.mustLive();
    const path = core.name === '' ? 'policy' : `policies.${core.name}`;
    const now = core.now() - core.originMs;
    const before = core.slot.numbers;
    const published = core.slot.publish((numbers) => updatedNumbers(path, core.plan, numbers, options), now);
    if (!published) {
      throw new OptionsError({
        path,
        expected: 'other threads to stop updating it',
        received: 'no chance to publish',
      });
    }
    core.updated(before, now);
    core.wake();
  }

  /** What the policy knows, as JSON: states with remaining times, counts. Keyed buckets are left out. */
  snapshot(): PolicySnapshot {
    this.#core.mustLive();
    return snapshotPolicy(this.#core);
  }

  /** Puts a snapshot back, in a new generation; the time since it was taken counts. Throws an `OptionsError`. */
  restore(snapshot: PolicySnapshot): void {
    this.#core.mustLive();
    restorePolicy(this.#core, snapshot);
  }

  /** Calls a listener at each event. What it throws becomes a process warning and changes no outcome. */
  on<Name extends keyof PolicyEvents>(
    event: Name,
    listener: Listener<PolicyEvents[Name]>,
    options?: ListenOptions,
  ): Subscription {
    const subscription = this.#core.events.on(event, listener, options);
    if (EVENT_NAMES.indexOf(event) >= EVENT_NAMES.indexOf('stateChange')) this.#listen();
    return subscription;
  }

  /**
   * Gives the policy's memory back. Calls under way end as they will; who waits in line is sent away, and so is
   * who comes later.
   */
  [DISPOSE](): void {
    this.#release();
  }

  dispose(): void {
    this.#release();
  }

  /** Lets waiting callers look again: for the runtime, when a thread's holdings were returned. */
  wake(): void {
    this.#core.wake();
  }

  /** For the runtime around the policy. */
  static executorOf(policy: Policy): Executor {
    return policy.#executor;
  }

  static coreOf(policy: Policy): PolicyCore {
    return policy.#core;
  }
}
