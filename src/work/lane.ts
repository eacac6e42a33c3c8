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
import { askToStop, type Board, begun, pulseOf, recall, revoke, TASK_NUMBERS, wasStruck } from './board.ts';
import { type Loss, STRUCK, sayDeath } from './loss.ts';
import { ABORT, isAnswer, MOST_TASKS, tasksMessage, UNREADABLE } from './messages.ts';
import type { Task } from './task.ts';
import type { PoolThread } from './thread-pool.ts';

/** How long after its port has closed a thread's exit is waited for, in ms. */
const SILENCE_MS = 1_000;
/**
 * Answers that are taken in one go: each by an event of its own costs twice as much. On Deno a port that is read so,
 * and told meanwhile whether to keep the process alive, may not tell of what comes next.
 */
const TAKEN_AT_ONCE = process.versions.deno === undefined ? 64 : 1;

/** Who hears of what becomes of a lane. */
export interface LaneOwner {
  answered(lane: Lane, task: Task, kind: number, value: unknown, ms: number): void;
  /** The lane is gone: with what it had begun, what it had not, and what is known of the cause. */
  lost(lane: Lane, begun: Task[], rest: Task[], loss: Loss): void;
  /** An input that cannot be sent; a result that cannot be read. */
  unsendable(task: Task, error: unknown): void;
  unreadable(task: Task): void;
  /** The thread could not read what it was sent: it shall have it again, one by one. */
  garbled(lane: Lane): void;
}

export class Lane {
  readonly plane: PlaneHandle;
  readonly #thread: PoolThread;
  readonly #port: MessagePort;
  readonly #board: Board;
  readonly #owner: LaneOwner;
  readonly #inFlight = new Map<number, Task>();
  readonly #kinds: ReadonlyMap<string, number>;
  #number = 0;
  #epoch = 0;
  /** What is in flight should take so long in all, in ms. */
  expectedMs = 0;
  /** Answers so far. */
  answers = 0;
  /** What runs takes longer than it should: nothing more is sent behind it. */
  stalled = false;
  /** What runs could not be sent again: nothing is sent behind it, so that it is never taken back. */
  alone = false;
  /** So many tasks are sent one by one, since among them is one that the thread cannot read. */
  apart = 0;
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
    this.#kinds = new Map(thread.names.map((name, index) => [name, index]));
    this.#port.on('message', (message) => this.#takeAll(message));
    this.#port.on('messageerror', () => this.#answeredUnread());
    this.#port.once('close', () => {
      this.#closed = true;
      this.#tellClosed?.();
      // Nothing else keeps the process alive until the thread's exit is heard of.
      if (!this.ended) timersOf(systemClock).arm(this.#silence, threadNow() + SILENCE_MS);
    });
    this.#port.unref();
    thread.onDeath((code, error) => this.#die(wasStruck(board) ? STRUCK : sayDeath(code, error)));
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
    const message = tasksMessage(this.#epoch, this.#number + 1, tasks, this.#kinds);
    const { transfer } = tasks[0].facts;
    try {
      this.#port.postMessage(message, transfer as Transferable[] | undefined);
    } catch (error) {
      return this.#sendApart(tasks, error);
    }
    if (this.#inFlight.size === 0) this.#port.ref();
    this.alone = transfer !== undefined || this.apart > 0;
    if (this.apart > 0) this.apart--;
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

  /** Ends the thread, which has nothing to do. */
  retire(): void {
    this.#die({ reason: 'it had nothing to do', cause: undefined, crashed: false, retired: true });
  }

  #takeAll(first: unknown): void {
    this.#take(first);
    for (let taken = 1; taken < TAKEN_AT_ONCE && !this.ended; taken++) if (!this.#takeNext()) return;
  }

  /** Takes what has come already; false when nothing has. */
  #takeNext(): boolean {
    let entry: { message: unknown } | undefined;
    try {
      entry = receiveMessageOnPort(this.#port);
    } catch {
      this.#answeredUnread();
      return true;
    }
    if (entry !== undefined) this.#take(entry.message);
    return entry !== undefined;
  }

  #take(message: unknown): void {
    if (this.ended) return;
    if (!isAnswer(message)) return this.end('it sent what is no answer');
    const [number, kind, value, ms] = message;
    if (kind === UNREADABLE) return this.#unread();
    const task = this.#inFlight.get(number);
    if (task === undefined) return;
    this.answers++;
    this.stalled = false;
    this.#drop(task);
    this.#owner.answered(this, task, kind, value, ms);
  }

  /** The thread could not read what it was sent, as a buffer that is no longer there. */
  #unread(): void {
    const [task] = this.#inFlight.values();
    if (!this.alone || task === undefined) {
      this.apart = MOST_TASKS;
      return this.#owner.garbled(this);
    }
    this.#drop(task);
    this.#owner.unsendable(task, new TypeError('the thread cannot read it'));
  }

  // Answers come in the order of their tasks.
  #answeredUnread(): void {
    const [task] = this.#inFlight.values();
    if (task === undefined) return;
    this.#drop(task);
    this.#owner.unreadable(task);
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
    while (this.#takeNext());
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
