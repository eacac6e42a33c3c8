// Starting threads, and looking after those that are gone.

import { systemClock } from '../base/clock.ts';
import { TaskModuleError } from '../base/errors.ts';
import { HoldfastError } from '../base/holdfast-error.ts';
import { threadNow } from '../base/thread-time.ts';
import { backgroundTimersOf, callbackTimer, timersOf } from '../base/timers.ts';
import type { RuntimeHandle } from '../policy/attached.ts';
import type { PlaneHandle } from '../state/plane.ts';
import { makeBoard } from './board.ts';
import { Lane, type LaneOwner } from './lane.ts';
import type { Loss } from './loss.ts';
import { loadContext } from './task-module.ts';
import type { ThreadPool } from './thread-pool.ts';
import { tellWorkers } from './worker-channel.ts';
import type { WorkersSettings } from './worker-options.ts';

/** How long a thread may take to load its modules, in ms. */
const START_MS = 30_000;
/** A thread that has not ended this long after it was told to is said not to end, in ms. */
const ENDS_WITHIN_MS = 1_000;

/** What the runtime around the pool does for its threads. */
export interface PoolHost {
  readonly name: string;
  /** A row in the shared memory, for one thread. */
  reserve(): PlaneHandle;
  handle(plane: PlaneHandle): RuntimeHandle;
  /** Returns what a thread held that is gone. */
  reclaim(plane: PlaneHandle): void;
  /** A thread is there to run tasks; and it is so no longer. */
  joined(lane: Lane): void;
  left(lane: Lane): void;
}

export class LaneStarter {
  readonly #settings: WorkersSettings;
  readonly #host: PoolHost;
  readonly #owner: LaneOwner;
  #threads: ThreadPool | undefined;
  #captured: (() => unknown) | undefined;
  #starts = new AbortController();
  /** Threads that were told to end and have not; threads lost so far. */
  unended = 0;
  lost = 0;
  #closing = false;

  constructor(settings: WorkersSettings, host: PoolHost, owner: LaneOwner) {
    this.#settings = settings;
    this.#host = host;
    this.#owner = owner;
  }

  /** Makes ready for starting threads. Rejects with a `TaskModuleError` for a `context` that is none. */
  async open(): Promise<void> {
    const { context, resourceLimits } = this.#settings;
    this.#closing = false;
    this.#starts = new AbortController();
    if (context !== undefined) this.#captured = (await loadContext(context)).capture;
    // Loaded when first needed: most programs that import this package start no pool.
    const { ThreadPool } = await import('./thread-pool.ts');
    this.#threads = new ThreadPool(new URL(ENTRY, import.meta.url), resourceLimits);
  }

  /** What travels along with a task that is taken now. */
  capture(): unknown {
    return this.#captured?.();
  }

  /** Rejects with a `TaskModuleError`, or with an `OptionsError` when the memory has no row left. */
  async start(): Promise<{ lane: Lane; names: readonly string[] }> {
    const { tasks, errors, context } = this.#settings;
    const plane = this.#host.reserve();
    const board = makeBoard();
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, this.#starts.signal]);
    // Keeps the process alive for whoever waits for the thread, too.
    const timer = callbackTimer(() => ended.abort());
    timersOf(systemClock).arm(timer, threadNow() + START_MS);
    try {
      const threads = this.#threads;
      if (threads === undefined) throw new Error('the runtime has stopped');
      const start = {
        board,
        handle: this.#host.handle(plane),
        tasks,
        errors: errors.map(({ name }) => name),
        context,
      };
      const thread = await threads.start(start, signal);
      tellWorkers({ runtime: this.#host.name, event: 'started', thread: plane.row });
      return { lane: new Lane(thread, board, plane, this.#owner), names: thread.names };
    } catch (cause) {
      this.#host.reclaim(plane);
      throw this.#startError(cause, ended.signal.aborted);
    } finally {
      timersOf(systemClock).disarm(timer);
    }
  }

  #startError(cause: unknown, late: boolean): unknown {
    if (HoldfastError.is(cause)) return cause;
    const url = this.#settings.tasks;
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const reason = late
      ? `it did not load within ${START_MS} ms`
      : `its thread died while loading it: ${what}`;
    return new TaskModuleError({ url, reason, cause });
  }

  /** A lane is there to run tasks. */
  joined(lane: Lane): void {
    this.#host.joined(lane);
  }

  /** Returns what a lost lane's thread held, and keeps an eye on whether it ends. */
  gone(lane: Lane, { reason, retired = false }: Loss, task: string | undefined): void {
    const { plane } = lane;
    this.#host.left(lane);
    this.#host.reclaim(plane);
    if (!this.#closing) {
      if (!retired) this.lost++;
      const event = retired ? 'retired' : 'lost';
      tellWorkers({ runtime: this.#host.name, event, thread: plane.row, reason, task });
    }
    let said = false;
    const timer = callbackTimer(() => {
      said = true;
      this.unended++;
      tellWorkers({ runtime: this.#host.name, event: 'unended', thread: plane.row, reason, task });
    });
    backgroundTimersOf(systemClock).arm(timer, threadNow() + ENDS_WITHIN_MS);
    lane.onEnded(() => {
      backgroundTimersOf(systemClock).disarm(timer);
      if (said) this.unended--;
    });
  }

  /** Ends threads that are still on their way. */
  async close(): Promise<void> {
    this.#starts.abort();
    const threads = this.#threads;
    this.#threads = undefined;
    if (threads === undefined) return;
    await new Promise<void>((resolve) => {
      const late = callbackTimer(() => resolve());
      timersOf(systemClock).arm(late, threadNow() + ENDS_WITHIN_MS);
      void threads.destroy().finally(() => {
        timersOf(systemClock).disarm(late);
        resolve();
      });
    });
  }

  /** From now on threads end because they are told to. */
  closing(): void {
    this.#closing = true;
  }
}

// Beside the sources it is a .ts file, in the package a .js file, as this one is.
const ENTRY = `../../workers/lane.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;
