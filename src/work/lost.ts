// What a task is told that was not run to its end, or whose result did not come.

import { PoisonedTaskError, TaskModuleError, TimeoutError, WorkerLostError } from '../base/errors.ts';
import type { Loss } from './loss.ts';
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

/** The main thread's own timer for it has not fired yet, or it would have been taken back. */
export function lateError({ policy, kind }: Task): TimeoutError {
  return new TimeoutError({ policy, scope: 'task', timeoutMs: 0, name: kind.name });
}

export function unreadableError({ kind }: Task, url: string): TaskModuleError {
  return new TaskModuleError({ url, reason: `task "${kind.name}" returned what cannot be cloned` });
}
