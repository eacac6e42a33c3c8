import {
  createHoldfast,
  type Holdfast,
  type HoldfastOptions,
  tasksOf,
  type WorkersOptions,
} from '../../src/index.ts';

export type Tasks = typeof import('./tasks.ts');

export const tasks = tasksOf<Tasks>(new URL('./tasks.ts', import.meta.url));

/** A runtime that has started, with threads for the tasks of `tasks.ts`: one, unless told otherwise. */
export async function given(
  workers: Partial<WorkersOptions> = {},
  options: HoldfastOptions = {},
): Promise<Holdfast<string, Tasks>> {
  const holdfast = createHoldfast({
    memory: { policies: 8, threads: 32, keys: 0 },
    ...options,
    workers: { tasks, maxThreads: 1, ...workers },
  });
  await holdfast.start();
  return holdfast as Holdfast<string, Tasks>;
}

/** Words that threads and this one share. */
export function words(count = 16): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * 4));
}

/** Resolves once a word has reached a value; other threads set it. */
export async function reached(shared: Int32Array, index: number, value: number): Promise<void> {
  while (Atomics.load(shared, index) < value) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Lets a `gate` task end. */
export function open(shared: Int32Array): void {
  Atomics.store(shared, 1, 1);
  Atomics.notify(shared, 1);
}

/** What a promise was rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('it was fulfilled');
}
