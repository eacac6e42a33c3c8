// Chaos that strikes the thread a task is about to run on.

import { Policy } from '../policy/policy.ts';
import { mayStrikeThread } from '../policy/thread-chaos.ts';
import type { CallContext } from '../policy/types.ts';
import { holdfast } from './worker-runtime.ts';

/** The thread may end here, or stand still for a while; one look at a flag where no experiment may strike it. */
export function strikeBefore(policy: string, context: CallContext): void {
  if (!mayStrikeThread() || policy === '') return;
  try {
    Policy.executorOf(holdfast.policy(policy)).compiled.chaos?.strikeTask(context);
  } catch {
    // A policy that cannot be used in this thread strikes nobody here.
  }
}
