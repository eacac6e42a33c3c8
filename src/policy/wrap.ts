/**
 * One policy inside another: an order of protections that one policy cannot have.
 *
 *     const guarded = wrap(policy({ bulkhead }), policy({ retry, circuitBreaker }));
 *
 * A call of the outer policy is a call of the inner one, which runs the
 * operation. So the inner policy is asked once for each attempt of the outer
 * one, its result is judged by the outer, and its refusal is the outer's neither
 * success nor failure. Options of a call go to both, but `timeoutMs`, which
 * limits the whole call, and `signal`, which reaches the inner one through the
 * outer's context.
 */

import { DISPOSE } from '../base/dispose.ts';
import type { Listener, ListenOptions, Subscription } from '../base/events.ts';
import { refuseValue } from '../base/options.ts';
import type { PolicyEvents } from './events.ts';
import { NestedContext } from './nested-context.ts';
import type { CallContext, ExecuteOptions, Operation, Permit, PolicyOutcome, Refusal } from './types.ts';
import { acquireBoth, tryAcquireBoth } from './wrap-permit.ts';

/** What a policy and a wrapped one have in common. */
export interface AnyPolicy extends Disposable {
  readonly name: string;
  execute<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<T>;
  executeOutcome<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<PolicyOutcome<T>>;
  tryAcquire(options?: ExecuteOptions): Permit | Refusal;
  acquire(options?: ExecuteOptions): Promise<Permit>;
  on<Name extends keyof PolicyEvents>(
    event: Name,
    listener: Listener<PolicyEvents[Name]>,
    options?: ListenOptions,
  ): Subscription;
  dispose(): void;
}

/**
 * Wraps `inner` in `outer`. Either may itself be wrapped. Throws an `OptionsError` for what is no policy.
 *
 * - `name` is both names, outermost first: `gate > send`.
 * - `execute` and `executeOutcome` protect the operation by both; its context is the inner policy's, with the nearest
 *   timeout of both. An outcome is `rejected` when either refused and the operation never ran.
 * - `tryAcquire` and `acquire` give one permit for both. When the inner policy refuses, what the outer gave is given
 *   back: slot, trial, and tokens. While `acquire` waits for the inner one it holds the outer's permit.
 * - `on` hears the events of both; `policy` in each says whose it is.
 * - `dispose` ends what listens through it. The policies stay: others may use them, and who made them disposes of
 *   them. Their parts, `update` and snapshots are each policy's own.
 */
export function wrap(outer: AnyPolicy, inner: AnyPolicy): AnyPolicy {
  checkPolicy('wrap.outer', outer);
  checkPolicy('wrap.inner', inner);
  const subscriptions = new Set<Subscription>();

  function execute<T>(operation: Operation<T>, options?: ExecuteOptions): Promise<T> {
    if (typeof operation !== 'function') return inner.execute(operation, options);
    return outer.execute(
      (context) => inner.execute(within(context, operation), inside(context, options)),
      options,
    );
  }

  async function executeOutcome<T>(
    operation: Operation<T>,
    options?: ExecuteOptions,
  ): Promise<PolicyOutcome<T>> {
    if (typeof operation !== 'function') return inner.executeOutcome(operation, options);
    let ran = false;
    let refusal: unknown;
    const outcome = await outer.executeOutcome(async (context: CallContext) => {
      const nested = within(context, operation);
      const run: Operation<T> = (own) => {
        ran = true;
        return nested(own);
      };
      const answer = await inner.executeOutcome(run, inside(context, options));
      if (answer.ok) return answer.value;
      if (answer.rejected) refusal = answer.error;
      throw answer.error;
    }, options);
    if (ran || refusal === undefined || outcome.ok || outcome.error !== refusal) return outcome;
    return { ok: false, error: outcome.error, rejected: true };
  }

  function on<Name extends keyof PolicyEvents>(
    event: Name,
    listener: Listener<PolicyEvents[Name]>,
    options: ListenOptions = {},
  ): Subscription {
    const { once = false, signal } = options;
    const heard: Listener<PolicyEvents[Name]> = once
      ? (facts) => {
          dispose();
          return listener(facts);
        }
      : listener;
    const both = [outer.on(event, heard, { signal }), inner.on(event, heard, { signal })];
    const dispose = () => {
      for (const subscription of both) subscription.dispose();
      subscriptions.delete(subscription);
    };
    const subscription: Subscription = { dispose, [DISPOSE]: dispose };
    subscriptions.add(subscription);
    return subscription;
  }

  function dispose(): void {
    for (const subscription of subscriptions) subscription.dispose();
  }

  return {
    name: [outer.name, inner.name].filter((name) => name !== '').join(' > '),
    execute,
    executeOutcome,
    tryAcquire: (options) => tryAcquireBoth(outer, inner, options),
    acquire: (options) => acquireBoth(outer, inner, options),
    on,
    dispose,
    [DISPOSE]: dispose,
  };
}

/** The options of the inner call. Who comes with no parent has one now: the call that was admitted outside. */
function inside(context: CallContext, options: ExecuteOptions | undefined): ExecuteOptions {
  return { ...options, signal: context.signal, timeoutMs: undefined, parent: options?.parent ?? context };
}

function within<T>(outer: CallContext, operation: Operation<T>): Operation<T> {
  if (outer.remainingMs === Number.POSITIVE_INFINITY) return operation;
  return (inner) => operation(new NestedContext(outer, inner));
}

function checkPolicy(path: string, value: unknown): void {
  const { execute, tryAcquire } = (value ?? {}) as Partial<AnyPolicy>;
  if (typeof execute !== 'function' || typeof tryAcquire !== 'function') refuseValue(path, 'a policy', value);
}
