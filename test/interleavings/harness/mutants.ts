// Every atomic site made wrong, one at a time: a harness that does not notice would not notice a real bug either.

import type { Exploration } from './exploration.ts';
import { explore } from './explore.ts';
import type { Kernel } from './kernel.ts';
import type { Scenario } from './scenario.ts';
import type { Site } from './site.ts';
import type { Mutant } from './thread.ts';

/** A scenario and what its exploration showed. */
export interface Explored {
  readonly scenario: Scenario;
  readonly exploration: Exploration;
}

export interface Verdict {
  readonly mutant: Mutant;
  /** `tokenBucketAcquire cmpxchg64+0 torn` */
  readonly label: string;
  /** The first scenario that fails with it, and how; undefined for a survivor. */
  readonly killedBy?: { readonly scenario: Scenario; readonly why: string };
}

/** A mutant that makes a scenario larger than this has to be found by another one. */
const MAX_STATES = 30_000;

/**
 * The ways in which a site can be made wrong. Loads and stores have none here: one that should have been atomic is a
 * data race wherever another thread stands in conflict.
 */
export function mutantsOf({ id: site, operation }: Site): readonly Mutant[] {
  if (operation === 'rmw') return [{ site, how: 'torn' }];
  return operation === 'cmpxchg'
    ? [
        { site, how: 'blind' },
        { site, how: 'torn' },
      ]
    : [];
}

/** Tries a mutant in the scenarios that reach its site, those with fewest steps first. */
export function judge(kernel: Kernel, mutant: Mutant, explored: readonly Explored[]): Verdict {
  const label = `${kernel.sites[mutant.site].label} ${mutant.how}`;
  const fit = explored
    .filter(({ exploration }) => exploration.reached.has(mutant.site))
    .sort((a, b) => a.exploration.steps - b.exploration.steps);
  for (const { scenario } of fit) {
    const { failure } = explore(kernel, scenario, { mutant, maxStates: MAX_STATES });
    if (failure) return { mutant, label, killedBy: { scenario, why: failure.why } };
  }
  return { mutant, label };
}
