// Every schedule of a scenario, or one of each set of schedules that nobody could tell apart.
//
// Depth first, with three savings, each of which can be turned off so that tests can compare:
//
//   local   a step that no other thread's step conflicts with is made at once (footprint.ts)
//   sleep   sleep sets: after a step was explored, its exchange with a step that does not conflict is not
//   states  a state that was reached before is not explored again, but for what slept then and is awake now
//
// All three leave every distinguishable outcome, every reachable state of the shared words, and every pair of
// conflicting next steps in place.

import type { Exploration, SearchOptions } from './exploration.ts';
import { Footprint } from './footprint.ts';
import type { Kernel } from './kernel.ts';
import { Machine } from './machine.ts';
import type { Scenario } from './scenario.ts';
import { Search, Surprise, TooMany } from './search.ts';

/** Explores a scenario up to its first failure, or to the end. */
export function explore(kernel: Kernel, scenario: Scenario, options: SearchOptions = {}): Exploration {
  const started = performance.now();
  const machine = new Machine(kernel, scenario, options.mutant);
  const footprint = new Footprint(Boolean(scenario.invariant ?? scenario.death));
  const reached = new Set<number>();
  for (;;) {
    const search = new Search(machine, footprint, options, reached);
    try {
      search.all();
    } catch (error) {
      if (error instanceof Surprise) continue;
      if (!(error instanceof TooMany)) throw error;
      search.found.cut = 'states';
    }
    search.found.ms = performance.now() - started;
    return search.found;
  }
}
