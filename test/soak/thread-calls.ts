// Calls that one thread makes at policies which all threads share, counted in words that outlive the thread.

import type { Policy } from '../../src/index.ts';
import type { Draw } from './draw.ts';
import type { SharedClock } from './shared-clock.ts';

/** Words of a thread's counts. */
export const BEGUN = 0;
export const ANSWERED = 1;
/** Whole calls of the policy whose budget is looked at. */
export const SUCCESS = 2;
export const FAILURE = 3;
/** Admissions of the limiter. */
export const LIMITED = 4;
/** Operations that run, answered for or not. */
export const RUNNING = 5;
const WORDS = 6;

export const makeCounts = (): Int32Array => new Int32Array(new SharedArrayBuffer(WORDS * 4));

/** A caller that may leave does so before this time is over, in ms. */
export const LEAVES_WITHIN_MS = 100;

/** Policies that come and go beside these. */
export const PASSING = ['passing 1', 'passing 2', 'passing 3'];
const NAMES = ['narrow', 'breaker', 'limited', 'counted', 'everything', ...PASSING];

export class ThreadCalls {
  readonly #clock: SharedClock;
  readonly #draw: Draw;
  readonly #policy: (name: string) => Policy;
  readonly #counts: Int32Array;
  /** Which of its makings each listened-to policy was. */
  readonly #heard = new WeakSet<Policy>();

  constructor(clock: SharedClock, draw: Draw, policy: (name: string) => Policy, counts: Int32Array) {
    this.#clock = clock;
    this.#draw = draw;
    this.#policy = policy;
    this.#counts = counts;
  }

  /** Begins some calls; their operations end as the clock goes on. */
  begin(most: number): void {
    for (let index = this.#draw.below(most + 1); index > 0; index--) void this.#call(this.#draw.pick(NAMES));
  }

  /** Takes what it can and never gives it back. */
  hoard(): number {
    let held = 0;
    for (const name of ['narrow', 'breaker', 'everything']) {
      for (let index = 0; index < 2; index++) if (this.#policy(name).tryAcquire().ok) held++;
    }
    return held;
  }

  async #call(name: string): Promise<void> {
    const policy = this.#found(name);
    if (policy === undefined) return;
    if (name === 'counted') this.#listen(policy);
    const draw = this.#draw;
    const abort = new AbortController();
    Atomics.add(this.#counts, BEGUN, 1);
    if (draw.chance(0.05)) this.#after(draw.below(LEAVES_WITHIN_MS), () => abort.abort());
    await policy.executeOutcome(() => this.#operate(name), { signal: abort.signal, priority: draw.below(8) });
    Atomics.add(this.#counts, ANSWERED, 1);
  }

  #operate(name: string): unknown {
    if (name === 'limited') Atomics.add(this.#counts, LIMITED, 1);
    const draw = this.#draw;
    const ms = draw.below(draw.chance(0.1) ? 400 : 60);
    const ok = draw.chance(0.85);
    if (draw.chance(0.4) && ok) return 'at once';
    Atomics.add(this.#counts, RUNNING, 1);
    return new Promise((resolve, reject) =>
      this.#after(ms, () => {
        Atomics.sub(this.#counts, RUNNING, 1);
        if (ok) resolve('later');
        else reject(new Error('down'));
      }),
    );
  }

  #after(ms: number, act: () => void): void {
    this.#clock.setTimer(this.#clock.now() + ms, act);
  }

  #listen(policy: Policy): void {
    if (this.#heard.has(policy)) return;
    this.#heard.add(policy);
    policy.on('success', () => void Atomics.add(this.#counts, SUCCESS, 1));
    policy.on('failure', () => void Atomics.add(this.#counts, FAILURE, 1));
  }

  // One that is not defined now is no trouble: another thread has removed it.
  #found(name: string): Policy | undefined {
    try {
      return this.#policy(name);
    } catch (error) {
      if ((error as { code?: string }).code === 'HF_UNKNOWN_POLICY') return undefined;
      throw error;
    }
  }
}
