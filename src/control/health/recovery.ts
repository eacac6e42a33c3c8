/**
 * Brings components back that went down: with growing pauses, one at a time, so
 * that a service that lost several things does not lose the rest by repairing
 * them all at once.
 */

import type { Clock } from '../../base/clock.ts';
import { guardClock } from '../../base/clock-guard.ts';
import { withDeadline } from '../../base/deadline.ts';
import { HEALTH_CHANNEL } from '../../base/diagnostics.ts';
import type { Random } from '../../base/random.ts';
import { backgroundTimersOf, callbackTimer, type TimerNode } from '../../base/timers.ts';
import { drawBackoff, exponential } from '../../policy/backoff.ts';
import type { Component } from '../component.ts';
import type { Health } from './health.ts';

interface Patient {
  component: Component;
  tries: number;
  timer: TimerNode;
}

export class Recovery {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #health: Health;
  readonly #pauseMs: (tries: number) => number;
  readonly #patients = new Map<string, Patient>();
  readonly #due: Patient[] = [];
  #busy = false;

  constructor(name: string, clock: Clock, random: Random, health: Health) {
    this.#name = name;
    this.#clock = clock;
    this.#health = health;
    this.#pauseMs = drawBackoff(exponential({ baseMs: 1_000, maxMs: 60_000, jitter: 'equal' }), random);
  }

  /** A component's check went down: it is recovered until it is up again. */
  down(component: Component): void {
    if (component.recover === undefined || this.#patients.has(component.name)) return;
    const patient: Patient = { component, tries: 0, timer: callbackTimer(() => this.#queue(patient)) };
    this.#patients.set(component.name, patient);
    this.#queue(patient);
  }

  up({ name }: Component): void {
    const patient = this.#patients.get(name);
    if (patient === undefined) return;
    this.#patients.delete(name);
    backgroundTimersOf(this.#clock).disarm(patient.timer);
  }

  /** Ends all of it; a recovery under way runs to its end, or its deadline, unheard. */
  stop(): void {
    for (const { component } of [...this.#patients.values()]) this.up(component);
  }

  #queue(patient: Patient): void {
    this.#due.push(patient);
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#due.shift(); next !== undefined; next = this.#due.shift()) {
      if (this.#patients.get(next.component.name) === next) await this.#recover(next);
    }
    this.#busy = false;
  }

  async #recover(patient: Patient): Promise<void> {
    const { name, timeoutMs, recover } = patient.component;
    patient.tries++;
    let error: unknown;
    try {
      const deadline = { clock: this.#clock, timeoutMs, scope: 'start' as const, name, background: true };
      await withDeadline(deadline, (signal) => recover?.({ signal }));
    } catch (thrown) {
      error = thrown;
    }
    if (HEALTH_CHANNEL.hasSubscribers) {
      HEALTH_CHANNEL.publish({
        runtime: this.#name,
        event: 'recover',
        check: name,
        tries: patient.tries,
        error,
      });
    }
    if (this.#patients.get(name) !== patient) return;
    // Whether it worked only the check can tell; a component that is up again has left the list by then.
    if (error === undefined) await this.#health.checkNow(name).catch(() => {});
    if (this.#patients.get(name) !== patient) return;
    const atMs = guardClock(this.#clock).now() + this.#pauseMs(patient.tries);
    backgroundTimersOf(this.#clock).arm(patient.timer, atMs);
  }
}
