// What travels between the main thread and a worker, through a port of their own.
//
//   to the worker    [TASKS, epoch, first number, name, input, deadline, attempt, policy, carried,  name, …]
//                    [ABORT, number, reason as wire]
//   from the worker  [number, answer, value, duration in ms]
//
// Flat, since an array within an array costs a tenth of a microsecond; the tasks of a message have numbers one
// after the other.

import type { RuntimeHandle } from '../policy/attached.ts';

export const TASKS = 0;
export const ABORT = 1;

/** Fields of one task in a message. */
export const FIELDS = 6;

/** How a task ended. */
export const RETURNED = 0;
export const THREW = 1;
/** Its deadline was over before it could begin. */
export const LATE = 2;

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

/** One answer, checked. */
export interface Answer {
  number: number;
  kind: number;
  value: unknown;
  ms: number;
}

/** An answer as it came, or undefined when it is none. */
export function readAnswer(message: unknown): Answer | undefined {
  if (!Array.isArray(message) || message.length !== 4) return undefined;
  const number: unknown = message[0];
  const kind: unknown = message[1];
  const ms: unknown = message[3];
  if (typeof number !== 'number' || typeof ms !== 'number' || !(ms >= 0)) return undefined;
  if (kind !== RETURNED && kind !== THREW && kind !== LATE) return undefined;
  return { number, kind, value: message[2], ms };
}
