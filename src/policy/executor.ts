// The ways into a policy: execute, executeOutcome, tryAcquire, acquire.

import { COUNT_REJECTED, T_HALF_OPENED } from '../../assembly/layout.ts';
import { joinSignal } from '../base/signals.ts';
import { Call, type CallMode } from './call.ts';
import {
  checkNames,
  checkOperation,
  checkOptions,
  checkPermits,
  checkPriority,
  DEFAULT_PRIORITY,
} from './call-options.ts';
import { Coalesce } from './coalesce.ts';
import { Compiled } from './compiled.ts';
import type { PolicyCore } from './core.ts';
import { Direct } from './direct.ts';
import { PermitHeld } from './permit.ts';
import { startPlainly } from './plain-call.ts';
import { R_DRAINING, R_GONE, R_SHED, type Refused } from './refusal.ts';
import { Timeless } from './timeless.ts';
import type { ExecuteOptions, Operation, Permit, PolicyOutcome, Refusal } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Runs calls of one policy in one thread. */
export class Executor {
  readonly core: PolicyCore;
  readonly compiled: Compiled;
  readonly #coalesce: Coalesce | undefined;
  readonly #direct: Direct | undefined;
  readonly #timeless: Timeless | undefined;
  /** Whether a call without options needs no look at them. */
  readonly #plain: boolean;
  /** Whether a refusal at the door is the end of the call. */
  readonly #final: boolean;
  /** Whether anything stands before the kernels: draining, shedding. */
  readonly #gated: boolean;

  constructor(core: PolicyCore) {
    const { shape, functions } = core;
    this.core = core;
    this.compiled = new Compiled(core);
    if (shape.coalesce) this.#coalesce = new Coalesce(this);
    if (Direct.serves(core)) this.#direct = new Direct(this.compiled);
    this.#plain = functions.totalMs === undefined && shape.rateLimiter?.perKey === undefined;
    this.#final = !core.waits && functions.fallback === undefined && shape.retry?.onRejection !== true;
    this.#gated = core.host.tracked || shape.shed === true;
    const ungated = this.#direct !== undefined && !this.#gated;
    if (ungated && Timeless.serves(core)) this.#timeless = new Timeless(this.compiled);
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
    const timeless = this.#timeless;
    if (timeless !== undefined && options === undefined && typeof operation === 'function') {
      const ticket = timeless.glance();
      if (ticket >= 0) return timeless.run(operation, ticket);
    }
    try {
      const totalMs = this.#check(operation, options);
      const nowMs = this.core.now();
      const code = this.#ask(options, nowMs);
      if (code < 0 && this.#final) return Promise.reject(this.#refuse(code, nowMs, options).error);
      const direct = this.#direct;
      if (direct !== undefined && code >= 0 && options?.signal === undefined && totalMs === NEVER) {
        if (code & T_HALF_OPENED) this.core.changes.halfOpened(nowMs);
        return direct.run(operation, options, code, nowMs);
      }
      return this.#begin(operation, options, 'result', totalMs, code, nowMs) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  outcomeOfOne<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<PolicyOutcome<T>> {
    try {
      const totalMs = this.#check(operation, options);
      const nowMs = this.core.now();
      const code = this.#ask(options, nowMs);
      if (code < 0 && this.#final) return Promise.resolve(this.#refuse(code, nowMs, options));
      return this.#begin(operation, options, 'outcome', totalMs, code, nowMs) as Promise<PolicyOutcome<T>>;
    } catch (error) {
      return Promise.resolve({ ok: false, error, rejected: false });
    }
  }

  tryAcquire(options?: ExecuteOptions): Permit | Refusal {
    const { core } = this;
    let permits = 1;
    if (options !== undefined || core.keys !== undefined) {
      checkNames(options);
      permits = checkPermits(core, options?.permits);
      checkPriority(options?.priority);
      core.keys?.use(options?.key);
    }
    const nowMs = core.now();
    const gate = this.#gated ? this.#gate(options) : 0;
    const code = gate !== 0 ? gate : core.admit(nowMs, permits);
    if (code < 0) return this.#refusal(core.refused(code, nowMs, permits, 0, options?.priority));
    if (code & T_HALF_OPENED) core.changes.halfOpened(nowMs);
    return new PermitHeld(core, code, nowMs);
  }

  #refusal(refused: Refused): Refusal {
    if (refused.code === R_GONE) throw refused.error;
    return refused;
  }

  acquire(options?: ExecuteOptions): Promise<Permit> {
    try {
      checkOptions(this.core, options, true);
      const nowMs = this.core.now();
      const code = this.#ask(options, nowMs);
      return this.#begin(undefined, options, 'permit', NEVER, code, nowMs) as Promise<Permit>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Checks what was given and tells the total timeout in ms. */
  #check(operation: unknown, options: ExecuteOptions | undefined): number {
    checkOperation(operation);
    const { core } = this;
    if (options !== undefined || !this.#plain) return checkOptions(core, options, false);
    return core.shape.timeout?.total ? core.slot.numbers.totalMs || NEVER : NEVER;
  }

  /** The first try: a ticket or who refuses. A caller that has left already gets its own reason. */
  #ask(options: ExecuteOptions | undefined, nowMs: number): number {
    options?.signal?.throwIfAborted();
    const gate = this.#gated ? this.#gate(options) : 0;
    return gate !== 0 ? gate : this.core.admit(nowMs, options?.permits ?? 1);
  }

  #gate(options: ExecuteOptions | undefined): number {
    const { core } = this;
    if (core.host.draining() && !core.host.admitted(options?.parent)) return R_DRAINING;
    // Its memory may be another policy's by now, with other thresholds.
    if (!core.shape.shed || !core.slot.lives) return 0;
    const level = core.host.level();
    if (level === 0) return 0;
    const { shedDegraded, shedSeverely, shedEmergency } = core.slot.numbers;
    const least = level === 1 ? shedDegraded : level === 2 ? shedSeverely : shedEmergency;
    return (options?.priority ?? DEFAULT_PRIORITY) < least ? R_SHED : 0;
  }

  /**
   * A call with a record. It stands apart from its callers since a function with a closure keeps on the heap what
   * that uses, from its first line on, and most calls make none.
   */
  #begin(
    operation: Operation<unknown> | undefined,
    options: ExecuteOptions | undefined,
    mode: CallMode,
    totalMs: number,
    code: number,
    nowMs: number,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = new Call(this.compiled, operation, options, mode, nowMs, resolve, reject);
      this.compiled.live?.add(call);
      if (totalMs < NEVER) {
        const more = call.needMore();
        more.totalMs = totalMs;
        more.totalAtMs = nowMs + totalMs;
        if (code < 0) call.rearm();
      }
      if (options?.signal !== undefined) joinSignal(options.signal, call);
      const plain = code >= 0 && this.compiled.plain && call.more === undefined && operation !== undefined;
      if (plain && (code & T_HALF_OPENED) === 0) startPlainly(call, code, nowMs);
      else call.admitted(code, nowMs);
    });
  }

  #refuse(code: number, nowMs: number, options: ExecuteOptions | undefined): Refused {
    this.core.count(COUNT_REJECTED);
    return this.core.refused(code, nowMs, options?.permits ?? 1, 0, options?.priority);
  }
}
