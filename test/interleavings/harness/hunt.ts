// Hunts every mutant through the scenarios, beginning with the one that is known to find it.

import { explore } from './explore.ts';
import type { Kernel } from './kernel.ts';
import { mutantsOf } from './mutants.ts';
import type { Scenario } from './scenario.ts';
import type { Mutant } from './thread.ts';

/** A mutant that makes a scenario larger than this has to be found by another one. */
const MAX_STATES = 30_000;

/** Which scenario finds a mutant, by their names. */
export type Killers = Readonly<Record<string, string>>;

/** `rateReserve cmpxchg64 RATE_TAT torn` */
export const mutantName = ({ label, how }: Mutant): string => `${label} ${how}`;

/** The mutants of a kernel by name. */
export function mutantsByName(kernel: Kernel): ReadonlyMap<string, Mutant> {
  return new Map(mutantsOf(kernel).map((mutant) => [mutantName(mutant), mutant]));
}

export class Hunt {
  private readonly kernel: Kernel;
  private readonly scenarios: readonly Scenario[];
  private readonly known: Killers;
  /** Scenarios with fewest steps first, and the sites each reaches; explored when a mutant is first not found at once. */
  private reaches: readonly { readonly scenario: Scenario; readonly reached: ReadonlySet<number> }[] = [];

  constructor(kernel: Kernel, scenarios: readonly Scenario[], known: Killers) {
    this.kernel = kernel;
    this.scenarios = scenarios;
    this.known = known;
  }

  /** The name of a scenario that finds the mutant; undefined for a survivor. */
  killerOf(mutant: Mutant): string | undefined {
    const first = this.scenarios.find(({ name }) => name === this.known[mutantName(mutant)]);
    if (first && this.finds(first, mutant)) return first.name;
    const sites = this.kernel.sites.filter(({ label }) => label === mutant.label);
    for (const { scenario, reached } of this.explored()) {
      if (scenario === first || !sites.some(({ id }) => reached.has(id))) continue;
      if (this.finds(scenario, mutant)) return scenario.name;
    }
    return undefined;
  }

  private finds(scenario: Scenario, mutant: Mutant): boolean {
    return explore(this.kernel, scenario, { mutant, maxStates: MAX_STATES }).failure !== undefined;
  }

  private explored() {
    if (this.reaches.length > 0) return this.reaches;
    this.reaches = this.scenarios
      .map((scenario) => ({ scenario, ...explore(this.kernel, scenario) }))
      .sort((a, b) => a.steps - b.steps);
    return this.reaches;
  }
}
