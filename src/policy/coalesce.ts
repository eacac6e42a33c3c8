/**
 * Concurrent calls with one key share one operation, in one thread. The call
 * that runs is recorded once; each caller keeps its own signal and its own total
 * timeout, and leaves without disturbing the others. When the last one has left
 * the operation is aborted.
 */

import { COUNT_TIMEOUT_TOTAL } from '../../assembly/layout.ts';
import { TimeoutError } from '../base/errors.ts';
import { linkSignal } from '../base/signals.ts';
import { callbackTimer } from '../base/timers.ts';
import { markTimedOut } from './call-leave.ts';
import { beforeCall, checkOperation, checkOptions } from './call-options.ts';
import type { Executor } from './executor.ts';
import { askFallback } from './fallback.ts';
import type { ExecuteOptions, Operation, PolicyOutcome } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;

interface Shared {
  readonly key: unknown;
  readonly outcome: Promise<PolicyOutcome<unknown>>;
  readonly controller: AbortController;
  callers: number;
}

export class Coalesce {
  readonly #executor: Executor;
  readonly #shared = new Map<unknown, Shared>();

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  async execute<T>(operation: Operation<T>, options: ExecuteOptions = {}): Promise<T> {
    const outcome = await this.#join(operation, options);
    if (outcome.ok) return outcome.value;
    throw outcome.error;
  }

  async executeOutcome<T>(operation: Operation<T>, options: ExecuteOptions = {}): Promise<PolicyOutcome<T>> {
    try {
      return await this.#join(operation, options);
    } catch (error) {
      return { ok: false, error, rejected: false };
    }
  }

  #join<T>(operation: Operation<T>, options: ExecuteOptions): Promise<PolicyOutcome<T>> {
    const { core } = this.#executor;
    checkOperation(operation);
    const totalMs = checkOptions(core, options, false);
    options.signal?.throwIfAborted();
    // What the key function throws is the caller's; so is a key that is nothing: then nothing is shared.
    const key = core.functions.coalesceKey?.(options);
    if (key === undefined || key === null) return this.#executor.outcomeOfOne(operation, options);
    let shared = this.#shared.get(key);
    if (shared === undefined || shared.controller.signal.aborted) {
      shared = this.#start(key, operation, options);
    }
    return this.#wait(shared as Shared, options.signal, totalMs) as Promise<PolicyOutcome<T>>;
  }

  #start(key: unknown, operation: Operation<unknown>, options: ExecuteOptions): Shared {
    const controller = new AbortController();
    // The callers' own timeouts stand before it, so the operation itself has none.
    const own = { ...options, signal: controller.signal, timeoutMs: NEVER };
    const outcome = this.#executor.outcomeOfOne(operation, own);
    const shared: Shared = { key, outcome, controller, callers: 0 };
    this.#shared.set(key, shared);
    void outcome.then(() => this.#forget(shared));
    return shared;
  }

  #forget(shared: Shared): void {
    if (this.#shared.get(shared.key) === shared) this.#shared.delete(shared.key);
  }

  #wait(shared: Shared, signal: AbortSignal | undefined, totalMs: number): Promise<PolicyOutcome<unknown>> {
    const { core } = this.#executor;
    shared.callers++;
    return new Promise((resolve) => {
      const leave = (error: unknown, answer: PolicyOutcome<unknown> | Promise<PolicyOutcome<unknown>>) => {
        done(answer);
        if (shared.callers > 0) return;
        // The next caller with this key starts anew.
        this.#forget(shared);
        shared.controller.abort(error);
      };
      const node = callbackTimer(() => {
        core.count(COUNT_TIMEOUT_TOTAL);
        if (core.events.heard.timeout) {
          core.events.emit('timeout', { policy: core.name, scope: 'total', timeoutMs: totalMs });
        }
        const error = new TimeoutError({
          policy: core.name || undefined,
          scope: 'total',
          timeoutMs: totalMs,
        });
        // Where nobody had the time to wait for it, the operation has failed.
        if (shared.callers === 1) markTimedOut(error);
        // The fallback stands around the timeout, and each caller has its own.
        const instead = core.functions.fallback !== undefined;
        leave(error, instead ? askFallback(core, error, beforeCall(core, signal)) : failed(error));
      });
      let unlink = () => {};
      let open = true;
      const done = (outcome: PolicyOutcome<unknown> | Promise<PolicyOutcome<unknown>>) => {
        if (!open) return;
        open = false;
        shared.callers--;
        unlink();
        core.timers.disarm(node);
        resolve(outcome);
      };
      if (totalMs < NEVER) core.timers.arm(node, core.now() + totalMs);
      if (signal !== undefined) unlink = linkSignal(signal, (reason) => leave(reason, failed(reason)));
      void shared.outcome.then(done);
    });
  }
}

function failed(error: unknown): PolicyOutcome<unknown> {
  return { ok: false, error, rejected: false };
}
