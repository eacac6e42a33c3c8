// A failing schedule with as few turns as can be had by putting turns of a thread together.

import type { Schedule } from './exploration.ts';
import type { Kernel } from './kernel.ts';
import { type Replayed, replay } from './replay.ts';
import type { Scenario } from './scenario.ts';
import type { Mutant } from './thread.ts';

/** How often a schedule goes over from one thread to another. */
export function switches(schedule: Schedule): number {
  return turnsOf(schedule).length - 1;
}

/**
 * Shortens a failing schedule. Each attempt moves one turn to where the same thread's turn before or after it
 * stands, and is kept when the schedule still fails, in whatever way, with fewer turns.
 */
export function shrink(kernel: Kernel, scenario: Scenario, failing: Schedule, mutant?: Mutant): Replayed {
  let best = replay(kernel, scenario, failing, { mutant });
  if (best.why === undefined) throw new Error('the schedule does not fail');
  for (let improved = true; improved; ) {
    improved = false;
    for (const shorter of attempts(best.schedule)) {
      const tried = replay(kernel, scenario, shorter, { mutant });
      if (tried.why === undefined || switches(tried.schedule) >= switches(best.schedule)) continue;
      best = tried;
      improved = true;
      break;
    }
  }
  return best;
}

function* attempts(schedule: Schedule): Generator<Schedule> {
  const turns = turnsOf(schedule);
  for (let i = 0; i < turns.length; i++) {
    const others = turns.filter((_, index) => index !== i);
    const earlier = turns.findLastIndex((turn, index) => index < i && turn[0] === turns[i][0]);
    const later = turns.findIndex((turn, index) => index > i && turn[0] === turns[i][0]);
    if (earlier >= 0) yield others.toSpliced(earlier + 1, 0, turns[i]).flat();
    if (later >= 0) yield others.toSpliced(later - 1, 0, turns[i]).flat();
    yield others.flat();
  }
}

/** Steps that one thread makes one after the other. */
function turnsOf(schedule: Schedule): number[][] {
  const turns: number[][] = [];
  for (const choice of schedule) {
    const last = turns.at(-1);
    if (last?.[0] === choice) last.push(choice);
    else turns.push([choice]);
  }
  return turns;
}
