// The modules of the user's that a worker loads.

import { TaskModuleError, UnknownTaskError } from '../base/errors.ts';
import type { TaskContext } from './tasks.ts';

type Task = (input: unknown, context: TaskContext) => unknown;
type Carry = (value: unknown, run: () => unknown) => unknown;

/** The tasks of a module, and what carries a context to them. */
export interface LoadedTasks {
  readonly url: string;
  readonly names: string[];
  /** Calls one by its place in `names`. Throws an `UnknownTaskError`, and whatever the task throws. */
  call(place: number, input: unknown, context: TaskContext, carried: unknown): unknown;
  /** Refuses a name that is not among them: throws an `UnknownTaskError`. */
  refuse(name: string): never;
}

/** Loads tasks. Rejects with a `TaskModuleError` that names the module that is to blame. */
export async function loadTasks(url: string, contextUrl: string | undefined): Promise<LoadedTasks> {
  const exports = await load(url);
  // Only what the module itself exports: no `toString`, no `__proto__`.
  const names = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
  const tasks = names.map((name) => exports[name] as Task);
  if (tasks.length === 0) throw new TaskModuleError({ url, reason: 'it exports no function' });
  const carry = contextUrl === undefined ? undefined : (await loadContext(contextUrl)).run;
  return {
    url,
    names,
    refuse(name) {
      throw new UnknownTaskError({ task: name, known: names });
    },
    call(place, input, context, carried) {
      const task = tasks[place];
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
