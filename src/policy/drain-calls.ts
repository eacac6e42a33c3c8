// Letting calls under way in one thread come to their end, for a time.

import type { Clock } from '../base/clock.ts';
import { guardClock } from '../base/clock-guard.ts';
import { DrainingError } from '../base/errors.ts';
import { callbackTimer, timersOf } from '../base/timers.ts';
import { Policy } from './policy.ts';

/**
 * Waits until no call of these policies is under way in this thread, for `drainMs` at most; then aborts what is
 * left. Resolves to how many calls were aborted.
 */
export async function drainCalls(
  policies: readonly Policy[],
  clock: Clock,
  drainMs: number,
): Promise<number> {
  const live = policies.flatMap((policy) => Policy.executorOf(policy).compiled.live ?? []);
  const timers = timersOf(clock);
  let expire = () => {};
  const expired = new Promise<'expired'>((resolve) => {
    expire = () => resolve('expired');
  });
  const node = callbackTimer(() => expire());
  timers.arm(node, guardClock(clock).now() + drainMs);
  const idle = Promise.all(live.map((calls) => calls.idle()));
  await Promise.race([idle, expired]);
  timers.disarm(node);
  let aborted = 0;
  for (const calls of live) aborted += calls.abortAll(new DrainingError({}));
  return aborted;
}
