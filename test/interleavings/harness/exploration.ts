// What is asked of a search, and what it answers.

import type { Machine } from './machine.ts';
import type { Mutant } from './thread.ts';

export interface SearchOptions {
  readonly mutant?: Mutant;
  readonly local?: boolean;
  readonly sleep?: boolean;
  readonly states?: boolean;
  /** Overrides the scenario's own. */
  readonly preemptions?: number;
  /** A search that meets more states than this gives up and says so. */
  readonly maxStates?: number;
}

/** One choice after the other: the thread whose step it is, or `DEATH`. */
export type Schedule = readonly number[];
export const DEATH = -1;

export interface Exploration {
  /** How many schedules were followed to their end. */
  schedules: number;
  steps: number;
  states: number;
  /** What `outcomeOf` saw at the ends. */
  readonly outcomes: Set<string>;
  /** Sites that were reached, and those at which another thread stood in conflict. */
  readonly reached: Set<number>;
  readonly contended: Set<number>;
  /** What was left out: schedules beyond the bound on preemptions, or everything after too many states. */
  cut?: 'preemptions' | 'states';
  failure?: { readonly why: string; readonly schedule: Schedule };
  ms: number;
}

/** The results of every thread and what the scenario observes, as text. */
export function outcomeOf(machine: Machine): string {
  const results = machine.threads.map((_, t) => machine.results(t).join());
  return JSON.stringify([results, machine.scenario.observe?.(machine)]);
}
