// Tasks: plain functions exported by a module that worker threads load.

import { readSafely, refuseValue } from '../base/options.ts';
import type { TaskManager } from './task-manager.ts';

const TASKS = Symbol.for('holdfast.tasksOf');

/** What a task is told besides its input. */
export interface TaskContext {
  /** Aborted when the caller aborts or the task's time is up; seen by tasks that let their event loop turn. */
  readonly signal: AbortSignal;
  /** The same as a word in shared memory: a busy loop can read it, for about 4 ns a time. */
  readonly aborted: boolean;
  /** Which attempt of the call this is, from 1. */
  readonly attempt: number;
  /** What is left of the nearest timeout, in ms; Infinity without one. */
  readonly remainingMs: number;
  /** The name of the policy the task was offloaded under; '' for none. */
  readonly policy: string;
  /** A narrow part of the runtime's manager; for what is not in the shared memory. */
  readonly manager: TaskManager;
}

type AnyTask = (input: never, context: TaskContext) => unknown;

/** A module of tasks by its URL; `Module` is known to the compiler only. */
export interface TasksModule<Module = Record<string, AnyTask>> {
  readonly [TASKS]: string;
  readonly module?: Module;
}

/** Names of the functions that a module exports. */
export type TaskNames<Module> = {
  [Name in keyof Module]: Module[Name] extends AnyTask ? Name : never;
}[keyof Module] &
  string;

/** What a task takes; a task without parameters takes nothing. */
export type TaskInput<Task> = Task extends (...parameters: infer Parameters) => unknown
  ? Parameters extends [infer Input, ...unknown[]]
    ? Input
    : Parameters extends [(infer Input)?, ...unknown[]]
      ? Input | undefined
      : undefined
  : never;

/** What follows a task's name: its input, unless it takes none, and options. */
export type TaskArguments<Task, Options> =
  undefined extends TaskInput<Task>
    ? [input?: TaskInput<Task>, options?: Options]
    : [input: TaskInput<Task>, options?: Options];

/** The tasks that a runtime's options name. */
export type TasksIn<Options> = Options extends { workers: { tasks: TasksModule<infer Module> } }
  ? Module
  : Record<string, never>;

/** What offloading a task gives. */
export type TaskResult<Task> = Task extends (...parameters: never[]) => infer Result
  ? Awaited<Result>
  : never;

/**
 * Says where tasks come from: `tasksOf<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))`.
 * The module is loaded by worker threads only. Its own exports that are functions are tasks.
 */
export function tasksOf<Module>(url: URL | string): TasksModule<Module> {
  const text = readSafely('tasksOf(url)', () => (url instanceof URL ? url.href : url));
  if (typeof text !== 'string' || !URL.canParse(text)) {
    refuseValue('tasksOf(url)', 'a URL, as new URL("./tasks.js", import.meta.url)', url);
  }
  return { [TASKS]: text };
}

/** The URL of a module of tasks; undefined for anything else. */
export function urlOfTasks(tasks: unknown): string | undefined {
  const url = (tasks as { [TASKS]?: unknown } | null | undefined)?.[TASKS];
  return typeof url === 'string' ? url : undefined;
}
