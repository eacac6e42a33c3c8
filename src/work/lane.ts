// One thread of the pool, as the main thread sees it: what was sent to it and has not ended.
//
//   send ─▶ in flight ─▶ answer
//             │  ├─ recall ─▶ not begun, comes back
//             │  └─ ask ─▶ (grace) ─▶ end
//             └─ death ─▶ answered before: delivered · begun: lost · not begun: comes back

import { type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { toWire } from '../base/error-wire.ts';
import { threadNow } from '../base/thread-time.ts';
import { callbackTimer, timersOf } from '../base/timers.ts';
import type { PlaneHandle } from '../state/plane.ts';
import { askToStop, type Board, begun, pulseOf, recall, revoke, TASK_NUMBERS } from './board.ts';
import { ABORT, type Answer, readAnswer, TASKS } from './messages.ts';
import type { Task } from './task.ts';
import type { PoolThread } from './thread-pool.ts';

/** How long after its port has closed a thread's exit is waited for, in ms. */
const SILENCE_MS = 1_000;

/** Who hears of what becomes of a lane. */
export interface LaneOwner {
  answered(lane: Lane, task: Task, answer: Answer): void;
  /** The lane is gone: with what it had begun, what it had not, and what is known of the cause. */
  lost(lane: Lane, begun: Task[], rest: Task[], loss: Loss): void;
  /** An input that cannot be sent. */
  unsendable(task: Task, error: unknown): void;
}

/** Why a lane is gone. */
export interface Loss {
  reason: string;
  cause: unknown;
  /** Whether the thread died by itself, of what its task did. */
  crashed: boolean;
}

export class Lane {
  readonly plane: PlaneHandle;
  readonly #thread: PoolThread;
  readonly #port: MessagePort;
  readonly #board: Board;
  readonly #owner: LaneOwner;
  readonly #inFlight = new Map<number, Task>();
  #number = 0;
  #epoch = 0;
  /** What is in flight should take so long in all, in ms. */
  expectedMs = 0;
  /** Answers so far. */
  answers = 0;
  /** What runs takes longer than it should: nothing more is sent behind it. */
  stalled = false;
  ended = false;
  #closed = false;
  readonly #silence = callbackTimer(() => this.end('it ended without a word'));
  #tellClosed: (() => void) | undefined;

  constructor(thread: PoolThread, board: Board, plane: PlaneHandle, owner: LaneOwner) {
    this.plane = plane;
    this.#thread = thread;
    this.#port = thread.port;
    this.#board = board;
    this.#owner = owner;
    this.#port.on('message', (message) => this.#take(message));
    this.#port.once('close', () => {
      this.#closed = true;
      this.#tellClosed?.();
      // Nothing else keeps the process alive until the thread's exit is heard of.
      if (!this.ended) timersOf(systemClock).arm(this.#silence, threadNow() + SILENCE_MS);
    });
    this.#port.unref();
    thread.onDeath((code, error) => this.#die(sayDeath(code, error)));
  }

  /** Tasks sent that have not ended. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** The manager's end of the thread's control channel. */
  get control(): Promise<MessagePort> {
    return this.#thread.control;
  }

  get pulse(): number {
    return pulseOf(this.#board);
  }

  /** What is in flight, in the order in which it was sent. */
  get tasks(): Task[] {
    return [...this.#inFlight.values()];
  }

  /** The task that is begun and has not answered. */
  get running(): Task | undefined {
    return this.#inFlight.get(begun(this.#board));
  }

  send(tasks: readonly Task[]): void {
    if (this.#number >= TASK_NUMBERS && this.#inFlight.size === 0) this.#number = 0;
    const message: unknown[] = [TASKS, this.#epoch, this.#number + 1];
    for (const { kind, input, deadlineMs, attempt, compartment, carried } of tasks) {
      message.push(kind.name, input, deadlineMs, attempt, compartment.name, carried);
    }
    try {
      this.#port.postMessage(message, tasks[0].facts.transfer as Transferable[] | undefined);
    } catch (error) {
      return this.#sendApart(tasks, error);
    }
    if (this.#inFlight.size === 0) this.#port.ref();
    for (const task of tasks) {
      task.lane = this;
      task.number = ++this.#number;
      this.expectedMs += task.expectedMs;
      this.#inFlight.set(task.number, task);
    }
  }

  // One of them cannot be cloned: the others go by themselves.
  #sendApart(tasks: readonly Task[], error: unknown): void {
    if (tasks.length === 1) this.#owner.unsendable(tasks[0], error);
    else for (const task of tasks) this.send([task]);
  }

  /** Takes back what was not begun, in its order. */
  recall(): Task[] {
    const { rest } = this.#split(recall(this.#board, ++this.#epoch));
    for (const task of rest) this.#drop(task);
    return rest;
  }

  // They are begun in the order in which they were sent. When the last one begun is here no more it has answered,
  // and so have those before it.
  #split(last: number): { begun: Task[]; rest: Task[] } {
    const tasks = [...this.#inFlight.values()];
    const running = this.#inFlight.get(last);
    const first = running === undefined ? 0 : tasks.indexOf(running) + 1;
    return { begun: tasks.slice(0, first), rest: tasks.slice(first) };
  }

  /** Asks a task that runs to stop; what it is told arrives when its event loop turns. */
  ask(task: Task, reason: unknown): void {
    askToStop(this.#board, task.number);
    this.#port.postMessage([ABORT, task.number, toWire(reason)]);
  }

  /** Ends the thread. What it had finished is delivered. */
  end(reason: string): void {
    this.#die({ reason, cause: undefined, crashed: false });
  }

  #take(message: unknown): void {
    if (this.ended) return;
    const answer = readAnswer(message);
    if (answer === undefined) return this.end('it sent what is no answer');
    const task = this.#inFlight.get(answer.number);
    if (task === undefined) return;
    this.answers++;
    this.stalled = false;
    this.#drop(task);
    this.#owner.answered(this, task, answer);
  }

  #drop(task: Task): void {
    this.#inFlight.delete(task.number);
    task.lane = undefined;
    this.expectedMs -= task.expectedMs;
    if (this.#inFlight.size > 0) return;
    // Sums of fractions drift.
    this.expectedMs = 0;
    if (!this.ended) this.#port.unref();
  }

  #die(loss: Loss): void {
    if (this.ended) return;
    const last = revoke(this.#board);
    // What it said before it died counts.
    for (
      let entry = receiveMessageOnPort(this.#port);
      entry !== undefined;
      entry = receiveMessageOnPort(this.#port)
    ) {
      this.#take(entry.message);
    }
    if (this.ended) return;
    this.ended = true;
    timersOf(systemClock).disarm(this.#silence);
    const { begun, rest } = this.#split(last);
    for (const task of this.#inFlight.values()) task.lane = undefined;
    this.#inFlight.clear();
    this.#port.unref();
    this.#thread.terminate();
    this.#owner.lost(this, begun, rest, loss);
  }

  /** Calls once the thread has really ended: only then its end of the port closes. */
  onEnded(listener: () => void): void {
    if (this.#closed) listener();
    else this.#tellClosed = listener;
  }
}

function sayDeath(code: number, error: unknown): Loss {
  const known = error as { code?: unknown; name?: unknown; message?: unknown } | undefined;
  if (known?.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { reason: 'it ran out of memory', cause: error, crashed: true };
  if (error !== undefined) {
    return {
      reason: `it ended in an uncaught ${String(known?.name)}: ${String(known?.message)}`,
      cause: error,
      crashed: true,
    };
  }
  return { reason: `it exited with code ${code}`, cause: undefined, crashed: true };
}
