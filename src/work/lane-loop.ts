// A worker's loop: takes tasks as they come, runs one at a time, posts each answer before the next one begins.

import { fromWire, toWire } from '../base/error-wire.ts';
import { TaskModuleError } from '../base/errors.ts';
import { threadNow } from '../base/thread-time.ts';
import { type Board, claim, recalledEpoch } from './board.ts';
import { classesIn } from './known-classes.ts';
import {
  ABORT,
  FIELDS,
  LATE,
  MORE_FIELDS,
  MOST_TASKS,
  RETURNED,
  TASKS,
  THREW,
  UNREADABLE,
} from './messages.ts';
import { strikeBefore } from './task-chaos.ts';
import type { LoadedTasks } from './task-module.ts';
import { TaskRun } from './task-run.ts';

/** What of a MessagePort is needed here. */
interface Port {
  postMessage(message: unknown): void;
}

interface Waiting {
  epoch: number;
  number: number;
  /** The message it came in, and where its fields begin there. */
  message: unknown[];
  at: number;
}

export class LaneLoop {
  readonly #port: Port;
  readonly #board: Board;
  readonly #tasks: LoadedTasks;
  readonly #errors: ReadonlySet<string>;
  #waiting: Waiting[] = [];
  #next = 0;
  #busy = false;
  #claimed = 0;
  #epoch = 0;
  #run: TaskRun | undefined;
  #sinceMs = 0;

  constructor(port: Port, board: Board, tasks: LoadedTasks, errors: Iterable<string>) {
    this.#port = port;
    this.#board = board;
    this.#tasks = tasks;
    this.#errors = new Set(errors);
  }

  /** Takes a message of the main thread's. */
  take(message: unknown[]): void {
    if (message[0] === TASKS) this.#queue(message);
    else if (message[0] === ABORT && this.#run?.number === message[1]) this.#run?.abort(fromWire(message[2]));
  }

  #queue(message: unknown[]): void {
    const epoch = message[1] as number;
    if (epoch < this.#epoch) return;
    let number = message[2] as number;
    for (let at = 3; at < message.length; at += isPlain(message[at]) ? FIELDS : MORE_FIELDS) {
      this.#waiting.push({ epoch, number: number++, message, at });
    }
    if (this.#busy) return;
    this.#busy = true;
    this.#sinceMs = threadNow();
    this.#turn();
  }

  /** Runs what waits; returns when nothing does, or when a task is not finished at once. */
  #turn(): void {
    while (this.#next < this.#waiting.length) {
      const { number, message, at } = this.#waiting[this.#next];
      if (!claim(this.#board, this.#claimed, number)) {
        this.#handBack();
        continue;
      }
      this.#claimed = number;
      this.#next++;
      if (this.#next === MOST_TASKS) this.#forget();
      if (!this.#begin(number, message, at)) return;
    }
    this.#waiting = [];
    this.#next = 0;
    this.#busy = false;
  }

  /** The main thread has taken back what was not begun. */
  #handBack(): void {
    this.#epoch = recalledEpoch(this.#board, this.#claimed);
    this.#forget();
    this.#waiting = this.#waiting.filter(({ epoch }) => epoch >= this.#epoch);
  }

  // Where the queue never runs empty, too.
  #forget(): void {
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }

  /** A message has come that cannot be read: the main thread is told, and sends its tasks apart. */
  unreadable(): void {
    this.#port.postMessage([0, UNREADABLE, undefined, 0]);
  }

  /** True when the task is over already. */
  #begin(number: number, message: unknown[], at: number): boolean {
    const kind = message[at] as number | string;
    const plain = isPlain(kind);
    const deadlineMs = plain ? 0 : (message[at + 2] as number);
    if (deadlineMs !== 0 && threadNow() >= deadlineMs) {
      this.#post(number, LATE, undefined);
      return true;
    }
    const attempt = plain ? 1 : (message[at + 3] as number);
    const policy = plain ? '' : (message[at + 4] as string);
    const run = new TaskRun(this.#board, number, deadlineMs, attempt, policy);
    this.#run = run;
    strikeBefore(run.policy, run);
    let place = -1;
    try {
      place = typeof kind === 'string' ? this.#tasks.refuse(kind) : plain ? kind : ~kind;
      const result = this.#tasks.call(place, message[at + 1], run, plain ? undefined : message[at + 5]);
      if (isThenable(result)) {
        // One that is not the language's own might settle twice, and the next task would begin beside another.
        (result instanceof Promise ? result : Promise.resolve(result)).then(
          (value) => this.#settled(place, number, RETURNED, value),
          (error) => this.#settled(place, number, THREW, error),
        );
        return false;
      }
      this.#answer(place, number, RETURNED, result);
    } catch (error) {
      this.#answer(place, number, THREW, error);
    }
    return true;
  }

  #settled(place: number, number: number, how: number, value: unknown): void {
    this.#answer(place, number, how, value);
    this.#turn();
  }

  #answer(place: number, number: number, how: number, value: unknown): void {
    this.#run = undefined;
    if (how === THREW) return this.#post(number, THREW, this.#wire(value));
    try {
      this.#post(number, RETURNED, value);
    } catch (cause) {
      const reason = `task "${this.#tasks.names[place]}" returned what cannot be cloned`;
      this.#post(number, THREW, this.#wire(new TaskModuleError({ url: this.#tasks.url, reason, cause })));
    }
  }

  #wire(error: unknown): unknown {
    return toWire(error, { classes: classesIn(error, this.#errors) });
  }

  #post(number: number, how: number, value: unknown): void {
    const nowMs = threadNow();
    const ms = Math.max(0, nowMs - this.#sinceMs);
    this.#port.postMessage([number, how, value, ms]);
    this.#sinceMs = nowMs;
  }
}

/** Whether nothing more is said of a task than its kind and its input. */
function isPlain(kind: unknown): kind is number {
  return typeof kind === 'number' && kind >= 0;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as PromiseLike<unknown>).then === 'function'
  );
}
