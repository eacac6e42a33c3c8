// No step of the runtime may take for ever: each has a deadline, and its error names the step.

import type { Clock } from './clock.ts';
import { guardClock } from './clock-guard.ts';
import { TimeoutError, type TimeoutScope } from './errors.ts';
import { linkSignal } from './signals.ts';
import { backgroundTimersOf, callbackTimer, timersOf } from './timers.ts';

export interface Deadline {
  clock: Clock;
  /** How long the step may take, in ms; Infinity for as long as it likes. */
  timeoutMs: number;
  scope: TimeoutScope;
  /** Whose step it is. */
  name: string;
  /** Whether waiting for it keeps no process alive. */
  background?: boolean;
  /** Aborts the step's signal too: the step is no longer wanted, and may end at once or go on to its deadline. */
  wanted?: AbortSignal;
  /** Told of the step's own end when that comes after the deadline. */
  late?: (ok: boolean) => void;
}

/**
 * Runs a step and gives its result; rejects with a `TimeoutError` when it takes too long, and aborts the signal
 * that it was given. What a step that was too late gives or throws goes nowhere but to `late`.
 */
export function withDeadline<T>(
  deadline: Deadline,
  step: (signal: AbortSignal) => T | PromiseLike<T>,
): Promise<T> {
  const { clock, timeoutMs, scope, name, background = false, wanted, late } = deadline;
  const controller = new AbortController();
  const timers = background ? backgroundTimersOf(clock) : timersOf(clock);
  return new Promise<T>((resolve, reject) => {
    let expired = false;
    const node = callbackTimer(() => {
      expired = true;
      const error = new TimeoutError({ scope, timeoutMs, name });
      reject(error);
      controller.abort(error);
    });
    if (timeoutMs < Number.POSITIVE_INFINITY) timers.arm(node, guardClock(clock).now() + timeoutMs);
    const unlink = wanted === undefined ? () => {} : linkSignal(wanted, (reason) => controller.abort(reason));
    const ended = (ok: boolean, settle: () => void) => {
      unlink();
      if (expired) return late?.(ok);
      timers.disarm(node);
      settle();
    };
    new Promise<T>((done) => done(step(controller.signal))).then(
      (value) => ended(true, () => resolve(value)),
      (error) => ended(false, () => reject(error)),
    );
  });
}
