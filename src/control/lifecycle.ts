/**
 * Starts and stops a runtime and its components.
 *
 * Phases start upwards and stop downwards; inside a phase everything goes on
 * side by side as far as dependencies allow. A start that fails stops what had
 * started, newest first. A stop goes on past errors and tells them all. Every
 * step has a deadline, so neither can hang. A stop that comes while a start is
 * under way ends it.
 */

import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { LIFECYCLE_CHANNEL } from '../base/diagnostics.ts';
import { DrainingError, LifecycleError } from '../base/errors.ts';
import type { Component } from './component.ts';
import { type LifecycleChange, type LifecycleState, MOVES } from './lifecycle-state.ts';
import { inOrder, phasesOf } from './phases.ts';

/** What the runtime does around its components. */
export interface LifecycleHooks {
  name: string;
  clock: Clock;
  /** A start begins: doors open. */
  opened(): void;
  /** Every component has started. */
  started(): void;
  /** A stop begins: doors close, and what is under way has `drainMs`. */
  drain(drainMs: number): Promise<void>;
  changed(change: LifecycleChange): void;
}

interface Failure {
  component: Component;
  cause: unknown;
}

export class Lifecycle {
  readonly #hooks: LifecycleHooks;
  readonly #components: ReadonlyMap<string, Component>;
  #state: LifecycleState = 'idle';
  #running: Component[] = [];
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #unwanted = new AbortController();

  constructor(components: ReadonlyMap<string, Component>, hooks: LifecycleHooks) {
    this.#components = components;
    this.#hooks = hooks;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Throws an `OptionsError` for an order that cannot be, a `LifecycleError` when it is started or fails. */
  async start(): Promise<void> {
    if (this.#stopping !== undefined) await this.#stopping.catch(() => {});
    // A runtime that drains is one whose stop was waited for above.
    if (this.#state === 'running' || this.#state === 'starting') {
      throw new LifecycleError({ code: 'HF_ALREADY_STARTED' });
    }
    const phases = phasesOf(this.#components);
    this.#unwanted = new AbortController();
    // Before anybody is told: whoever then stops it waits for this to end.
    this.#starting = this.#start(phases);
    this.#move('starting');
    this.#hooks.opened();
    await this.#starting;
  }

  /** Does nothing when stopped; a second stop waits for the first. */
  async stop(drainMs: number): Promise<void> {
    if (this.#state === 'stopped') return;
    if (this.#stopping === undefined) {
      // Known before it begins: whoever is told of it may stop as well, and waits for this one.
      let follow: (stop: Promise<void>) => void = () => {};
      this.#stopping = new Promise<void>((resolve) => {
        follow = resolve;
      }).finally(() => {
        this.#stopping = undefined;
      });
      follow(this.#stop(drainMs));
    }
    await this.#stopping;
  }

  async #start(phases: Component[][]): Promise<void> {
    // Whoever has called `start` sees it starting, though there be nothing to start; and no component begins before
    // a stop of the same turn can say that it is not wanted.
    await null;
    const failures: Failure[] = [];
    for (const members of phases) {
      await inOrder(
        members,
        ({ dependsOn }) => dependsOn,
        (member) => this.#startOne(member, failures),
      );
      if (failures.length > 0 || this.#unwanted.signal.aborted) break;
    }
    if (failures.length === 0 && !this.#unwanted.signal.aborted) {
      this.#move('running');
      // Whoever was told may have stopped it.
      if (this.state === 'running') this.#hooks.started();
      return;
    }
    const errors: Failure[] = [];
    for (const member of this.#running.reverse()) await this.#stopOne(member, errors);
    this.#running = [];
    this.#move('failed');
    const [first] = failures;
    throw new LifecycleError({
      code: 'HF_START_FAILED',
      phase: first?.component.phase,
      component: first?.component.name,
      cause: first === undefined ? new DrainingError({}) : first.cause,
      errors: [...failures.slice(1), ...errors].map(({ cause }) => cause),
    });
  }

  async #startOne(member: Component, failures: Failure[]): Promise<void> {
    const { signal } = this.#unwanted;
    if (signal.aborted) return;
    try {
      // A start that is done after all, too late, is undone: nobody else would.
      const late = (ok: boolean) => void (ok && this.#step('stop', member).catch(() => {}));
      await this.#step('start', member, late, signal);
      this.#running.push(member);
    } catch (cause) {
      failures.push({ component: member, cause });
      this.#unwanted.abort(cause);
    }
  }

  async #stop(drainMs: number): Promise<void> {
    if (this.#state === 'starting') {
      this.#unwanted.abort(new DrainingError({}));
      await this.#starting?.catch(() => {});
    }
    this.#move('draining');
    await this.#hooks.drain(drainMs);
    const running = new Map(this.#running.map((member) => [member.name, member]));
    const failures: Failure[] = [];
    for (const members of phasesOf(this.#components).reverse()) {
      const own = members.filter(({ name }) => running.has(name));
      const dependents = ({ name }: Component) =>
        own.filter(({ dependsOn }) => dependsOn.includes(name)).map((other) => other.name);
      await inOrder(own, dependents, (member) => this.#stopOne(member, failures));
    }
    this.#running = [];
    this.#move('stopped');
    if (failures.length === 0) return;
    const [{ component, cause }] = failures;
    const errors = failures.map((failure) => failure.cause);
    throw new LifecycleError({
      code: 'HF_STOP_FAILED',
      phase: component.phase,
      component: component.name,
      cause,
      errors,
    });
  }

  async #stopOne(member: Component, failures: Failure[]): Promise<void> {
    try {
      await this.#step('stop', member);
    } catch (cause) {
      failures.push({ component: member, cause });
    }
  }

  #step(
    scope: 'start' | 'stop',
    member: Component,
    late?: (ok: boolean) => void,
    wanted?: AbortSignal,
  ): Promise<unknown> {
    const { clock } = this.#hooks;
    const { name, timeoutMs } = member;
    const step = withDeadline({ clock, timeoutMs, scope, name, late, wanted }, (signal) =>
      member[scope]?.({ signal }),
    );
    if (!LIFECYCLE_CHANNEL.hasSubscribers) return step;
    const facts = { runtime: this.#hooks.name, event: scope, component: name, phase: member.phase };
    const tell = (error?: unknown) =>
      LIFECYCLE_CHANNEL.publish(error === undefined ? facts : { ...facts, error });
    step.then(() => tell(), tell);
    return step;
  }

  #move(to: LifecycleState): void {
    const from = this.#state;
    if (!MOVES[from].includes(to)) throw new Error(`lifecycle: ${from} cannot become ${to}`);
    this.#state = to;
    const runtime = this.#hooks.name;
    if (LIFECYCLE_CHANNEL.hasSubscribers) LIFECYCLE_CHANNEL.publish({ runtime, event: 'state', from, to });
    this.#hooks.changed({ name: runtime, from, to });
  }
}
