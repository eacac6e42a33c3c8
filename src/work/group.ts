// Threads that are shared by the same compartments, and the hand that deals tasks to them.
//
// Whose turn is next: the compartment that has used the least thread time over its weight. A task that finds a
// thread idle goes at once, by itself. Otherwise it waits; when a thread has little left to do, several tasks
// travel in one message, as many as should take a millisecond in all. Nothing is lost by that: what a thread has
// not begun is taken back when somebody else's turn has come, when a task takes longer than it should, or when
// a caller has gone.

import { Compartment, PRIORITIES } from './compartment.ts';
import type { Lane } from './lane.ts';
import { MOST_TASKS } from './messages.ts';
import { Retirement } from './retirement.ts';
import type { Task } from './task.ts';
import { Watch } from './watch.ts';

/** Work that a message may carry, in ms. */
const BATCH_MS = 1;
/** A task of at most so many ms may be sent ahead, behind one other; for a longer one the way costs nothing. */
const AHEAD_MS = 200;

export class Group {
  readonly minThreads: number;
  readonly maxThreads: number;
  readonly lanes: Lane[] = [];
  /** Threads on their way. */
  starting = 0;
  readonly #retirement: Retirement;
  readonly #grow: () => void;
  readonly #compartments: Compartment[] = [];
  readonly #watch = new Watch(this.lanes, (lane) => this.takeBackFrom(lane));
  #dealing = false;

  constructor(minThreads: number, maxThreads: number, idleTimeoutMs: number, grow: () => void) {
    this.minThreads = minThreads;
    this.maxThreads = maxThreads;
    this.#retirement = new Retirement(this.lanes, minThreads, idleTimeoutMs);
    this.#grow = grow;
  }

  /** A compartment of a name and weight, which shares these threads. */
  compartment(name: string, weight: number): Compartment {
    const compartment = new Compartment(name, weight, this);
    this.#compartments.push(compartment);
    return compartment;
  }

  get waiting(): number {
    let waiting = 0;
    for (const compartment of this.#compartments) waiting += compartment.waiting;
    return waiting;
  }

  get hasIdleLane(): boolean {
    for (const lane of this.lanes) if (lane.inFlight === 0) return true;
    return false;
  }

  /** Tasks of a compartment that wait, on the way to a thread too. */
  queuedOf({ waiting, sent }: Compartment): number {
    return waiting + Math.max(0, sent - this.lanes.length);
  }

  /** A thread has joined. */
  join(lane: Lane): void {
    this.lanes.push(lane);
    this.#retirement.joined();
  }

  /** Takes a task in. */
  submit(task: Task): void {
    const { compartment } = task;
    const isNew = compartment.waiting === 0 && compartment.sent === 0;
    const overtakes = isNew || compartment.sent === 0 || task.facts.priority > compartment.lowestSent;
    const idle = this.hasIdleLane;
    if (!idle && overtakes) this.#makeRoom();
    if (isNew) this.#join(compartment);
    compartment.push(task);
    if (idle) this.deal();
    else if (this.lanes.length + this.starting < this.maxThreads) this.#grow();
  }

  // It has no claim to the time in which it wanted nothing.
  #join(compartment: Compartment): void {
    let least = Number.POSITIVE_INFINITY;
    for (const { waiting, sent, used, pending } of this.#compartments) {
      if (waiting + sent > 0) least = Math.min(least, used - pending);
    }
    if (least < Number.POSITIVE_INFINITY) compartment.used = Math.max(compartment.used, least);
  }

  /** Puts tasks back where they were. */
  putBack(tasks: readonly Task[]): void {
    for (const compartment of new Set(tasks.map((task) => task.compartment))) {
      const own = tasks.filter((task) => task.compartment === compartment);
      this.#returned(
        compartment,
        own.length,
        own.reduce((sum, { expectedMs }) => sum + expectedMs, 0),
      );
      compartment.putBack(own);
    }
  }

  /** A task that was sent has ended after `ms` on its thread. */
  finished(task: Task, ms: number): void {
    const { compartment, expectedMs } = task;
    compartment.used += (ms - expectedMs) / compartment.weight;
    this.#returned(compartment, 1, expectedMs);
  }

  /** Hands waiting tasks to lanes that have little left to do, first to those that have nothing. */
  deal(): void {
    for (const lane of this.lanes) {
      if (this.waiting === 0) break;
      if (lane.inFlight === 0 && !lane.ended) this.#sendTo(lane);
    }
    for (const lane of this.lanes) this.dealTo(lane);
    if (this.waiting > 0 && this.lanes.length + this.starting < this.maxThreads) this.#grow();
  }

  dealTo(lane: Lane): void {
    while (!lane.ended && hasRoom(lane)) {
      if (this.#sendTo(lane)) continue;
      if (lane.inFlight > 0 || !this.#relieve()) return;
    }
  }

  /** Sends a lane its share of what waits; false when there is nothing that it may have. */
  #sendTo(lane: Lane): boolean {
    const tasks = this.#takeFor(lane);
    if (tasks.length === 0) return false;
    if (lane.inFlight === 0) this.#watch.begins(lane);
    lane.send(tasks);
    return true;
  }

  /** Deals again when the callers of this turn are through. */
  dealSoon(): void {
    if (this.#dealing) return;
    this.#dealing = true;
    queueMicrotask(() => {
      this.#dealing = false;
      this.deal();
    });
  }

  #takeFor(lane: Lane): Task[] {
    const tasks: Task[] = [];
    // The other lanes shall have their share.
    const share = Math.ceil(this.waiting / this.lanes.length);
    const most = lane.apart > 0 ? 1 : Math.min(MOST_TASKS - lane.inFlight, share);
    let roomMs = BATCH_MS - lane.expectedMs;
    while (tasks.length < most) {
      const compartment = this.#nextCompartment();
      const task = compartment?.head ?? null;
      if (compartment === undefined || task === null) break;
      const { expectedMs } = task.kind;
      const apart = task.facts.transfer !== undefined || expectedMs > roomMs;
      if (apart && tasks.length > 0) break;
      if (apart && lane.inFlight > 0 && !maySendAhead(task, lane)) break;
      compartment.remove(task);
      compartment.sent++;
      compartment.lowestSent = Math.min(compartment.lowestSent, task.facts.priority);
      task.expectedMs = expectedMs === Number.POSITIVE_INFINITY ? BATCH_MS : expectedMs;
      compartment.used += task.expectedMs / compartment.weight;
      compartment.pending += task.expectedMs / compartment.weight;
      roomMs -= task.expectedMs;
      tasks.push(task);
      if (apart) break;
    }
    return tasks;
  }

  #nextCompartment(): Compartment | undefined {
    let next: Compartment | undefined;
    for (const compartment of this.#compartments) {
      if (compartment.waiting === 0) continue;
      if (next === undefined || isBefore(compartment, next)) next = compartment;
    }
    return next;
  }

  #returned(compartment: Compartment, count: number, expectedMs: number): void {
    compartment.pending -= expectedMs / compartment.weight;
    compartment.sent -= count;
    if (compartment.sent > 0) return;
    compartment.lowestSent = PRIORITIES;
    // Sums of fractions drift.
    compartment.pending = 0;
  }

  /** Nothing waits, and a thread has nothing to do: another one gives back what it was sent ahead. */
  #relieve(): boolean {
    const fullest = this.#fullest(({ expectedMs }) => expectedMs > BATCH_MS);
    if (fullest !== undefined) this.#takeBack(fullest);
    return this.waiting > 0;
  }

  #fullest(among: (lane: Lane) => boolean = () => true): Lane | undefined {
    let fullest: Lane | undefined;
    for (const lane of this.lanes) {
      if (lane.inFlight > (fullest?.inFlight ?? 1) && among(lane)) fullest = lane;
    }
    return fullest;
  }

  /** Somebody's turn has come and every lane has more than one task: one of them gives the rest back. */
  #makeRoom(): void {
    const fullest = this.#fullest();
    if (fullest === undefined) return;
    this.#takeBack(fullest);
    this.dealSoon();
  }

  #takeBack(lane: Lane): void {
    const tasks = lane.recall();
    for (const { compartment, expectedMs } of tasks) compartment.used -= expectedMs / compartment.weight;
    this.putBack(tasks);
  }

  /** Takes back everything that a lane has not begun. */
  takeBackFrom(lane: Lane): void {
    this.#takeBack(lane);
    this.dealSoon();
  }

  /** Tasks that wait. */
  get queued(): Task[] {
    return this.#compartments.flatMap((compartment) => compartment.tasks);
  }
}

function isBefore(one: Compartment, other: Compartment): boolean {
  return one.used < other.used || (one.used === other.used && one.sent < other.sent);
}

// Half empty, so that it is filled by a few large messages rather than by one for each task that leaves it.
function hasRoom(lane: Lane): boolean {
  if (lane.inFlight === 0) return true;
  if (lane.stalled || lane.alone) return false;
  if (lane.expectedMs < BATCH_MS / 2) return lane.inFlight <= MOST_TASKS / 2;
  return lane.inFlight === 1 && lane.expectedMs > BATCH_MS;
}

// A longer task may wait behind another one, on its thread: that one goes on with it at once, whatever the main
// thread does meanwhile.
function maySendAhead({ kind, facts }: Task, lane: Lane): boolean {
  const { expectedMs } = kind;
  return (
    lane.inFlight === 1 && facts.transfer === undefined && expectedMs > BATCH_MS && expectedMs <= AHEAD_MS
  );
}
