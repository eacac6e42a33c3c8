/**
 * Watches over what the service needs: each check runs by itself, at its own
 * pace, with a time of its own, and counts as down only after several failures
 * in a row. While the runtime is not started nothing runs, but for `checkNow`.
 */

import type { Clock } from '../../base/clock.ts';
import { HEALTH_CHANNEL } from '../../base/diagnostics.ts';
import { OptionsError } from '../../base/errors.ts';
import { Emitter, type Listener, type ListenOptions, type Subscription } from '../../base/events.ts';
import { didYouMean } from '../../base/nearest.ts';
import { readOptions } from '../../base/options.ts';
import { checkedCheck, type HealthCheck } from './check.ts';
import type { HealthSettings } from './health-options.ts';
import { type CheckRole, type CheckState, type CheckStatus, WatchedCheck } from './watched-check.ts';

/** All checks at one moment. */
export interface HealthStatus {
  /** Whether the runtime is running and every check with readiness is up. */
  ready: boolean;
  /** Whether no check with liveness is down. */
  live: boolean;
  checks: CheckStatus[];
}

export interface HealthChange {
  check: string;
  from: CheckState;
  to: CheckState;
  error: unknown;
}

/** The checks of a runtime. Belongs to the main thread. */
export class Health {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #settings: HealthSettings;
  readonly #running: () => boolean;
  readonly #checks = new Map<string, WatchedCheck>();
  readonly #events: Emitter<{ change: HealthChange }>;
  #watching = false;

  constructor(name: string, clock: Clock, settings: HealthSettings, running: () => boolean) {
    this.#name = name;
    this.#clock = clock;
    this.#settings = settings;
    this.#running = running;
    this.#events = new Emitter(`${name}.health`, ['change']);
  }

  /** Adds a check. Throws an `OptionsError` for what is no check and for a name that is taken. */
  add(check: HealthCheck, role: CheckRole = {}): void {
    const path = 'health.add';
    const { name } = checkedCheck(`${path}(check)`, check);
    const o = readOptions(`${path}(${name})`, role, ['readiness', 'liveness']);
    const roles = {
      readiness: o.boolean('readiness', { default: true }),
      liveness: o.boolean('liveness', { default: false }),
    };
    if (this.#checks.has(name)) {
      const received = `"${name}", added already`;
      throw new OptionsError({ path: `${path}(check)`, expected: 'a name that is not taken', received });
    }
    const watched = new WatchedCheck(check, roles, this.#clock, this.#settings, (status, from) =>
      this.#changed(status, from),
    );
    this.#checks.set(name, watched);
    if (this.#watching) watched.watch();
  }

  /** Takes a check out; false when there is none of that name. A run under way goes unheard. */
  remove(name: string): boolean {
    this.#checks.get(name)?.unwatch();
    return this.#checks.delete(name);
  }

  status(): HealthStatus {
    const checks = [...this.#checks.values()].map(({ status }) => status);
    return {
      ready: this.#running() && checks.every(({ readiness, state }) => !readiness || state === 'up'),
      live: checks.every(({ liveness, state }) => !liveness || state !== 'down'),
      checks,
    };
  }

  /**
   * Runs one check, or all, and gives the status afterwards. A check that runs already is waited for, not run
   * twice. Throws an `OptionsError` for a name that there is not.
   */
  async checkNow(name?: string): Promise<HealthStatus> {
    const known = this.#checks;
    if (name !== undefined && !known.has(name)) {
      const what = `no check is called "${name}"${didYouMean(name, known.keys())}`;
      throw new OptionsError({
        path: 'health.checkNow(name)',
        expected: 'the name of a check',
        received: name,
        what,
      });
    }
    const chosen = [...known].filter(([each]) => name === undefined || each === name);
    await Promise.all(chosen.map(([, check]) => check.run(false)));
    return this.status();
  }

  /** Calls a listener when a check goes up or down. */
  on(event: 'change', listener: Listener<HealthChange>, options?: ListenOptions): Subscription {
    return this.#events.on(event, listener, options);
  }

  /** For the runtime: lets the checks run. */
  watch(): void {
    this.#watching = true;
    for (const check of this.#checks.values()) check.watch();
  }

  /** For the runtime: ends that. */
  unwatch(): void {
    this.#watching = false;
    for (const check of this.#checks.values()) check.unwatch();
  }

  #changed({ name, state: to, lastError: error }: CheckStatus, from: CheckState): void {
    if (!this.#checks.has(name)) return;
    if (HEALTH_CHANNEL.hasSubscribers) {
      HEALTH_CHANNEL.publish({ runtime: this.#name, event: 'change', check: name, from, to, error });
    }
    this.#events.emit('change', { check: name, from, to, error });
  }
}
