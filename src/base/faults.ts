// What goes wrong while something runs, is started or is looked up.

import { HoldfastError, nameError } from './holdfast-error.ts';
import { didYouMean } from './nearest.ts';
import { show } from './show.ts';

/** What ran out of time: one attempt, a whole call, a task on a worker, a step of the runtime's own, or an answer of another thread's. */
export type TimeoutScope = 'attempt' | 'total' | 'task' | 'start' | 'stop' | 'check' | 'answer';

const spokenScopes: Record<TimeoutScope, string> = {
  attempt: 'attempt',
  total: 'whole call',
  task: 'task',
  start: 'start',
  stop: 'stop',
  check: 'check',
  answer: 'answer',
};

/** Something took longer than it was given. What it was doing may still go on. */
export class TimeoutError extends HoldfastError {
  declare readonly scope: TimeoutScope;
  /** What it was given, in ms. */
  declare readonly timeoutMs: number;

  /** `name`, for what no policy guards: the component, check or task that took too long. */
  constructor(facts: { policy?: string; scope: TimeoutScope; timeoutMs: number; name?: string }) {
    const { policy, scope, timeoutMs, name } = facts;
    const who = policy === undefined ? (name ?? 'timeout') : `${policy}/timeout`;
    super(
      `${who}: ${spokenScopes[scope]} took longer than ${timeoutMs} ms`,
      { code: 'HF_TIMEOUT', policy },
      false,
    );
    this.scope = scope;
    this.timeoutMs = timeoutMs;
  }
}

/** The thread on which the task ran is gone, and nobody knows how far the task had come. */
export class WorkerLostError extends HoldfastError {
  /** The task that was running, if one was. */
  declare readonly task: string | undefined;

  /** `reason`: what happened to the thread, as a clause ("it ran out of memory"). */
  constructor(facts: { policy?: string; task?: string; reason: string; cause?: unknown }) {
    const { policy, task, reason, cause } = facts;
    const what = task === undefined ? 'worker' : `worker running "${task}"`;
    super(
      `${prefix(policy)}workers: ${what} was lost; ${reason}`,
      { code: 'HF_WORKER_LOST', policy, cause },
      false,
    );
    this.task = task;
  }
}

/** No function of this name is exported by the tasks module. */
export class UnknownTaskError extends HoldfastError {
  declare readonly task: string;

  /** `known`: the names that there are; the nearest is suggested. */
  constructor({ task, known = [] }: { task: string; known?: Iterable<string> }) {
    super(`workers: no task is called ${called(task, known)}`, { code: 'HF_UNKNOWN_TASK' });
    this.task = nameOf(task);
  }
}

/** The tasks module, or another module that workers load, could not be loaded or is not what it should be. */
export class TaskModuleError extends HoldfastError {
  declare readonly url: string;

  /** `reason`: what is wrong with it, as a clause ("it exports no function"). */
  constructor({ url, reason, cause }: { url: string; reason: string; cause?: unknown }) {
    super(`workers: ${url} cannot be used; ${reason}`, { code: 'HF_TASK_MODULE', cause });
    this.url = url;
  }
}

/** No policy of this name is defined. */
export class UnknownPolicyError extends HoldfastError {
  /** `known`: the names that there are; the nearest is suggested. */
  constructor({ policy, known = [] }: { policy: string; known?: Iterable<string> }) {
    super(`no policy is called ${called(policy, known)}`, {
      code: 'HF_UNKNOWN_POLICY',
      policy: nameOf(policy),
    });
  }
}

/** A failure that chaos made up. */
export class ChaosError extends HoldfastError {
  constructor({ policy }: { policy?: string } = {}) {
    super(`${prefix(policy)}chaos: failure was injected`, { code: 'HF_CHAOS', policy });
  }
}

nameError(TimeoutError, 'TimeoutError');
nameError(WorkerLostError, 'WorkerLostError');
nameError(UnknownTaskError, 'UnknownTaskError');
nameError(TaskModuleError, 'TaskModuleError');
nameError(UnknownPolicyError, 'UnknownPolicyError');
nameError(ChaosError, 'ChaosError');

// Who is not held to types asks for anything at all by name.
function called(name: unknown, known: Iterable<string>): string {
  return typeof name === 'string' ? `${show(name)}${didYouMean(name, known)}` : show(name);
}

function nameOf(name: unknown): string {
  return typeof name === 'string' ? name : show(name);
}

function prefix(policy: string | undefined): string {
  return policy === undefined ? '' : `${policy}/`;
}
