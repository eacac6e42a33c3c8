// The breaker of a policy, as its owner sees and handles it.

import { BREAKER_NEXT_MS, BREAKER_REOPENS } from '../../assembly/layout.ts';
import { DISPOSE } from '../base/dispose.ts';
import { checkNumber } from '../base/options.ts';
import type { PolicyCore } from './core.ts';
import { BREAKER_STATES } from './events.ts';
import type { BreakerState } from './types.ts';

/** The counted window while closed (kept while open), the trials while half-open. */
export interface BreakerCounts {
  total: number;
  failures: number;
  slow: number;
  ignored: number;
  rejected: number;
  durationMs: number;
}

/** Ends one isolation, once; calling it or disposing of it does the same. */
export interface Isolation extends Disposable {
  (): void;
}

/** Shared by all threads; the object itself belongs to one. */
export class CircuitBreakerPart {
  readonly #core: PolicyCore;

  constructor(core: PolicyCore) {
    this.#core = core;
  }

  /** What a call would meet now: `half-open` as soon as the open time is over, even without calls. */
  get state(): BreakerState {
    return BREAKER_STATES[this.#state()];
  }

  get counts(): BreakerCounts {
    const { kernels, at } = this.#core;
    const now = this.#now();
    const [total, failures, slow, ignored, durationMs, rejected] = [0, 1, 2, 3, 4, 5].map((which) =>
      kernels.breakerCount(at, now, which),
    );
    return { total, failures, slow, ignored, rejected, durationMs };
  }

  /** Ms until a call may be let through: 0 when one may be now, Infinity while isolated. */
  get retryAfterMs(): number {
    return this.#core.kernels.breakerWait(this.#core.at, this.#now());
  }

  /** Opens by hand, for `forMs` or the configured open time. Leaves `disabled` and `metrics-only`. */
  open(forMs?: number): void {
    const { functions, slot } = this.#core;
    const usualMs = functions.openMs === undefined ? slot.numbers.openMs : slot.readF(BREAKER_NEXT_MS);
    this.#force(forMs === undefined ? usualMs : checkNumber('open', forMs, { atLeast: 0, ms: true }));
  }

  /** Closes by hand; the window starts empty. Leaves `disabled` and `metrics-only`. */
  close(): void {
    this.#force(-1);
  }

  /** Holds it open until every isolation has been released; what it was before comes back then. */
  isolate(): Isolation {
    const core = this.#core;
    core.mustLive();
    const before = this.#state();
    core.kernels.breakerIsolate(core.at, core.cell, core.fence, 1);
    core.changes.moved(before, this.#state(), core.now());
    let held = true;
    const release = () => {
      if (!held || !core.slot.lives) return;
      held = false;
      const isolated = this.#state();
      core.kernels.breakerIsolate(core.at, core.cell, core.fence, -1);
      core.changes.moved(isolated, this.#state(), core.now());
      core.wake();
    };
    return Object.assign(release, { [DISPOSE]: release });
  }

  /** Lets everything through and counts nothing. */
  disable(): void {
    this.#mode(1);
  }

  /** Counts but never trips. */
  metricsOnly(): void {
    this.#mode(2);
  }

  #mode(mode: number): void {
    const core = this.#core;
    core.mustLive();
    const before = this.#state();
    core.kernels.breakerMode(core.at, mode);
    core.changes.moved(before, this.#state(), core.now());
    core.wake();
  }

  #force(openMs: number): void {
    const core = this.#core;
    core.mustLive();
    const before = this.#state();
    core.kernels.breakerForce(core.at, this.#now(), openMs);
    core.changes.prepareOpenTime(openMs < 0 ? 1 : core.slot.readI(BREAKER_REOPENS) + 2);
    core.changes.moved(before, this.#state(), core.now());
    core.wake();
  }

  #state(): number {
    return this.#core.kernels.breakerState(this.#core.at, this.#now());
  }

  #now(): number {
    return this.#core.now() - this.#core.originMs;
  }
}
