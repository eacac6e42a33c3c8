// The pool: threads that run tasks, and what becomes of both.

import { systemClock } from '../base/clock.ts';
import { fromWire } from '../base/error-wire.ts';
import { QueueFullError } from '../base/errors.ts';
import { threadNow } from '../base/thread-time.ts';
import { callbackTimer, timersOf } from '../base/timers.ts';
import type { Compartment } from './compartment.ts';
import { Group } from './group.ts';
import type { Lane } from './lane.ts';
import { LaneStarter, type PoolHost } from './lane-starter.ts';
import type { Loss } from './loss.ts';
import { lateError, lostError, mayRunAgain, poisoned, unreadableError } from './lost.ts';
import { LATE, RETURNED } from './messages.ts';
import type { PoolStats } from './pool-stats.ts';
import { type Hear, Task, type TaskFacts } from './task.ts';
import { TaskKind, type TaskOutcome } from './task-kind.ts';
import { Underway } from './underway.ts';
import type { WorkersSettings } from './worker-options.ts';

export class WorkPool {
  readonly settings: WorkersSettings;
  /** By their names; known once a thread has started. */
  readonly kinds = new Map<string, TaskKind>();
  readonly #groups: Group[] = [];
  readonly #compartments = new Map<string, Compartment>();
  readonly #starter: LaneStarter;
  readonly #underway = new Underway();
  #open = false;

  constructor(settings: WorkersSettings, host: PoolHost) {
    this.settings = settings;
    this.#starter = new LaneStarter(settings, host, {
      answered: (lane, task, kind, value, ms) => this.#answered(lane, task, kind, value, ms),
      lost: (lane, begun, rest, loss) => this.#lost(lane, begun, rest, loss),
      unsendable: (task, error) => this.#unsendable(task, error),
      unreadable: (task) => this.#unreadable(task),
      garbled: (lane) => this.#groupOf(lane)?.takeBackFrom(lane),
    });
    this.#newGroup(settings.minThreads, settings.maxThreads);
    for (const [name, { threads, weight }] of settings.compartments) {
      const group = threads > 0 ? this.#newGroup(threads, threads) : this.#groups[0];
      this.#compartments.set(name, group.compartment(name, weight));
    }
  }

  /** Whether there are threads to run tasks. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Starts the threads that are always there. Rejects with a `TaskModuleError`, and then has none. */
  async start(): Promise<void> {
    try {
      await this.#starter.open();
      this.#open = true;
      await Promise.all(
        this.#groups.flatMap((group) => Array.from({ length: group.minThreads }, () => this.#addLane(group))),
      );
    } catch (error) {
      await this.stop(error);
      throw error;
    }
  }

  /** The compartment of a policy; '' for tasks without one. */
  compartmentOf(policy: string): Compartment {
    let compartment = this.#compartments.get(policy);
    if (compartment === undefined) {
      compartment = this.#groups[0].compartment(policy, 1);
      this.#compartments.set(policy, compartment);
    }
    return compartment;
  }

  /**
   * Takes a task. `resolve` and `reject` hear when it has really ended: what it returned or threw, or a
   * `WorkerLostError`. Throws a `QueueFullError` or a `PoisonedTaskError`.
   */
  submit(
    kind: TaskKind,
    input: unknown,
    facts: TaskFacts,
    compartment: Compartment,
    attempt: number,
    deadlineMs: number,
    resolve: Hear,
    reject: Hear,
  ): Task {
    const { maxCrashes, maxQueue } = this.settings;
    if (kind.crashes >= maxCrashes && kind.refusedForMs(maxCrashes) > 0) {
      throw poisoned(kind, compartment.name || undefined, kind.crashes, kind.refusedForMs(maxCrashes));
    }
    const { group } = compartment;
    if (group.queuedOf(compartment) >= maxQueue && !group.hasIdleLane) {
      throw new QueueFullError({ policy: compartment.name || undefined, maxQueue });
    }
    const task = new Task(kind, input, facts, compartment, attempt, deadlineMs, resolve, reject);
    task.carried = this.#starter.capture();
    this.#underway.began();
    group.submit(task);
    return task;
  }

  /** Whoever asked for it wants it no more: it never begins, or is asked to stop and then stopped. */
  abort(task: Task, reason: unknown): void {
    if (task.ended || task.aborted) return;
    task.aborted = true;
    task.reason = reason;
    const { lane } = task;
    if (lane !== undefined && lane.running !== task) task.compartment.group.takeBackFrom(lane);
    if (task.queued) this.#drop(task, reason, 'aborted');
    else if (lane !== undefined && task.lane === lane) this.#ask(lane, task, reason);
  }

  abortAll(reason: unknown): void {
    for (const group of this.#groups) {
      const sent = group.lanes.flatMap((lane) => lane.tasks);
      for (const task of [...group.queued, ...sent]) this.abort(task, reason);
    }
  }

  /** Resolves when no task is under way, or after `drainMs`. */
  drain(drainMs: number): Promise<void> {
    return this.#underway.none(drainMs);
  }

  /** Aborts what is left and ends all threads. Resolves when they have ended, or will not. */
  async stop(reason: unknown): Promise<void> {
    this.#open = false;
    this.#starter.closing();
    this.abortAll(reason);
    await this.drain(this.settings.graceMs + 1_000);
    for (const lane of this.#groups.flatMap(({ lanes }) => [...lanes])) lane.end('the runtime stops');
    await this.#starter.close();
  }

  stats(): PoolStats {
    const lanes = this.#groups.flatMap((group) => group.lanes);
    const busy = lanes.filter((lane) => lane.inFlight > 0).length;
    const starting = this.#groups.reduce((sum, group) => sum + group.starting, 0);
    const { unended, lost } = this.#starter;
    return {
      threads: { busy, idle: lanes.length - busy, starting, unended },
      waiting: new Map([...this.#compartments].map(([name, { waiting }]) => [name, waiting])),
      tasks: new Map([...this.kinds].map(([name, { counts }]) => [name, { ...counts }])),
      lost,
    };
  }

  #newGroup(minThreads: number, maxThreads: number): Group {
    const group: Group = new Group(minThreads, maxThreads, this.settings.idleTimeoutMs, () =>
      this.#grow(group),
    );
    this.#groups.push(group);
    return group;
  }

  #grow(group: Group): void {
    this.#addLane(group).catch((error) => {
      // Nobody is left to run what waits, and whoever is started next would fail the same way.
      if (group.lanes.length + group.starting > 0) return;
      for (const task of group.queued) this.#drop(task, error, 'failure');
    });
  }

  async #addLane(group: Group): Promise<void> {
    group.starting++;
    try {
      const { lane, names } = await this.#starter.start();
      if (!this.#open) return lane.end('the runtime stops');
      for (const name of names) if (!this.kinds.has(name)) this.kinds.set(name, new TaskKind(name));
      group.join(lane);
      this.#starter.joined(lane);
    } finally {
      group.starting--;
    }
    group.deal();
  }

  #answered(lane: Lane, task: Task, kind: number, value: unknown, ms: number): void {
    const { group } = task.compartment;
    if (kind === LATE) {
      group.finished(task, task.expectedMs);
      this.#end(task, false, lateError(task), 'aborted');
    } else {
      group.finished(task, ms);
      task.kind.measured(ms);
      const ok = kind === RETURNED;
      const outcome = task.aborted ? 'aborted' : ok ? 'success' : 'failure';
      this.#end(task, ok, ok ? value : fromWire(value, { classes: this.settings.errors }), outcome);
    }
    group.dealTo(lane);
  }

  #unsendable(task: Task, cause: unknown): void {
    task.compartment.group.finished(task, task.expectedMs);
    const error = new TypeError(`input of task "${task.kind.name}" cannot be sent to a worker`, { cause });
    this.#end(task, false, error, 'failure');
    task.compartment.group.dealSoon();
  }

  #unreadable(task: Task): void {
    task.compartment.group.finished(task, task.expectedMs);
    this.#end(task, false, unreadableError(task, this.settings.tasks), 'failure');
    task.compartment.group.dealSoon();
  }

  #drop(task: Task, reason: unknown, outcome: TaskOutcome): void {
    task.compartment.remove(task);
    this.#end(task, false, reason, outcome);
  }

  #end(task: Task, ok: boolean, result: unknown, outcome: TaskOutcome): void {
    task.kind.counts[outcome]++;
    task.end(ok, result);
    this.#underway.ended();
  }

  #ask(lane: Lane, task: Task, reason: unknown): void {
    lane.ask(task, reason);
    const timer = callbackTimer(() => {
      if (task.lane === lane) lane.end('its task went on after it was asked to stop');
    });
    timersOf(systemClock).arm(timer, threadNow() + this.settings.graceMs);
  }

  #lost(lane: Lane, begun: Task[], rest: Task[], loss: Loss): void {
    const group = this.#groupOf(lane);
    if (group === undefined) return;
    group.lanes.splice(group.lanes.indexOf(lane), 1);
    // Before its tasks are answered: whoever hears of it finds the permits returned.
    this.#starter.gone(lane, loss, begun.at(-1)?.kind.name);
    const { maxCrashes } = this.settings;
    for (const task of begun) {
      if (!loss.crashed) continue;
      task.crashes++;
      task.kind.crashed();
    }
    const again = [
      ...begun.filter((task) => task.facts.idempotent && task.kind.refusedForMs(maxCrashes) === 0),
      ...rest,
    ].filter((task) => this.#open && mayRunAgain(task, maxCrashes));
    group.putBack(again);
    for (const task of [...begun, ...rest]) if (!task.queued) this.#settleLost(group, task, loss);
    if (!this.#open) return;
    if (group.lanes.length + group.starting < group.minThreads) this.#grow(group);
    group.deal();
  }

  #groupOf(lane: Lane): Group | undefined {
    return this.#groups.find(({ lanes }) => lanes.includes(lane));
  }

  #settleLost(group: Group, task: Task, loss: Loss): void {
    group.finished(task, task.expectedMs);
    if (task.aborted) this.#end(task, false, task.reason, 'aborted');
    else this.#end(task, false, lostError(task, loss, this.settings.maxCrashes), 'lost');
  }
}
