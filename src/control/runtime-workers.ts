// The pool as a part of the runtime: it starts before all components and stops after them.

import { DrainingError } from '../base/errors.ts';
import type { Policy } from '../policy/policy.ts';
import { type OffloadGate, type OffloadOptions, Offloads } from '../work/offload.ts';
import { WorkPool } from '../work/pool.ts';
import type { PoolStats } from '../work/pool-stats.ts';
import type { WorkersSettings } from '../work/worker-options.ts';
import type { ComponentOptions } from './component.ts';
import type { LifecycleState } from './lifecycle-state.ts';
import type { SharedThreads } from './shared-threads.ts';

/** What the runtime gives its workers. */
export interface WorkersHost {
  name: string;
  threads: SharedThreads;
  policy(name: string): Policy;
  /** Lets waiting callers look again: something was returned. */
  wake(): void;
  state(): LifecycleState;
}

const FIRST_PHASE = -1_000_000;
const STEP_MS = 60_000;

export class RuntimeWorkers {
  readonly #pool: WorkPool;
  readonly #offloads: Offloads;

  constructor(settings: WorkersSettings, { name, threads, policy, wake, state }: WorkersHost) {
    this.#pool = new WorkPool(settings, {
      name,
      reserve: () => threads.reserve(),
      handle: (plane) => threads.handle(plane),
      reclaim(plane) {
        threads.threads.reclaimOnMain(plane);
        wake();
      },
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

  /** Lets tasks under way end, for `drainMs` at most; then aborts what is left. */
  async drain(drainMs: number): Promise<void> {
    await this.#pool.drain(drainMs);
    this.#pool.abortAll(new DrainingError({}));
  }

  /** What the threads do and have done. */
  stats(): PoolStats {
    return this.#pool.stats();
  }
}
