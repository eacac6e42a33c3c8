// Threads that are shared by the same compartments, and the hand that deals tasks to them.
//
// Whose turn is next: the compartment that has used the least thread time over its weight. A task that finds a
// thread idle goes at once, by itself. Otherwise it waits; when a thread has little left to do, several tasks
// travel in one message, as many as should take a millisecond in all. Nothing is lost by that: what a thread has
// not begun is taken back when somebody else's turn has come, when a task takes longer than it should, or when
// a caller has gone.

import { systemClock } from '../base/clock.ts';
import { threadNow } from '../base/thread-time.ts';
import { backgroundTimersOf, callbackTimer } from '../base/timers.ts';
import { Compartment, PRIORITIES } from './compartment.ts';
import type { Lane } from './lane.ts';
import type { Task } from './task.ts';

/** Work that a message may carry, in ms, and tasks in it at most. */
const BATCH_MS = 1;
const MOST_TASKS = 256;
/** How often lanes at work are looked at, in ms. */
const LOOK_MS = 5;
/** A thread that has begun nothing and beat no pulse for so long is stuck, in ms. */
const STUCK_MS = 2_000;

interface Seen {
  answers: number;
  pulse: number;
  sinceMs: number;
}

export class Group {
  readonly minThreads: number;
  readonly maxThreads: number;
  readonly lanes: Lane[] = [];
  /** Threads on their way. */
  starting = 0;
  readonly #grow: () => void;
  readonly #compartments: Compartment[] = [];
  readonly #seen = new WeakMap<Lane, Seen>();
  readonly #look = callbackTimer((nowMs) => this.#lookAround(nowMs));
  #looking = false;
  #dealing = false;

  constructor(minThreads: number, maxThreads: number, grow: () => void) {
    this.minThreads = minThreads;
    this.maxThreads = maxThreads;
    this.#grow = grow;
  }

  /** A compartment of a name and weight, which shares these threads. */
  compartment(name: string, weight: number): Compartment {
    const compartment = new Compartment(name, weight, this);
    this.#compartments.push(compartment);
    return compartment;
  }

  get compartments(): readonly Compartment[] {
    return this.#compartments;
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
      this.#returned(compartment, own);
      compartment.putBack(own);
    }
  }

  /** A task that was sent has ended after `ms` on its thread. */
  finished(task: Task, ms: number): void {
    const { compartment, expectedMs } = task;
    compartment.used += (ms - expectedMs) / compartment.weight;
    this.#returned(compartment, [task]);
  }

  /** Hands waiting tasks to lanes that have little left to do. */
  deal(): void {
    for (const lane of this.lanes) this.dealTo(lane);
    if (this.waiting > 0 && this.lanes.length + this.starting < this.maxThreads) this.#grow();
  }

  dealTo(lane: Lane): void {
    while (!lane.ended && hasRoom(lane)) {
      const tasks = this.#takeFor(lane);
      if (tasks.length === 0) return;
      if (lane.inFlight === 0) {
        lane.stalled = false;
        this.#seen.delete(lane);
      }
      lane.send(tasks);
      if (!this.#looking) this.#lookLater();
    }
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
    const most = Math.min(MOST_TASKS - lane.inFlight, Math.ceil(this.waiting / this.lanes.length));
    let roomMs = BATCH_MS - lane.expectedMs;
    while (tasks.length < most) {
      const compartment = this.#nextCompartment();
      const task = compartment?.head ?? null;
      if (compartment === undefined || task === null) break;
      const { expectedMs } = task.kind;
      const apart = task.facts.transfer !== undefined || expectedMs > roomMs;
      if (apart && (tasks.length > 0 || lane.inFlight > 0)) break;
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

  #returned(compartment: Compartment, tasks: readonly Task[]): void {
    for (const { expectedMs } of tasks) compartment.pending -= expectedMs / compartment.weight;
    compartment.sent -= tasks.length;
    if (compartment.sent > 0) return;
    compartment.lowestSent = PRIORITIES;
    // Sums of fractions drift.
    compartment.pending = 0;
  }

  /** Somebody's turn has come and every lane has more than one task: one of them gives the rest back. */
  #makeRoom(): void {
    let fullest: Lane | undefined;
    for (const lane of this.lanes) if (lane.inFlight > (fullest?.inFlight ?? 1)) fullest = lane;
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

  #lookLater(): void {
    this.#looking = true;
    backgroundTimersOf(systemClock).arm(this.#look, threadNow() + LOOK_MS);
  }

  #lookAround(nowMs: number): void {
    this.#looking = false;
    let busy = false;
    for (const lane of [...this.lanes]) {
      if (lane.inFlight === 0) continue;
      busy = true;
      this.#lookAt(lane, nowMs);
    }
    if (busy && !this.#looking) this.#lookLater();
  }

  #lookAt(lane: Lane, nowMs: number): void {
    const { answers, pulse } = lane;
    const seen = this.#seen.get(lane);
    if (seen === undefined || seen.answers !== answers || seen.pulse !== pulse) {
      this.#seen.set(lane, { answers, pulse, sinceMs: nowMs });
      if (seen === undefined || seen.answers !== answers) return;
    }
    lane.stalled = true;
    if (lane.inFlight > 1) this.takeBackFrom(lane);
    const { sinceMs } = this.#seen.get(lane) as Seen;
    if (nowMs - sinceMs < STUCK_MS || lane.running !== undefined) return;
    lane.end('its event loop stands still');
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
  return !lane.stalled && lane.expectedMs < BATCH_MS / 2 && lane.inFlight <= MOST_TASKS / 2;
}
