// The pool: threads that run tasks, and what happens to both.

import { systemClock } from '../base/clock.ts';
import { fromWire } from '../base/error-wire.ts';
import { PoisonedTaskError, QueueFullError, TimeoutError, WorkerLostError } from '../base/errors.ts';
import { threadNow } from '../base/thread-time.ts';
import { callbackTimer, timersOf } from '../base/timers.ts';
import type { Compartment } from './compartment.ts';
import { Durations } from './durations.ts';
import { Group } from './group.ts';
import type { Lane, Loss } from './lane.ts';
import { LaneStarter, type PoolHost } from './lane-starter.ts';
import { type Answer, LATE, RETURNED } from './messages.ts';
import { Poison } from './poison.ts';
import { type PoolStats, TaskTotals } from './pool-stats.ts';
import { type Ending, Task, type TaskFacts } from './task.ts';
import type { WorkersSettings } from './worker-options.ts';

export class WorkPool {
  readonly settings: WorkersSettings;
  readonly #groups: Group[] = [];
  readonly #compartments = new Map<string, { group: Group; compartment: Compartment }>();
  readonly #durations = new Durations();
  readonly #poison: Poison;
  readonly #totals = new TaskTotals();
  readonly #starter: LaneStarter;
  /** Tasks under way, and who waits until there are none. */
  #live = 0;
  #idle: (() => void)[] = [];
  #open = false;

  constructor(settings: WorkersSettings, host: PoolHost) {
    this.settings = settings;
    this.#poison = new Poison(settings.maxCrashes);
    this.#starter = new LaneStarter(settings, host, {
      answered: (lane, task, answer) => this.#answered(lane, task, answer),
      lost: (lane, begun, rest, loss) => this.#lost(lane, begun, rest, loss),
      unsendable: (task, error) => this.#unsendable(task, error),
    });
    this.#newGroup(settings.minThreads, settings.maxThreads);
    for (const [name, { threads, weight }] of settings.compartments) {
      const group = threads > 0 ? this.#newGroup(threads, threads) : this.#groups[0];
      this.#compartments.set(name, { group, compartment: group.compartment(name, weight) });
    }
  }

  /** Whether there are threads to run tasks. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Names of the tasks; known once a thread has started. */
  get names(): readonly string[] {
    return this.#starter.names;
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

  /**
   * Takes a task; the ending hears when it has really ended. Throws a `QueueFullError` or `PoisonedTaskError`, and
   * the task ends with what it threw, or with a `WorkerLostError`.
   */
  submit(facts: TaskFacts, end: Ending): Task {
    const { group, compartment } = this.#compartmentOf(facts.policy);
    this.#refusePoison(facts.name, facts.policy);
    if (compartment.waiting >= this.settings.maxQueue && !group.hasIdleLane) {
      throw new QueueFullError({ policy: facts.policy || undefined, maxQueue: this.settings.maxQueue });
    }
    const task = new Task(facts, compartment, this.#starter.capture(), end);
    this.#live++;
    group.submit(task);
    return task;
  }

  /** Whoever asked for it wants it no more: it never begins, or is asked to stop and then stopped. */
  abort(task: Task, reason: unknown): void {
    if (task.ended || task.aborted) return;
    task.aborted = true;
    task.reason = reason;
    if (task.queued) return this.#drop(task, reason, 'aborted');
    const { lane } = task;
    if (lane === undefined) return;
    if (lane.running !== task) {
      this.#groupOf(task).takeBackFrom(lane);
      if (task.queued) return this.#drop(task, reason, 'aborted');
    }
    if (task.lane === lane) this.#ask(lane, task, reason);
  }

  abortAll(reason: unknown): void {
    for (const group of this.#groups) {
      const sent = group.lanes.flatMap((lane) => lane.tasks);
      for (const task of [...group.queued, ...sent]) this.abort(task, reason);
    }
  }

  /** Resolves when no task is under way, or after `drainMs`. */
  async drain(drainMs: number): Promise<void> {
    if (this.#live === 0) return;
    await new Promise<void>((resolve) => {
      const timer = callbackTimer(() => resolve());
      timersOf(systemClock).arm(timer, threadNow() + drainMs);
      this.#idle.push(() => {
        timersOf(systemClock).disarm(timer);
        resolve();
      });
    });
  }

  /** Aborts what is left and ends all threads. Resolves when they have ended, or will not. */
  async stop(reason: unknown): Promise<void> {
    this.#open = false;
    this.#starter.closing();
    this.abortAll(reason);
    if (this.#live > 0) await this.drain(this.settings.graceMs + 1_000);
    const lanes = this.#groups.flatMap((group) => [...group.lanes]);
    for (const lane of lanes) lane.end('the runtime stops');
    await this.#starter.close();
  }

  stats(): PoolStats {
    const lanes = this.#groups.flatMap((group) => group.lanes);
    const busy = lanes.filter((lane) => lane.inFlight > 0).length;
    const starting = this.#groups.reduce((sum, group) => sum + group.starting, 0);
    const { unended, lost } = this.#starter;
    return {
      threads: { busy, idle: lanes.length - busy, starting, unended },
      waiting: new Map([...this.#compartments].map(([name, { compartment }]) => [name, compartment.waiting])),
      tasks: this.#totals.byName,
      lost,
    };
  }

  #newGroup(minThreads: number, maxThreads: number): Group {
    const group: Group = new Group(minThreads, maxThreads, this.#durations, {
      grow: () => void this.#addLane(group).catch((error) => this.#startFailed(group, error)),
    });
    this.#groups.push(group);
    return group;
  }

  async #addLane(group: Group): Promise<void> {
    group.starting++;
    try {
      const lane = await this.#starter.start();
      if (!this.#open) return lane.end('the runtime stops');
      group.lanes.push(lane);
    } finally {
      group.starting--;
    }
    group.deal();
  }

  // Nobody is left to run what waits, and whoever is started next would fail the same way.
  #startFailed(group: Group, error: unknown): void {
    if (group.lanes.length + group.starting > 0) return;
    for (const task of group.queued) this.#drop(task, error, 'failure');
  }

  #compartmentOf(name: string): { group: Group; compartment: Compartment } {
    let found = this.#compartments.get(name);
    if (found === undefined) {
      const group = this.#groups[0];
      found = { group, compartment: group.compartment(name, 1) };
      this.#compartments.set(name, found);
    }
    return found;
  }

  #groupOf(task: Task): Group {
    return this.#compartmentOf(task.compartment.name).group;
  }

  #refusePoison(name: string, policy: string): void {
    const refusal = this.#poison.refusal(name);
    if (refusal !== undefined)
      throw new PoisonedTaskError({ ...refusal, task: name, policy: policy || undefined });
  }

  #answered(lane: Lane, task: Task, { kind, value, ms }: Answer): void {
    const group = this.#groupOf(task);
    group.finished(task, kind === LATE ? task.expectedMs : ms);
    if (kind !== LATE) this.#poison.survived(task.name);
    if (kind === RETURNED) this.#end(task, true, value, task.aborted ? 'aborted' : 'success', ms);
    else if (kind === LATE) this.#end(task, false, this.#late(task), 'aborted', 0);
    else {
      const error = fromWire(value, { classes: this.settings.errors });
      this.#end(task, false, error, task.aborted ? 'aborted' : 'failure', ms);
    }
    group.dealTo(lane);
  }

  #late({ facts, name }: Task): TimeoutError {
    return new TimeoutError({ policy: facts.policy || undefined, scope: 'task', timeoutMs: 0, name });
  }

  #unsendable(task: Task, cause: unknown): void {
    this.#groupOf(task).finished(task, task.expectedMs);
    const error = new TypeError(`input of task "${task.name}" cannot be sent to a worker`, { cause });
    this.#end(task, false, error, 'failure', 0);
  }

  #drop(task: Task, reason: unknown, outcome: 'aborted' | 'failure'): void {
    task.compartment.remove(task);
    this.#end(task, false, reason, outcome, 0);
  }

  #end(
    task: Task,
    ok: boolean,
    result: unknown,
    outcome: 'success' | 'failure' | 'aborted' | 'lost',
    ms: number,
  ): void {
    this.#totals.count(task.name, outcome, ms);
    task.end(ok, result);
    if (--this.#live === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  #ask(lane: Lane, task: Task, reason: unknown): void {
    lane.ask(task, reason);
    const timer = callbackTimer(() => {
      if (task.lane === lane) lane.end('a task went on after it was asked to stop');
    });
    timersOf(systemClock).arm(timer, threadNow() + this.settings.graceMs);
  }

  #lost(lane: Lane, begun: Task[], rest: Task[], loss: Loss): void {
    const group = this.#groups.find(({ lanes }) => lanes.includes(lane));
    if (group === undefined) return;
    group.lanes.splice(group.lanes.indexOf(lane), 1);
    group.putBack(rest.filter((task) => this.#mayRunAgain(task)));
    // Before its tasks are answered: whoever hears of it finds the permits returned.
    this.#starter.gone(lane, loss, begun.at(-1)?.name);
    for (const task of rest) if (!task.queued) this.#settleLost(group, task, loss);
    for (const task of begun) this.#crashed(group, task, loss);
    if (!this.#open) return;
    if (group.lanes.length + group.starting < group.minThreads) {
      void this.#addLane(group).catch((error) => this.#startFailed(group, error));
    } else group.deal();
  }

  #crashed(group: Group, task: Task, loss: Loss): void {
    if (loss.crashed) {
      task.crashes++;
      this.#poison.crashed(task.name);
    }
    const spent = task.crashes >= this.settings.maxCrashes;
    const again = task.facts.idempotent && !spent && this.#mayRunAgain(task);
    if (again && this.#poison.refusal(task.name) === undefined) group.putBack([task]);
    else this.#settleLost(group, task, loss);
  }

  // What was transferred is gone with the thread.
  #mayRunAgain(task: Task): boolean {
    return this.#open && !task.aborted && task.facts.transfer === undefined;
  }

  #settleLost(group: Group, task: Task, { reason, cause }: Loss): void {
    group.finished(task, task.expectedMs);
    if (task.aborted) return this.#end(task, false, task.reason, 'aborted', 0);
    const { name, crashes } = task;
    const policy = task.facts.policy || undefined;
    const poisoned = task.facts.idempotent && crashes >= this.settings.maxCrashes;
    const error = poisoned
      ? new PoisonedTaskError({ policy, task: name, crashes })
      : new WorkerLostError({ policy, task: name, reason, cause });
    this.#end(task, false, error, 'lost', 0);
  }
}
