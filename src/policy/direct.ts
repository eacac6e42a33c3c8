// The short path: a call that was let through at once, of a policy that sets it
// no time, needs no record of its own. It is one async function, and what its
// operation asks of the context is made when it is asked. Where a failed attempt
// may be followed by another, a record takes over from there.

import {
  BREAKER_CONTROL,
  BREAKER_STATE,
  F_BREAKER,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { CALL_CHANNEL, publishCall } from '../base/diagnostics.ts';
import { ENDED } from './attempt.ts';
import { Call } from './call.ts';
import { decided } from './call-verdict.ts';
import type { Compiled } from './compiled.ts';
import type { PolicyCore } from './core.ts';
import { judge } from './judge.ts';
import type { CallContext, ExecuteOptions, Operation } from './types.ts';

const ALL = S_VERDICT | S_RELEASE | S_CALL;
const NONE = -1;

class DirectContext implements CallContext {
  readonly #core: PolicyCore;
  #signal: AbortSignal | undefined;

  constructor(core: PolicyCore) {
    this.#core = core;
  }

  get attempt(): number {
    return 1;
  }

  get remainingMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  get policy(): string {
    return this.#core.name;
  }

  get signal(): AbortSignal {
    this.#signal ??= new AbortController().signal;
    return this.#signal;
  }
}

export class Direct {
  readonly #compiled: Compiled;
  readonly #core: PolicyCore;
  readonly #timeless: boolean;
  readonly #stateWord: number;
  readonly #controlWord: number;

  /** Whether calls of a policy can take this path. */
  static serves({ shape, functions, host }: PolicyCore): boolean {
    const { fallback, openFor, shouldRetry } = functions;
    const shapers = [shape.timeout, shape.hedge, shape.chaos, fallback, openFor, shouldRetry];
    return !host.tracked && shapers.every((shaper) => shaper === undefined);
  }

  constructor(compiled: Compiled) {
    const { core } = compiled;
    this.#compiled = compiled;
    this.#core = core;
    const { circuitBreaker: breaker, retry } = core.shape;
    const simple = core.slot.features === F_BREAKER && retry === undefined;
    this.#timeless = simple && breaker?.kind === 'consecutive' && !breaker.slow;
    // The upper half of the state word: generation, state, and the top of the payload.
    this.#stateWord = (core.at + BREAKER_STATE + 4) >> 2;
    this.#controlWord = (core.at + BREAKER_CONTROL) >> 2;
  }

  /**
   * A ticket without asking kernel or clock, for a closed breaker that does nothing but count failures in a
   * row; NONE when it takes more than a look.
   */
  glance(): number {
    if (!this.#timeless || this.#compiled.heard.success || this.#compiled.heard.failure) return NONE;
    if (CALL_CHANNEL.hasSubscribers || !this.#core.slot.lives) return NONE;
    const { i32 } = this.#core.slot.plane;
    const word = Atomics.load(i32, this.#stateWord);
    if (((word >>> 4) & 7) !== 0 || Atomics.load(i32, this.#controlWord) !== 0) return NONE;
    return (word >>> 7) & 0xffffff;
  }

  /** Runs an operation on a ticket that `glance` gave: its time is taken only if it fails. */
  async runTimeless<T>(operation: Operation<T>, ticket: number): Promise<T> {
    const core = this.#core;
    let result: unknown;
    let ok = true;
    try {
      result = operation(new DirectContext(core));
      if (isObject(result)) result = await result;
    } catch (error) {
      ok = false;
      result = error;
    }
    const verdict = this.#judge(ok, result, ticket, 0);
    if (verdict === V_SUCCESS) core.settle(ticket, 0, 0, V_SUCCESS, S_VERDICT, NONE);
    else {
      const nowMs = core.now();
      core.settle(ticket, nowMs, nowMs, verdict, S_VERDICT, NONE);
    }
    if (ok) return result as T;
    throw result;
  }

  /** Runs an admitted operation and settles it. */
  async run<T>(
    operation: Operation<T>,
    options: ExecuteOptions | undefined,
    ticket: number,
    startMs: number,
  ): Promise<T> {
    const core = this.#core;
    this.#compiled.retry?.deposit(startMs);
    let result: unknown;
    let ok = true;
    try {
      result = operation(new DirectContext(core));
      if (isObject(result)) result = await result;
    } catch (error) {
      ok = false;
      result = error;
    }
    const verdict = this.#judge(ok, result, ticket, startMs);
    const nowMs = core.now();
    if (verdict !== V_SUCCESS && this.#compiled.retry !== undefined) {
      return this.#goOn(operation, options, ticket, startMs, ok, result, verdict, nowMs);
    }
    core.settle(ticket, startMs, nowMs, verdict, ALL, NONE);
    this.#tell(verdict, result, startMs, nowMs);
    if (ok) return result as T;
    throw result;
  }

  /** The first attempt was not the last, perhaps: the call goes on as one that has a record. */
  #goOn<T>(
    operation: Operation<T>,
    options: ExecuteOptions | undefined,
    ticket: number,
    startMs: number,
    ok: boolean,
    result: unknown,
    verdict: number,
    nowMs: number,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const call = new Call(
        this.#compiled,
        operation,
        options,
        'result',
        startMs,
        resolve as (value: unknown) => void,
        reject,
      );
      call.ticket = ticket;
      call.attempts = 1;
      call.current = call;
      call.state = ENDED;
      decided(call, call, ok, result, verdict, NONE, S_VERDICT | S_RELEASE, nowMs);
    });
  }

  /** What a predicate throws goes to the caller, and the outcome is ignored. */
  #judge(ok: boolean, result: unknown, ticket: number, startMs: number): number {
    const { functions } = this.#core;
    if (ok && functions.isFailure === undefined && functions.isIgnored === undefined) return V_SUCCESS;
    try {
      return judge(functions, ok, result);
    } catch (error) {
      this.#core.settle(ticket, startMs, this.#core.now(), V_IGNORED, ALL, NONE);
      throw error;
    }
  }

  #tell(verdict: number, result: unknown, startMs: number, nowMs: number): void {
    const { events, name } = this.#core;
    const facts = { policy: name, durationMs: nowMs - startMs, attempts: 1 };
    if (verdict === V_SUCCESS) {
      if (events.heard.success) events.emit('success', facts);
    } else if (verdict !== V_IGNORED && events.heard.failure)
      events.emit('failure', { ...facts, error: result });
    if (CALL_CHANNEL.hasSubscribers && verdict !== V_IGNORED)
      publishCall(facts, verdict === V_SUCCESS, result);
  }
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
