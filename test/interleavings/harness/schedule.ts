// A schedule as text: to be read by people, and to be run again from a bug report.
//
//   T0 calls acquire(1024, 1000)
//   T0 at acquire load64+0: tat is 0
//   T1 calls acquire(1024, 1000)
//   T1 at acquire load64+0: tat is 0
//   T1 at acquire cmpxchg64+0: tat 0 → 1000
//   T1 returns 1
//   T0 dies

import { DEATH, type Schedule } from './exploration.ts';
import type { Kernel } from './kernel.ts';
import { type Event, Misfit, type Replayed, replay } from './replay.ts';
import type { Scenario } from './scenario.ts';
import type { Mutant } from './thread.ts';

const STEP = /^\s*T(\d+) at ([^:]+):/;
const DIES = /^\s*T\d+ dies/;

/** What happened, one event a line, and at last what was wrong. */
export function print({ events, why }: Replayed, scenario: Scenario): string {
  const lines = events.map((event) => `  T${event.thread} ${tell(event, scenario)}`);
  return [...lines, ...(why === undefined ? [] : [why])].join('\n');
}

/**
 * Runs a printed schedule again.
 *
 * @throws when a step is not at the site that the text names: the kernels have changed since
 */
export function replayText(kernel: Kernel, scenario: Scenario, text: string, mutant?: Mutant): Replayed {
  const lines = text.split('\n').filter((line) => STEP.test(line) || DIES.test(line));
  const schedule: Schedule = lines.map((line) => Number(STEP.exec(line)?.[1] ?? DEATH));
  return replay(kernel, scenario, schedule, {
    mutant,
    confirm: (index, access) => {
      const wanted = STEP.exec(lines[index])?.[2];
      if (wanted === undefined || access?.site.label === wanted) return;
      throw new Misfit(
        `step ${index + 1} is at ${access?.site.label ?? 'its end'}, the schedule says ${wanted}`,
      );
    },
  });
}

function tell(event: Event, scenario: Scenario): string {
  switch (event.what) {
    case 'calls':
      return `calls ${event.kernel}(${event.args.join(', ')})`;
    case 'returns':
      return `returns ${event.result}`;
    case 'dies':
      return 'dies';
    case 'step': {
      const { access, before, after } = event;
      const word = scenario.nameOf?.(access.address) ?? `@${access.address}`;
      const change =
        access.kind === 'read' ? `is ${after}` : before === after ? `stays ${after}` : `${before} → ${after}`;
      return `at ${access.site.label}: ${word} ${change}`;
    }
  }
}
