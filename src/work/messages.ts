// What travels between the main thread and a worker, through a port of their own.
//
//   to the worker    [TASKS, epoch, first number, kind, input, kind, input, …]
//                    [ABORT, number, reason as wire]
//   from the worker  [number, answer, value, duration in ms]
//
// Flat, since an array within an array costs a tenth of a microsecond; the tasks of a message have numbers one
// after the other. A kind is the place of the task's name among those that the thread has said it has. Where more
// is to be said of a task, its kind is told as `~kind`, or as a name that the thread has not said, and behind its
// input stand deadline, attempt, policy and what is carried along.

import type { RuntimeHandle } from '../policy/attached.ts';
import type { Task } from './task.ts';

export const TASKS = 0;
export const ABORT = 1;

/** Fields of a task in a message, and of one of which more is said. */
export const FIELDS = 2;
export const MORE_FIELDS = 6;

/** The message that brings tasks to a thread; `kinds` are the places of the names that it has said. */
export function tasksMessage(
  epoch: number,
  firstNumber: number,
  tasks: readonly Task[],
  kinds: ReadonlyMap<string, number>,
): unknown[] {
  const message: unknown[] = [TASKS, epoch, firstNumber];
  for (const { kind, input, deadlineMs, attempt, compartment, carried } of tasks) {
    const place = kinds.get(kind.name);
    const plain = deadlineMs === 0 && attempt === 1 && compartment.name === '' && carried === undefined;
    if (plain && place !== undefined) message.push(place, input);
    else {
      const told = place === undefined ? kind.name : ~place;
      message.push(told, input, deadlineMs, attempt, compartment.name, carried);
    }
  }
  return message;
}

/** How a task ended. */
export const RETURNED = 0;
export const THREW = 1;
/** Its deadline was over before it could begin. */
export const LATE = 2;
/** No task has ended: a message could not be read. */
export const UNREADABLE = 3;

/** Tasks that may be on their way to one thread. */
export const MOST_TASKS = 256;

/** What a lane is started with. */
export interface LaneStart {
  port: unknown;
  board: Int32Array;
  handle: RuntimeHandle;
  /** URL of the tasks module. */
  tasks: string;
  /** Names of error classes that keep their class. */
  errors: readonly string[];
  /** URL of the module that carries a context along. */
  context: string | undefined;
}

/** What a lane says when it is ready, or why it cannot be: `failed` is an error's wire form. */
export type LaneReady = { threadId: number; names: string[] } | { threadId: number; failed: unknown };

/** One answer: the number of its task, how that ended, with what, and how long it took in ms. */
export type Answer = [number: number, kind: number, value: unknown, ms: number];

/** Whether what came is an answer. */
export function isAnswer(message: unknown): message is Answer {
  if (!Array.isArray(message) || message.length !== 4) return false;
  const kind: unknown = message[1];
  const ms: unknown = message[3];
  if (typeof message[0] !== 'number' || typeof ms !== 'number' || !(ms >= 0)) return false;
  return kind === RETURNED || kind === THREW || kind === LATE || kind === UNREADABLE;
}
