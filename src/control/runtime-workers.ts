// The pool as a part of the runtime: it starts before all components and stops after them.

import { DrainingError, LifecycleError, OptionsError } from '../base/errors.ts';
import { threadNow } from '../base/thread-time.ts';
import { type OffloadGate, type OffloadOptions, Offloads } from '../work/offload.ts';
import { WorkPool } from '../work/pool.ts';
import type { PoolStats } from '../work/pool-stats.ts';
import type { WorkersSettings } from '../work/worker-options.ts';
import type { ComponentOptions } from './component.ts';
import type { LifecycleState } from './lifecycle-state.ts';
import { type ManagerSources, managerFor } from './manager.ts';
import type { SharedThreads } from './shared-threads.ts';
import { ThreadControls } from './thread-controls.ts';

/** What the runtime gives its workers. */
export interface WorkersHost extends ManagerSources {
  name: string;
  threads: SharedThreads;
  /** Lets waiting callers look again: something was returned. */
  wake(): void;
  state(): LifecycleState;
}

const FIRST_PHASE = -1_000_000;
const STEP_MS = 60_000;

export class RuntimeWorkers {
  readonly #pool: WorkPool;
  readonly #offloads: Offloads;
  /** The channels to the threads, past the ones that tasks use. */
  readonly controls: ThreadControls;

  constructor(settings: WorkersSettings, host: WorkersHost) {
    const { name, threads, policy, wake, state } = host;
    this.controls = new ThreadControls(managerFor(host));
    this.#pool = new WorkPool(settings, {
      name,
      reserve: () => threads.reserve(),
      handle: (plane) => threads.handle(plane),
      reclaim(plane) {
        threads.threads.reclaimOnMain(plane);
        wake();
      },
      joined: (lane) => this.controls.joined(lane),
      left: (lane) => this.controls.left(lane),
    });
    const gate = (): OffloadGate => {
      if (state() === 'draining') return 'draining';
      return this.#pool.isOpen ? 'open' : 'closed';
    };
    this.#offloads = new Offloads(this.#pool, policy, gate);
  }

  /** How they take part in the runtime's start and stop. */
  get component(): ComponentOptions {
    return {
      name: 'workers',
      phase: FIRST_PHASE,
      timeoutMs: STEP_MS,
      start: () => this.#pool.start(),
      stop: () => this.#pool.stop(new DrainingError({})),
    };
  }

  offload(task: string, input: unknown, options?: OffloadOptions): Promise<unknown> {
    return this.#offloads.offload(task, input, options);
  }

  /** Lets tasks under way end, and what they left behind, for `drainMs` at most; then aborts what is left. */
  async drain(drainMs: number): Promise<void> {
    const untilMs = threadNow() + drainMs;
    await this.#pool.drain(drainMs);
    this.#pool.abortAll(new DrainingError({}));
    await this.controls.drain(Math.max(0, untilMs - threadNow()));
  }

  /** What the threads do and have done. */
  stats(): PoolStats {
    return this.#pool.stats();
  }
}

/** Why a runtime without workers takes no task. */
export function noWorkers(state: LifecycleState): Error {
  if (state === 'idle') return new LifecycleError({ code: 'HF_NOT_STARTED' });
  const expected = 'where tasks come from, as { tasks: tasksOf(url) }';
  return new OptionsError({ path: 'workers', expected, received: 'nothing' });
}
