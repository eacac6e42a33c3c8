// The runtime: named policies in memory shared by every thread, and what looks
// after them on the main thread.

import { guardClock } from '../base/clock-guard.ts';
import { ASYNC_DISPOSE } from '../base/dispose.ts';
import { LifecycleError, OptionsError } from '../base/errors.ts';
import { Emitter, type Listener, type ListenOptions, type Subscription } from '../base/events.ts';
import { readOptions } from '../base/options.ts';
import { type RuntimeHandle, sharedHost } from '../policy/attached.ts';
import type { PolicyOptions } from '../policy/options/policy-options.ts';
import type { Policy } from '../policy/policy.ts';
import { SharedPolicies } from '../policy/shared-policies.ts';
import { Arena } from '../state/arena.ts';
import { StatePlane } from '../state/plane.ts';
import type { OffloadOptions } from '../work/offload.ts';
import type { PoolStats } from '../work/pool-stats.ts';
import type { TaskArguments, TaskNames, TaskResult, TasksIn } from '../work/tasks.ts';
import { ChaosSwitch } from './chaos-switch.ts';
import { type Component, type ComponentOptions, readComponent } from './component.ts';
import { Degradation } from './degradation.ts';
import { drain, setDraining } from './drain.ts';
import type { Health } from './health/health.ts';
import { Instruments } from './instruments.ts';
import { Lifecycle } from './lifecycle.ts';
import type { LifecycleChange, LifecycleState } from './lifecycle-state.ts';
import type { Registry } from './metrics/metrics.ts';
import { checkOrder } from './phases.ts';
import { handleSignals, type SignalOptions } from './process-signals.ts';
import {
  type HoldfastOptions,
  hasOwnClock,
  type RuntimeSettings,
  readRuntimeOptions,
} from './runtime-options.ts';
import { RuntimeWorkers } from './runtime-workers.ts';
import { SharedThreads } from './shared-threads.ts';
import { Vitals } from './vitals.ts';
import { Watch } from './watch.ts';

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
  readonly #plane: StatePlane;
  readonly #arena: Arena;
  readonly #policies: SharedPolicies;
  readonly #threads: SharedThreads;
  readonly #workers: RuntimeWorkers | undefined;
  readonly #components = new Map<string, Component>();
  readonly #lifecycle: Lifecycle;
  readonly #vitals: Vitals;
  readonly #instruments: Instruments;
  readonly #watch: Watch;
  readonly #events: Emitter<{ state: LifecycleChange }>;

  constructor(options: HoldfastOptions) {
    const settings = readRuntimeOptions(options);
    const { name, sizes, engine, clock, random } = settings;
    this.name = name;
    this.#settings = settings;
    this.#plane = StatePlane.create(sizes, guardClock(clock).now(), engine);
    this.#arena = new Arena(this.#plane);
    this.#watch = new Watch(name);
    this.#threads = new SharedThreads(this.#plane, name, settings.policies, () =>
      this.#watch.hearOthers(this.#policies.opened()),
    );
    const host = sharedHost(this.#plane, () => this.#threads.joined);
    this.#policies = new SharedPolicies({ plane: this.#plane, clock, random, host });
    this.#events = new Emitter(name, ['state']);
    this.#lifecycle = new Lifecycle(this.#components, {
      name,
      clock,
      opened: () => setDraining(this.#plane, false),
      started: () => this.#vitals.start(),
      drain: (drainMs) => this.#drain(drainMs),
      changed: (change) => this.#events.emit('state', change),
    });
    const running = () => this.state === 'running';
    const policies = () => this.#policies.opened();
    const pool = () => this.#workers?.stats();
    this.#vitals = new Vitals({ name, clock, random, health: settings.health, running, policies, pool });
    this.health = this.#vitals.health;
    if (settings.workers !== undefined) {
      this.#workers = new RuntimeWorkers(settings.workers, {
        name,
        threads: this.#threads,
        policy: (each) => this.policy(each),
        wake: () => this.#wakeAll(),
        state: () => this.state,
      });
      this.component(this.#workers.component);
    }
    this.degradation = new Degradation(this.#plane, {
      clock,
      health: this.health,
      policy: (each) => this.#policies.get(each),
      watch: this.#watch,
    });
    this.#instruments = new Instruments(settings.metrics, {
      vitals: this.#vitals,
      watch: this.#watch,
      degradation: this.degradation,
      policies: () => this.#policies.names().map((each) => this.#policies.get(each)),
      state: () => this.state,
      pool,
    });
    this.chaos = new ChaosSwitch(
      () => new Map(this.#policies.names().map((each) => [each, this.#policies.get(each)])),
      clock,
    );
    for (const [each, policy] of Object.entries(settings.policies)) {
      this.define(each, policy as PolicyOptions);
    }
  }

  /** Which kernels decide: WebAssembly, or their JavaScript twin. */
  get engine(): 'wasm' | 'js' {
    return this.#plane.engine.name;
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
    const policy = this.#policies.defineOnMain(this.#arena, name, options);
    this.#watch.add(policy);
    return policy;
  }

  /** Takes a policy out, its metrics too; false when there is none of that name. Late results are harmless. */
  remove(name: string): boolean {
    return this.#policies.removeOnMain(this.#arena, name);
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
    const result = this.#workers?.offload(task, input, options) ?? Promise.reject(noWorkers());
    return result as Promise<TaskResult<Tasks[Name]>>;
  }

  /** What the threads do and have done; undefined without workers. */
  get workers(): PoolStats | undefined {
    return this.#workers?.stats();
  }

  /**
   * Lets a worker of one's own take part: a handle to send to it, for `attach` from `holdfast/worker`. When the
   * worker exits, what it held is returned.
   */
  share(worker: unknown): RuntimeHandle {
    if (hasOwnClock(this.#settings)) {
      throw new OptionsError({
        path: 'clock',
        expected: 'the system clock where threads take part',
        received: 'a clock of this thread alone',
      });
    }
    return this.#threads.share(worker, () => this.#wakeAll());
  }

  /**
   * Adds what is started and stopped with the runtime. Throws an `OptionsError` for a name that is taken and for
   * an order in which not all can start, a `LifecycleError` while the runtime is started.
   */
  component(options: ComponentOptions): this {
    const component = readComponent(options);
    const { name } = component;
    if (this.#components.has(name)) {
      const received = `"${name}", added already`;
      throw new OptionsError({ path: 'component.name', expected: 'a name that is not taken', received });
    }
    if (!['idle', 'stopped', 'failed'].includes(this.state))
      throw new LifecycleError({ code: 'HF_ALREADY_STARTED' });
    checkOrder(new Map([...this.#components, [name, component]]));
    this.#vitals.add(component);
    this.#components.set(name, component);
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
   * phases downwards. What fails on the way is told at the end by a `LifecycleError` with all `errors`. Does
   * nothing when stopped.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    const drainMs = readOptions('stop', options, ['drainMs']).durationMs('drainMs', { default: 10_000 });
    await this.#lifecycle.stop(drainMs);
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
    setDraining(this.#plane, true);
    this.#vitals.stop();
    await Promise.all([
      drain(this.#policies.opened(), this.#settings.clock, drainMs),
      this.#workers?.drain(drainMs),
    ]);
    this.chaos.disable('shutdown');
  }

  #wakeAll(): void {
    for (const policy of this.#policies.opened()) policy.wake();
  }
}

/** Makes a runtime. Policies work at once; `start()` is for what runs beside them. Throws an `OptionsError`. */
export function createHoldfast<const Options extends HoldfastOptions>(
  options: Options = {} as Options,
): Holdfast<keyof Options['policies'] & string, TasksIn<Options>> {
  return new Holdfast(options);
}

function noWorkers(): OptionsError {
  const expected = 'where tasks come from, as { tasks: tasksOf(url) }';
  return new OptionsError({ path: 'workers', expected, received: 'nothing' });
}
