// Every atomic site made wrong, one at a time: a harness that does not notice would not notice a real bug either.

import type { Exploration } from './exploration.ts';
import type { Kernel } from './kernel.ts';
import type { Scenario } from './scenario.ts';
import type { Operation } from './site.ts';
import type { Mutant } from './thread.ts';

/** A scenario and what its exploration showed. */
export interface Explored {
  readonly scenario: Scenario;
  readonly exploration: Exploration;
}

/** The ways in which an operation can be made wrong, none for loads and stores; see `mutantsOf`. */
const WAYS: Partial<Record<Operation, readonly Mutant['how'][]>> = {
  rmw: ['torn', 'lost'],
  cmpxchg: ['blind', 'torn', 'lost'],
};

/**
 * Every way to make one atomic access of the source wrong. Loads and stores have none: one that should have been
 * atomic is a data race wherever another thread stands in conflict.
 */
export function mutantsOf(kernel: Kernel): readonly Mutant[] {
  const operations = new Map(kernel.sites.map(({ label, operation }) => [label, operation]));
  return [...operations].flatMap(([label, operation]) =>
    (WAYS[operation] ?? []).map((how) => ({ label, how })),
  );
}
