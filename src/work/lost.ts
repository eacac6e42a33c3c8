// What a task is told whose thread was lost.

import { PoisonedTaskError, WorkerLostError } from '../base/errors.ts';
import type { Loss } from './lane.ts';
import type { Task } from './task.ts';
import type { TaskKind } from './task-kind.ts';

/** Whether a task may be given another thread at all. What was transferred is gone with the thread. */
export function mayRunAgain({ aborted, crashes, facts }: Task, maxCrashes: number): boolean {
  return !aborted && crashes < maxCrashes && facts.transfer === undefined;
}

export function poisoned(
  { name }: TaskKind,
  policy: string | undefined,
  crashes: number,
  retryAfterMs?: number,
): PoisonedTaskError {
  return new PoisonedTaskError({ policy, task: name, crashes, retryAfterMs });
}

/** One that would have been run again, but for its crashes, is poison; any other was lost. */
export function lostError(task: Task, { reason, cause }: Loss, maxCrashes: number): Error {
  const { kind, policy, facts } = task;
  const crashes = Math.max(task.crashes, kind.crashes);
  if (facts.idempotent && task.crashes > 0 && crashes >= maxCrashes) return poisoned(kind, policy, crashes);
  return new WorkerLostError({ policy, task: kind.name, reason, cause });
}
