// The ways into a policy: execute, executeOutcome, tryAcquire, acquire.

import { COUNT_FALLBACK, COUNT_REJECTED, T_HALF_OPENED } from '../../assembly/layout.ts';
import { Attempt } from './attempt.ts';
import { Call, type CallSettings } from './call.ts';
import { callSettings, checkPermits, checkPriority, DEFAULT_PRIORITY } from './call-options.ts';
import { Coalesce } from './coalesce.ts';
import { Compiled } from './compiled.ts';
import type { PolicyCore } from './core.ts';
import { PermitHeld } from './permit.ts';
import { R_DRAINING, R_SHED, type Refused } from './refusal.ts';
import type { ExecuteOptions, Operation, Permit, PolicyOutcome, Refusal } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Runs calls of one policy in one thread. */
export class Executor {
  readonly core: PolicyCore;
  readonly compiled: Compiled;
  readonly #coalesce: Coalesce | undefined;
  /** Whether a call without options needs no look at them. */
  readonly #plain: boolean;
  /** Whether a refusal at the door is the end of the call. */
  readonly #final: boolean;

  constructor(core: PolicyCore) {
    this.core = core;
    this.compiled = new Compiled(core);
    const { shape, functions } = core;
    if (shape.coalesce) this.#coalesce = new Coalesce(this);
    this.#plain = functions.totalMs === undefined && shape.rateLimiter?.perKey === undefined;
    this.#final = !core.waits && functions.fallback === undefined && shape.retry?.onRejection !== true;
  }

  execute<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<T> {
    if (this.#coalesce !== undefined) return this.#coalesce.execute(operation, options);
    return this.executeOne(operation, options);
  }

  executeOutcome<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<PolicyOutcome<T>> {
    if (this.#coalesce !== undefined) return this.#coalesce.executeOutcome(operation, options);
    return this.outcomeOfOne(operation, options);
  }

  /** A call that nobody shares. */
  executeOne<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<T> {
    try {
      const settings = this.#settings(operation, options);
      const nowMs = this.core.now();
      const code = this.#ask(settings, options, nowMs);
      if (code < 0 && this.#final) return Promise.reject(this.#refuse(code, nowMs, settings).error);
      return new Promise((resolve, reject) => {
        this.#begin(settings, code, nowMs, (ok, result, refused) => {
          if (ok) resolve(result as T);
          else reject(refused === undefined ? result : refused.error);
        });
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  outcomeOfOne<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<PolicyOutcome<T>> {
    try {
      const settings = this.#settings(operation, options);
      const nowMs = this.core.now();
      const code = this.#ask(settings, options, nowMs);
      if (code < 0 && this.#final) return Promise.resolve(this.#refuse(code, nowMs, settings));
      return new Promise((resolve) => {
        this.#begin(settings, code, nowMs, (ok, result, refused) => {
          if (ok) resolve({ ok: true, value: result as T, rejected: false });
          else resolve(refused ?? { ok: false, error: result, rejected: false });
        });
      });
    } catch (error) {
      return Promise.resolve({ ok: false, error, rejected: false });
    }
  }

  tryAcquire(options?: ExecuteOptions): Permit | Refusal {
    const { core } = this;
    const nowMs = core.now();
    let permits = 1;
    let priority = DEFAULT_PRIORITY;
    if (options !== undefined || core.keys !== undefined) {
      permits = checkPermits(core, options?.permits);
      priority = checkPriority(options?.priority);
      core.keys?.use(options?.key);
    }
    const gate = this.#gate(priority, options);
    const code = gate !== 0 ? gate : core.admit(nowMs, permits);
    if (code < 0) return this.#refuseAs(code, nowMs, permits, priority);
    if (code & T_HALF_OPENED) core.changes.halfOpened(nowMs);
    return new PermitHeld(core, code, nowMs);
  }

  acquire(options?: ExecuteOptions): Promise<Permit> {
    try {
      const settings = callSettings(this.core, undefined, options);
      const nowMs = this.core.now();
      const code = this.#ask(settings, options, nowMs);
      return new Promise((resolve, reject) => {
        this.#begin(settings, code, nowMs, (ok, result, refused) => {
          if (ok) resolve(result as Permit);
          else reject(refused === undefined ? result : refused.error);
        });
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #settings(operation: unknown, options: ExecuteOptions | undefined): CallSettings {
    if (typeof operation !== 'function') {
      throw new TypeError(
        `operation: expected a function, got ${operation === null ? 'null' : typeof operation}`,
      );
    }
    const { core } = this;
    if (options !== undefined || !this.#plain)
      return callSettings(core, operation as Operation<unknown>, options);
    return {
      operation: operation as Operation<unknown>,
      permits: 1,
      priority: DEFAULT_PRIORITY,
      key: undefined,
      signal: undefined,
      totalMs: core.shape.timeout?.total ? core.slot.numbers.totalMs || NEVER : NEVER,
    };
  }

  /** The first try: a ticket or who refuses. A caller that has left already gets its own reason. */
  #ask(settings: CallSettings, options: ExecuteOptions | undefined, nowMs: number): number {
    settings.signal?.throwIfAborted();
    const gate = this.#gate(settings.priority, options);
    return gate !== 0 ? gate : this.core.admit(nowMs, settings.permits);
  }

  #gate(priority: number, options: ExecuteOptions | undefined): number {
    const { core } = this;
    if (core.host.draining() && !core.host.admitted(options?.parent)) return R_DRAINING;
    if (!core.shape.shed) return 0;
    const level = core.host.level();
    if (level === 0) return 0;
    const { shedDegraded, shedSeverely, shedEmergency } = core.slot.numbers;
    return priority < (level === 1 ? shedDegraded : level === 2 ? shedSeverely : shedEmergency) ? R_SHED : 0;
  }

  #begin(
    settings: CallSettings,
    code: number,
    nowMs: number,
    answer: (ok: boolean, result: unknown, refused: Refused | undefined) => void,
  ): void {
    const { core } = this;
    const fallback = settings.operation === undefined ? undefined : core.functions.fallback;
    const told =
      fallback === undefined
        ? answer
        : (ok: boolean, result: unknown, refused: Refused | undefined) => {
            if (ok || settings.signal?.aborted) answer(ok, result, refused);
            else this.#fallBack(call, refused === undefined ? result : refused.error, answer);
          };
    const call: Call = new Call(this.compiled, settings, nowMs, (ok, result, refused) => {
      if (refused !== undefined) core.count(COUNT_REJECTED);
      told(ok, result, refused);
    });
    call.begin(code, nowMs);
  }

  #fallBack(
    call: Call,
    error: unknown,
    answer: (ok: boolean, result: unknown, refused: undefined) => void,
  ): void {
    const { core } = this;
    core.count(COUNT_FALLBACK);
    if (core.events.heard.fallback) core.events.emit('fallback', { policy: core.name, error });
    const context = new Attempt(call, Math.max(call.attempts, 1), 0, call.startMs);
    try {
      Promise.resolve(core.functions.fallback?.(error, context)).then(
        (value) => answer(true, value, undefined),
        (thrown) => answer(false, thrown, undefined),
      );
    } catch (thrown) {
      answer(false, thrown, undefined);
    }
  }

  #refuse(code: number, nowMs: number, settings: CallSettings): Refused {
    this.core.count(COUNT_REJECTED);
    return this.#refuseAs(code, nowMs, settings.permits, settings.priority);
  }

  /** Counts a refusal, whoever made it. */
  #refuseAs(code: number, nowMs: number, permits: number, priority: number): Refused {
    return this.core.refused(code, nowMs, permits, 0, priority);
  }
}
