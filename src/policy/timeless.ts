// The shortest path: a closed breaker that does nothing but count failures in a row asks neither kernel nor clock
// before a call, and after it only where it fails. All calls of one generation share the two functions that end
// them, so that a call makes nothing but its context and its promise.

import { BREAKER_CONTROL, BREAKER_STATE, F_BREAKER, S_VERDICT, V_SUCCESS } from '../../assembly/layout.ts';
import { CALL_CHANNEL } from '../base/diagnostics.ts';
import { follow } from '../base/native-promise.ts';
import type { Compiled } from './compiled.ts';
import type { PolicyCore } from './core.ts';
import { DirectContext } from './direct-context.ts';
import { NO_OPEN_MS, verdictOf, whenAnswered } from './direct-outcome.ts';
import type { Operation } from './types.ts';

/** No ticket: more than a look is needed. */
const NONE = -1;

/** Calls that need no time of their own. */
export class Timeless {
  readonly #core: PolicyCore;
  readonly #heard: Compiled['heard'];
  readonly #stateWord: number;
  readonly #controlWord: number;
  #ticket = NONE;
  #fulfilled!: (value: unknown) => unknown;
  #rejected!: (error: unknown) => unknown;

  /** Whether calls of a policy can take this path. */
  static serves({ slot, shape }: PolicyCore): boolean {
    const { circuitBreaker: breaker, retry } = shape;
    const simple = slot.features === F_BREAKER && retry === undefined;
    return simple && breaker?.kind === 'consecutive' && !breaker.slow;
  }

  constructor({ core, heard }: Compiled) {
    this.#core = core;
    this.#heard = heard;
    // The upper half of the state word: generation, state, and the top of the payload.
    this.#stateWord = (core.at + BREAKER_STATE + 4) >> 2;
    this.#controlWord = (core.at + BREAKER_CONTROL) >> 2;
  }

  /**
   * A ticket of the closed circuit, or NONE. Plain reads, which cost a tenth of atomic ones: each word is whole, nothing
   * else is read on the strength of it, and a policy without a runtime, as all of these are, is changed by this thread
   * alone.
   */
  glance(): number {
    if (this.#heard.success || this.#heard.failure || CALL_CHANNEL.hasSubscribers) return NONE;
    const { slot } = this.#core;
    if (!slot.lives) return NONE;
    const { i32 } = slot.plane;
    const word = i32[this.#stateWord];
    if (((word >>> 4) & 7) !== 0 || i32[this.#controlWord] !== 0) return NONE;
    return (word >>> 7) & 0xffffff;
  }

  /** Runs an operation on a ticket that `glance` gave. */
  run<T>(operation: Operation<T>, ticket: number): Promise<T> {
    let result: unknown;
    try {
      result = operation(new DirectContext(this.#core));
    } catch (error) {
      return whenAnswered(false, error, (ok, outcome) => this.#end(ticket, ok, outcome)) as Promise<T>;
    }
    if (ticket !== this.#ticket) this.#shareEnds(ticket);
    const followed = follow(result, this.#fulfilled, this.#rejected) as Promise<T> | undefined;
    return (
      followed ?? (whenAnswered(true, result, (ok, outcome) => this.#end(ticket, ok, outcome)) as Promise<T>)
    );
  }

  /** Makes the two functions in which all calls with this ticket end. */
  #shareEnds(ticket: number): void {
    this.#ticket = ticket;
    this.#fulfilled = (value) => this.#end(ticket, true, value);
    this.#rejected = (error) => this.#end(ticket, false, error);
  }

  #end(ticket: number, ok: boolean, result: unknown): unknown {
    const core = this.#core;
    const verdict = verdictOf(core, ok, result, ticket, 0);
    if (verdict === V_SUCCESS) core.settle(ticket, 0, 0, V_SUCCESS, S_VERDICT, NO_OPEN_MS);
    else {
      const nowMs = core.now();
      core.settle(ticket, nowMs, nowMs, verdict, S_VERDICT, NO_OPEN_MS);
    }
    if (ok) return result;
    throw result;
  }
}
