// One check under watch: when it runs, and what its answers mean.

import type { Clock } from '../../base/clock.ts';
import { guardClock } from '../../base/clock-guard.ts';
import { withDeadline } from '../../base/deadline.ts';
import { TimeoutError } from '../../base/errors.ts';
import { backgroundTimersOf, callbackTimer } from '../../base/timers.ts';
import { type HealthCheck, runCheck } from './check.ts';
import type { HealthSettings } from './health-options.ts';

export type CheckState = 'unknown' | 'up' | 'down';

/** What is known of a check. Times are wall-clock ms, `undefined` before the first. */
export interface CheckStatus {
  name: string;
  kind: string;
  state: CheckState;
  readiness: boolean;
  liveness: boolean;
  lastRunMs: number | undefined;
  lastUpMs: number | undefined;
  lastDownMs: number | undefined;
  /** What the last failed run failed with; `undefined` when the last run was well. */
  lastError: unknown;
  runs: number;
  failures: number;
  /** In a row, up to the last run. */
  consecutiveFailures: number;
  consecutiveSuccesses: number;
  /** How long the last run took, and all of them together, in ms. */
  durationMs: number;
  totalDurationMs: number;
}

/** What a check counts for. */
export interface CheckRole {
  /** Whether the service is ready only while this is up; true by default. */
  readiness?: boolean;
  /** Whether the process should be ended when this is down; false by default. */
  liveness?: boolean;
}

export class WatchedCheck {
  readonly check: HealthCheck;
  readonly #clock: Clock;
  readonly #settings: HealthSettings;
  readonly #status: CheckStatus;
  readonly #changed: (status: CheckStatus, from: CheckState) => void;
  readonly #timer = callbackTimer(() => void this.run(true));
  #watching = false;
  /** The run that somebody waits for; the function itself may go on beyond it. */
  #run: Promise<void> | undefined;
  #busy = false;
  #heard = 0;

  constructor(
    check: HealthCheck,
    role: Required<CheckRole>,
    clock: Clock,
    settings: HealthSettings,
    changed: (status: CheckStatus, from: CheckState) => void,
  ) {
    this.check = check;
    this.#clock = clock;
    this.#settings = settings;
    this.#changed = changed;
    this.#status = {
      name: check.name,
      kind: check.kind ?? 'custom',
      state: 'unknown',
      ...role,
      lastRunMs: undefined,
      lastUpMs: undefined,
      lastDownMs: undefined,
      lastError: undefined,
      runs: 0,
      failures: 0,
      consecutiveFailures: 0,
      consecutiveSuccesses: 0,
      durationMs: 0,
      totalDurationMs: 0,
    };
  }

  get status(): CheckStatus {
    return { ...this.#status };
  }

  /** Runs now, and again after each interval, keeping no process alive. */
  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    void this.run(true);
  }

  /** Ends that. What was known is no longer known; a run under way goes unheard. */
  unwatch(): void {
    this.#watching = false;
    this.#heard++;
    backgroundTimersOf(this.#clock).disarm(this.#timer);
    Object.assign(this.#status, { state: 'unknown', consecutiveFailures: 0, consecutiveSuccesses: 0 });
  }

  /** Runs once, unless a run is under way: then it is that one's end. Never rejects. */
  run(background: boolean): Promise<void> {
    this.#run ??= this.#once(background).finally(() => {
      this.#run = undefined;
      if (this.#watching) this.#again();
    });
    return this.#run;
  }

  async #once(background: boolean): Promise<void> {
    const { timeoutMs } = this.#settings;
    const { name } = this.check;
    // A run that hung still goes on: another one beside it would only hang as well.
    if (this.#busy) return this.#ended(0, new TimeoutError({ scope: 'check', timeoutMs, name }));
    const now = guardClock(this.#clock).now;
    const startMs = now();
    const heard = this.#heard;
    this.#busy = true;
    let failure: unknown;
    try {
      const deadline = { clock: this.#clock, timeoutMs, scope: 'check' as const, name, background };
      await withDeadline(deadline, async (signal) => {
        try {
          await runCheck(this.check, { signal });
        } finally {
          this.#busy = false;
        }
      });
    } catch (error) {
      failure = error ?? new Error(`${name}: the check failed with ${String(error)}`);
    }
    if (heard === this.#heard) this.#ended(now() - startMs, failure);
  }

  #ended(durationMs: number, error: unknown): void {
    const status = this.#status;
    const { failureThreshold, successThreshold } = this.#settings;
    status.runs++;
    status.durationMs = durationMs;
    status.totalDurationMs += durationMs;
    status.lastRunMs = this.#clock.wallMs();
    status.lastError = error;
    const unknown = status.state === 'unknown';
    if (error === undefined) {
      status.consecutiveSuccesses++;
      status.consecutiveFailures = 0;
      status.lastUpMs = status.lastRunMs;
      if (unknown || status.consecutiveSuccesses >= successThreshold) this.#move('up');
    } else {
      status.failures++;
      status.consecutiveFailures++;
      status.consecutiveSuccesses = 0;
      status.lastDownMs = status.lastRunMs;
      if (unknown || hung(error) || status.consecutiveFailures >= failureThreshold) this.#move('down');
    }
  }

  #move(to: CheckState): void {
    const from = this.#status.state;
    if (from === to) return;
    this.#status.state = to;
    this.#changed(this.status, from);
  }

  #again(): void {
    const atMs = guardClock(this.#clock).now() + this.#settings.intervalMs;
    backgroundTimersOf(this.#clock).arm(this.#timer, atMs);
  }
}

function hung(error: unknown): boolean {
  return error instanceof TimeoutError && error.scope === 'check';
}
