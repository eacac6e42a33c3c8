// The modules of the user's that a worker loads.

import { TaskModuleError, UnknownTaskError } from '../base/errors.ts';
import type { TaskContext } from './tasks.ts';

type Task = (input: unknown, context: TaskContext) => unknown;
type Carry = (value: unknown, run: () => unknown) => unknown;

/** The tasks of a module, and what carries a context to them. */
export interface LoadedTasks {
  readonly url: string;
  readonly names: string[];
  /** Throws an `UnknownTaskError`, and whatever the task throws. */
  call(name: string, input: unknown, context: TaskContext, carried: unknown): unknown;
}

/** Loads tasks. Rejects with a `TaskModuleError` that names the module that is to blame. */
export async function loadTasks(url: string, contextUrl: string | undefined): Promise<LoadedTasks> {
  const exports = await load(url);
  const tasks = new Map<string, Task>();
  // Only what the module itself exports: no `toString`, no `__proto__`.
  for (const name of Object.keys(exports)) {
    if (typeof exports[name] === 'function') tasks.set(name, exports[name] as Task);
  }
  if (tasks.size === 0) throw new TaskModuleError({ url, reason: 'it exports no function' });
  const carry = contextUrl === undefined ? undefined : (await loadContext(contextUrl)).run;
  const taskOf = (name: string): Task => {
    const task = tasks.get(name);
    if (task === undefined) throw new UnknownTaskError({ task: name, known: tasks.keys() });
    return task;
  };
  return {
    url,
    names: [...tasks.keys()],
    call(name, input, context, carried) {
      const task = taskOf(name);
      return carry === undefined ? task(input, context) : carry(carried, () => task(input, context));
    },
  };
}

/** Loads a module of `capture` and `run`. Rejects with a `TaskModuleError`. */
export async function loadContext(url: string): Promise<{ capture: () => unknown; run: Carry }> {
  const { capture, run } = await load(url);
  if (typeof capture === 'function' && typeof run === 'function') {
    return { capture: capture as () => unknown, run: run as Carry };
  }
  throw new TaskModuleError({ url, reason: 'it does not export the functions capture() and run(value, fn)' });
}

async function load(url: string): Promise<Record<string, unknown>> {
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new TaskModuleError({ url, reason: `loading it ended in ${reason}`, cause });
  }
}
