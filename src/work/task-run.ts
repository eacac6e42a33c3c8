// A task while it runs on a worker: its context.

import { threadNow } from '../base/thread-time.ts';
import { type Board, isAsked } from './board.ts';
import { type TaskManager, taskManager } from './task-manager.ts';
import type { TaskContext } from './tasks.ts';

/** Is itself what the task gets. */
export class TaskRun implements TaskContext {
  readonly number: number;
  readonly attempt: number;
  readonly policy: string;
  readonly #deadlineMs: number;
  readonly #board: Board;
  #controller: AbortController | undefined;
  #reason: unknown;

  constructor(board: Board, number: number, deadlineMs: number, attempt: number, policy: string) {
    this.#board = board;
    this.number = number;
    this.#deadlineMs = deadlineMs;
    this.attempt = attempt;
    this.policy = policy;
  }

  get aborted(): boolean {
    return isAsked(this.#board, this.number);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.aborted) this.abort(this.#reason);
    return this.#controller.signal;
  }

  get remainingMs(): number {
    return this.#deadlineMs === 0 ? Number.POSITIVE_INFINITY : Math.max(0, this.#deadlineMs - threadNow());
  }

  get manager(): TaskManager {
    return taskManager;
  }

  abort(reason: unknown): void {
    this.#reason = reason;
    // Without a reason yet: the word was faster than the message that brings it.
    this.#controller?.abort(reason ?? new DOMException('the task was asked to stop', 'AbortError'));
  }
}
