// Scenarios that belong together, and what running them showed.

import { explore } from './explore.ts';
import type { Kernel } from './kernel.ts';
import type { Explored } from './mutants.ts';
import { replay } from './replay.ts';
import type { Scenario } from './scenario.ts';
import { print } from './schedule.ts';
import { shrink } from './shrink.ts';

export interface Suite {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}

/** Explores one scenario; a failure is told by the shortest schedule that could be made of it. */
export function tryOut(kernel: Kernel, scenario: Scenario): Explored & { readonly told?: string } {
  const exploration = explore(kernel, scenario);
  const { failure, cut } = exploration;
  if (cut === 'states')
    return { scenario, exploration, told: 'there are too many states: bound its preemptions' };
  if (!failure) return { scenario, exploration };
  const again = replay(kernel, scenario, failure.schedule);
  const shortest = again.why === undefined ? again : shrink(kernel, scenario, failure.schedule);
  return { scenario, exploration, told: `${failure.why}\n${print(shortest, scenario)}` };
}

/** `1204 schedules, 5321 steps, 833 states, 12 outcomes, 41 ms` */
export function figures({ exploration, scenario }: Explored): string {
  const { schedules, steps, states, outcomes, ms, cut } = exploration;
  const bound = cut === 'preemptions' ? `, no more than ${scenario.preemptions} preemptions` : '';
  return `${schedules} schedules, ${steps} steps, ${states} states, ${outcomes.size} outcomes${bound}, ${ms.toFixed(0)} ms`;
}
