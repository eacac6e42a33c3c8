// A worker's loop: takes tasks as they come, runs one at a time, posts each answer before the next one begins.

import { fromWire, toWire } from '../base/error-wire.ts';
import { TaskModuleError } from '../base/errors.ts';
import { threadNow } from '../base/thread-time.ts';
import { type Board, claim, recalledEpoch } from './board.ts';
import { classesIn } from './known-classes.ts';
import { ABORT, FIELDS, LATE, RETURNED, TASKS, THREW } from './messages.ts';
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
    for (let at = 3; at < message.length; at += FIELDS)
      this.#waiting.push({ epoch, number: number++, message, at });
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
      if (!this.#begin(number, message, at)) return;
    }
    this.#waiting = [];
    this.#next = 0;
    this.#busy = false;
  }

  /** The main thread has taken back what was not begun. */
  #handBack(): void {
    this.#epoch = recalledEpoch(this.#board, this.#claimed);
    this.#waiting = this.#waiting.slice(this.#next).filter(({ epoch }) => epoch >= this.#epoch);
    this.#next = 0;
  }

  /** True when the task is over already. */
  #begin(number: number, message: unknown[], at: number): boolean {
    const deadlineMs = message[at + 2] as number;
    if (deadlineMs !== 0 && threadNow() >= deadlineMs) {
      this.#post(number, LATE, undefined);
      return true;
    }
    const name = message[at] as string;
    const run = new TaskRun(
      this.#board,
      number,
      deadlineMs,
      message[at + 3] as number,
      message[at + 4] as string,
    );
    this.#run = run;
    strikeBefore(run.policy, run);
    try {
      const result = this.#tasks.call(name, message[at + 1], run, message[at + 5]);
      if (isThenable(result)) {
        result.then(
          (value) => this.#settled(name, number, RETURNED, value),
          (error) => this.#settled(name, number, THREW, error),
        );
        return false;
      }
      this.#answer(name, number, RETURNED, result);
    } catch (error) {
      this.#answer(name, number, THREW, error);
    }
    return true;
  }

  #settled(name: string, number: number, kind: number, value: unknown): void {
    this.#answer(name, number, kind, value);
    this.#turn();
  }

  #answer(name: string, number: number, kind: number, value: unknown): void {
    this.#run = undefined;
    if (kind === THREW) return this.#post(number, THREW, this.#wire(value));
    try {
      this.#post(number, RETURNED, value);
    } catch (cause) {
      const reason = `task "${name}" returned what cannot be cloned`;
      this.#post(number, THREW, this.#wire(new TaskModuleError({ url: this.#tasks.url, reason, cause })));
    }
  }

  #wire(error: unknown): unknown {
    return toWire(error, { classes: classesIn(error, this.#errors) });
  }

  #post(number: number, kind: number, value: unknown): void {
    const nowMs = threadNow();
    const ms = Math.max(0, nowMs - this.#sinceMs);
    this.#port.postMessage([number, kind, value, ms]);
    this.#sinceMs = nowMs;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as PromiseLike<unknown>).then === 'function'
  );
}
