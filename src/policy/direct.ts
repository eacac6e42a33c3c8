// The short path: a call that was let through at once, of a policy that sets it
// no time, needs no record of its own. It follows its operation's promise, and
// what the operation asks of the context is made when it is asked. Where a failed
// attempt may be followed by another, a record takes over from there.

import { S_RELEASE, S_VERDICT, V_IGNORED, V_SUCCESS } from '../../assembly/layout.ts';
import { CALL_CHANNEL, publishCall } from '../base/diagnostics.ts';
import { follow } from '../base/native-promise.ts';
import { ENDED } from './attempt.ts';
import { Call } from './call.ts';
import { decided } from './call-verdict.ts';
import type { Compiled } from './compiled.ts';
import type { PolicyCore } from './core.ts';
import { DirectContext } from './direct-context.ts';
import { NO_OPEN_MS, verdictOf, WHOLE_CALL, whenAnswered } from './direct-outcome.ts';
import type { ExecuteOptions, Operation } from './types.ts';

export class Direct {
  readonly #compiled: Compiled;
  readonly #core: PolicyCore;

  /** Whether calls of a policy can take this path. */
  static serves({ shape, functions, host }: PolicyCore): boolean {
    const { fallback, openFor, shouldRetry } = functions;
    const shapers = [shape.timeout, shape.hedge, shape.chaos, fallback, openFor, shouldRetry];
    return !host.tracked && shapers.every((shaper) => shaper === undefined);
  }

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    this.#core = compiled.core;
  }

  /** Runs an admitted operation and settles it. */
  run<T>(
    operation: Operation<T>,
    options: ExecuteOptions | undefined,
    ticket: number,
    startMs: number,
  ): Promise<T> {
    this.#compiled.retry?.deposit(startMs);
    const end = (ok: boolean, outcome: unknown): unknown =>
      this.#end(operation, options, ticket, startMs, ok, outcome);
    let result: unknown;
    try {
      result = operation(new DirectContext(this.#core));
    } catch (error) {
      return whenAnswered(false, error, end) as Promise<T>;
    }
    const followed = follow(
      result,
      (value) => end(true, value),
      (error) => end(false, error),
    );
    return (followed ?? whenAnswered(true, result, end)) as Promise<T>;
  }

  #end(
    operation: Operation<unknown>,
    options: ExecuteOptions | undefined,
    ticket: number,
    startMs: number,
    ok: boolean,
    result: unknown,
  ): unknown {
    const core = this.#core;
    const verdict = verdictOf(core, ok, result, ticket, startMs);
    const nowMs = core.now();
    if (verdict !== V_SUCCESS && this.#compiled.retry !== undefined) {
      return this.#goOn(operation, options, ticket, startMs, ok, result, verdict, nowMs);
    }
    core.settle(ticket, startMs, nowMs, verdict, WHOLE_CALL, NO_OPEN_MS);
    const heard = verdict === V_SUCCESS ? this.#compiled.heard.success : this.#compiled.heard.failure;
    if (heard || CALL_CHANNEL.hasSubscribers) this.#tell(verdict, result, startMs, nowMs);
    if (ok) return result;
    throw result;
  }

  /** The first attempt was not the last, perhaps: the call goes on as one that has a record. */
  #goOn(
    operation: Operation<unknown>,
    options: ExecuteOptions | undefined,
    ticket: number,
    startMs: number,
    ok: boolean,
    result: unknown,
    verdict: number,
    nowMs: number,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = new Call(this.#compiled, operation, options, 'result', startMs, resolve, reject);
      call.ticket = ticket;
      call.attempts = 1;
      call.current = call;
      call.state = ENDED;
      decided(call, call, ok, result, verdict, NO_OPEN_MS, S_VERDICT | S_RELEASE, nowMs);
    });
  }

  #tell(verdict: number, result: unknown, startMs: number, nowMs: number): void {
    if (verdict === V_IGNORED) return;
    const { events, name } = this.#core;
    const facts = { policy: name, durationMs: nowMs - startMs, attempts: 1 };
    if (verdict === V_SUCCESS) events.emit('success', facts);
    else events.emit('failure', { ...facts, error: result });
    if (CALL_CHANNEL.hasSubscribers) publishCall(facts, verdict === V_SUCCESS, result);
  }
}
