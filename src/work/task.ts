// One task on its way, as the main thread knows it.

import type { Compartment } from './compartment.ts';
import type { Lane } from './lane.ts';
import type { TaskKind } from './task-kind.ts';

/** Whoever hears of a task's result, or of what came in its place. */
export type Hear = (result: unknown) => void;

/** What is said about a task besides what it is. */
export interface TaskFacts {
  /** 0…7, higher first. */
  priority: number;
  transfer: readonly unknown[] | undefined;
  idempotent: boolean;
}

/** A task in a queue or on a lane. Ends once, when it really has: it was run, or never will be. */
export class Task {
  readonly kind: TaskKind;
  readonly input: unknown;
  readonly facts: TaskFacts;
  readonly compartment: Compartment;
  readonly attempt: number;
  /** When it is too late to begin, in thread time; 0 for never. */
  readonly deadlineMs: number;
  /** What a `context` module captured where it was offloaded. */
  carried: unknown;
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
  /** Kept as they are given: a flood has hundreds of thousands of these, and nothing else for each. */
  readonly #resolve: Hear;
  readonly #reject: Hear;

  constructor(
    kind: TaskKind,
    input: unknown,
    facts: TaskFacts,
    compartment: Compartment,
    attempt: number,
    deadlineMs: number,
    resolve: Hear,
    reject: Hear,
  ) {
    this.kind = kind;
    this.input = input;
    this.facts = facts;
    this.compartment = compartment;
    this.attempt = attempt;
    this.deadlineMs = deadlineMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** The name of the policy it runs under; `undefined` for none. */
  get policy(): string | undefined {
    return this.compartment.name || undefined;
  }

  end(ok: boolean, result: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.lane = undefined;
    if (ok) this.#resolve(result);
    else this.#reject(result);
  }
}
