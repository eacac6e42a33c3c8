// The runtime: named policies in memory shared by every thread, and what looks
// after them on the main thread.

import { ASYNC_DISPOSE } from '../base/dispose.ts';
import { Emitter, type Listener, type ListenOptions, type Subscription } from '../base/events.ts';
import { readOptions } from '../base/options.ts';
import type { RuntimeHandle } from '../policy/attached.ts';
import { drainCalls } from '../policy/drain-calls.ts';
import type { PolicyOptions } from '../policy/options/policy-options.ts';
import type { Policy } from '../policy/policy.ts';
import type { OffloadOptions } from '../work/offload.ts';
import type { PoolStats } from '../work/pool-stats.ts';
import type { TaskArguments, TaskNames, TaskResult, TasksIn } from '../work/tasks.ts';
import { ChaosSwitch } from './chaos-switch.ts';
import type { Component, ComponentOptions } from './component.ts';
import { addComponent } from './components.ts';
import { Degradation } from './degradation.ts';
import { setDraining } from './doors.ts';
import type { Health } from './health/health.ts';
import { Instruments } from './instruments.ts';
import { Lifecycle } from './lifecycle.ts';
import type { LifecycleChange, LifecycleState } from './lifecycle-state.ts';
import type { Registry } from './metrics/metrics.ts';
import { viewPolicy } from './policy-view.ts';
import { handleSignals, type SignalOptions } from './process-signals.ts';
import { type HoldfastOptions, type RuntimeSettings, readRuntimeOptions } from './runtime-options.ts';
import { RuntimePolicies } from './runtime-policies.ts';
import { noWorkers, RuntimeWorkers } from './runtime-workers.ts';
import { Servers } from './servers.ts';
import type { ThreadReport } from './thread-controls.ts';
import type { PolicyView } from './views.ts';
import { Vitals } from './vitals.ts';
import type { AdminOptions, AdminServer, Wings } from './wings.ts';

export interface StopOptions {
  /** How long calls under way may go on, in ms; 10 000 by default. Then they are aborted. */
  drainMs?: number;
}

/** Made by `createHoldfast`. Belongs to the thread that made it; its policies' state is shared by all. */
export class Holdfast<Names extends string = string, Tasks = Record<string, never>>
  implements AsyncDisposable
{
  readonly name: string;
  readonly degradation: Degradation;
  readonly chaos: ChaosSwitch;
  readonly health: Health;
  readonly #settings: RuntimeSettings;
  readonly #policies: RuntimePolicies;
  readonly #workers: RuntimeWorkers | undefined;
  readonly #components = new Map<string, Component>();
  readonly #lifecycle: Lifecycle;
  readonly #vitals: Vitals;
  readonly #instruments: Instruments;
  readonly #events: Emitter<{ state: LifecycleChange }>;
  readonly #wings: Wings | undefined;
  readonly #servers: Servers;

  /** Made by `createHoldfast`, not by hand. */
  constructor(options: HoldfastOptions, wings?: Wings) {
    const settings = readRuntimeOptions(options);
    const { name, clock, random } = settings;
    this.name = name;
    this.#settings = settings;
    this.#wings = wings;
    this.#servers = new Servers(clock);
    const runtime = new RuntimePolicies(settings);
    const { watch, plane, threads } = runtime;
    this.#policies = runtime;
    this.#events = new Emitter(name, ['state']);
    this.#lifecycle = new Lifecycle(this.#components, {
      name,
      clock,
      opened: () => setDraining(plane, false),
      started: () => this.#vitals.start(),
      drain: (drainMs) => this.#drain(drainMs),
      changed: (change) => this.#events.emit('state', change),
    });
    const state = () => this.state;
    const pool = () => this.#workers?.stats();
    const policy = (each: string) => runtime.get(each);
    const policies = () => [...runtime.all().values()];
    const running = () => this.state === 'running';
    this.#vitals = new Vitals({ name, clock, random, health: settings.health, running, policies, pool });
    this.health = this.#vitals.health;
    if (settings.workers !== undefined) {
      const wake = () => runtime.wakeAll();
      const asked = { health: () => this.health, degradation: () => this.degradation };
      this.#workers = new RuntimeWorkers(settings.workers, { name, threads, policy, wake, state, ...asked });
      this.component(this.#workers.component);
    }
    const { health } = this;
    this.degradation = new Degradation(plane, { clock, health, policy, watch });
    const { degradation } = this;
    const vitals = this.#vitals;
    this.#instruments = new Instruments(settings.metrics, {
      vitals,
      watch,
      degradation,
      policies,
      state,
      pool,
    });
    this.chaos = new ChaosSwitch(
      () => runtime.all(),
      clock,
      (struck) => this.#workers?.controls.chaos(struck),
    );
    for (const [each, given] of Object.entries(settings.policies)) this.define(each, given as PolicyOptions);
  }

  /** Which kernels decide: WebAssembly, or their JavaScript twin. */
  get engine(): 'wasm' | 'js' {
    return this.#policies.plane.engine.name;
  }

  get state(): LifecycleState {
    return this.#lifecycle.state;
  }

  /** A prom-client registry that is filled from shared memory whenever it is scraped. */
  get metrics(): Registry {
    return this.#instruments.metrics.registry;
  }

  /** The text of a scrape in pieces, each made in a few milliseconds: between two others may have their turn. */
  scrape(): AsyncGenerator<string, void, void> {
    return this.#instruments.metrics.pieces();
  }

  /**
   * What each policy shows at this moment, in plain numbers: what the dashboard is made from. Latencies may be
   * `latencyAgeMs` old.
   */
  views(latencyAgeMs = 0): PolicyView[] {
    return this.#instruments.readings().map((reading) => viewPolicy(reading, latencyAgeMs));
  }

  /**
   * Starts a server with metrics, health, the policies' state and a dashboard. It answers until it is closed, or the
   * runtime has stopped. Throws an `OptionsError`.
   */
  async admin(options: AdminOptions): Promise<AdminServer> {
    if (this.#wings === undefined) throw new Error('this runtime was made without an admin server');
    return this.#servers.add(await this.#wings.admin(this as never, options, this.#settings.clock));
  }

  /** Names of the policies defined now. */
  get policies(): string[] {
    return this.#policies.names();
  }

  /** The policy of a name. Throws an `UnknownPolicyError` that lists the known ones. */
  policy(name: Names | (string & {})): Policy {
    return this.#policies.get(name);
  }

  /** Adds a policy; every thread that takes part finds it by its name. Throws an `OptionsError`. */
  define(name: string, options: PolicyOptions): Policy {
    return this.#policies.define(name, options);
  }

  /** Takes a policy out, its metrics too; false when there is none of that name. Late results are harmless. */
  remove(name: string): boolean {
    return this.#policies.remove(name);
  }

  /**
   * Runs a task on a worker thread, under a policy if one is named. Rejects with what the task threw, with its
   * class as far as `workers.errors` tells; with a `RejectedError` when it did not run; with a `WorkerLostError`
   * when its thread was lost while it ran and it was not said to be `idempotent`.
   */
  offload<Name extends TaskNames<Tasks>>(
    task: Name,
    ...[input, options]: TaskArguments<Tasks[Name], OffloadOptions<Names>>
  ): Promise<TaskResult<Tasks[Name]>> {
    const result = this.#workers?.offload(task, input, options) ?? Promise.reject(noWorkers(this.state));
    return result as Promise<TaskResult<Tasks[Name]>>;
  }

  /** What the threads do and have done; undefined without workers. */
  get workers(): PoolStats | undefined {
    return this.#workers?.stats();
  }

  /**
   * What the manager knows of each thread: whether it lives, read from the shared memory, and what it says of itself,
   * as far as it answers within `withinMs`. None without workers.
   */
  async threads(withinMs = 1_000): Promise<ThreadReport[]> {
    return (await this.#workers?.controls.reports(withinMs)) ?? [];
  }

  /**
   * Lets a worker of one's own take part: a handle to send to it, for `attach` from `holdfast/worker`. When the
   * worker exits, what it held is returned.
   */
  share(worker: unknown): RuntimeHandle {
    return this.#policies.share(worker);
  }

  /**
   * Adds what is started and stopped with the runtime. Throws an `OptionsError` for a name that is taken and for
   * an order in which not all can start, a `LifecycleError` while the runtime is started.
   */
  component(options: ComponentOptions): this {
    this.#vitals.add(addComponent(this.#components, options, this.state));
    return this;
  }

  /**
   * Starts the components, phases upwards. When one fails, those that had started are stopped, newest first, and
   * a `LifecycleError` with `phase`, `component` and `cause` is thrown. After a stop it may be called again.
   */
  async start(): Promise<void> {
    await this.#lifecycle.start();
  }

  /**
   * Refuses new calls, lets those under way end within `drainMs`, aborts the rest; then stops the components,
   * phases downwards; then closes admin servers. What fails on the way is told at the end by a `LifecycleError`
   * with all `errors`. Does nothing when stopped.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    const drainMs = readOptions('stop', options, ['drainMs']).durationMs('drainMs', { default: 10_000 });
    await this.#servers.closeAfter(drainMs, () => this.#lifecycle.stop(drainMs));
  }

  async [ASYNC_DISPOSE](): Promise<void> {
    await this.stop();
  }

  /** Stops at SIGTERM or SIGINT, then ends the process. Disposing of what it gives ends that. */
  handleSignals(options?: SignalOptions): Subscription {
    return handleSignals((drainMs) => this.stop({ drainMs }), options);
  }

  /** Calls a listener when the runtime moves to another state. */
  on(event: 'state', listener: Listener<LifecycleChange>, options?: ListenOptions): Subscription {
    return this.#events.on(event, listener, options);
  }

  async #drain(drainMs: number): Promise<void> {
    setDraining(this.#policies.plane, true);
    this.#vitals.stop();
    await Promise.all([
      drainCalls(this.#policies.opened(), this.#settings.clock, drainMs),
      this.#workers?.drain(drainMs),
    ]);
    this.chaos.disable('shutdown');
  }
}

/** Makes a runtime. Policies work at once; `start()` is for what runs beside them. Throws an `OptionsError`. */
export function createHoldfast<const Options extends HoldfastOptions>(
  options: Options = {} as Options,
  wings?: Wings,
): Holdfast<keyof Options['policies'] & string, TasksIn<Options>> {
  return new Holdfast(options, wings);
}
