// One task on its way, as the main thread knows it.

import type { Compartment } from './compartment.ts';
import type { Lane } from './lane.ts';

/** What a task ends with. */
export type Ending = (ok: boolean, result: unknown) => void;

/** What a task is made of. */
export interface TaskFacts {
  name: string;
  input: unknown;
  /** 0…7, higher first. */
  priority: number;
  transfer: readonly unknown[] | undefined;
  idempotent: boolean;
  /** When it is too late to begin, in thread time; 0 for never. */
  deadlineMs: number;
  attempt: number;
  policy: string;
}

/** A task in a queue or on a lane. Ends once, when it really has: it was run, or never will be. */
export class Task {
  readonly facts: TaskFacts;
  readonly name: string;
  readonly priority: number;
  readonly compartment: Compartment;
  /** What a `context` module captured where it was offloaded. */
  readonly carried: unknown;
  /** Its neighbours in the queue. */
  next: Task | null = null;
  previous: Task | null = null;
  queued = false;
  /** The lane it was sent to, its number there, and how long it is expected to take, in ms. */
  lane: Lane | undefined;
  number = 0;
  expectedMs = 0;
  ended = false;
  /** Whoever asked for it has gone; with the reason. */
  aborted = false;
  reason: unknown;
  crashes = 0;
  readonly #answer: Ending;

  constructor(facts: TaskFacts, compartment: Compartment, carried: unknown, end: Ending) {
    this.facts = facts;
    this.name = facts.name;
    this.priority = facts.priority;
    this.compartment = compartment;
    this.carried = carried;
    this.#answer = end;
  }

  end(ok: boolean, result: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.lane = undefined;
    this.#answer(ok, result);
  }
}
