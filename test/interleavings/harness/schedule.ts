// A schedule as text: to be read by people, and to be run again from a bug report.
//
//   T0 calls acquire(1024, 1000)
//   T0 makes 2 reads of words that nobody changes
//   T0 at acquire load64+0: tat is 0
//   T1 calls acquire(1024, 1000)
//   T1 makes 2 reads of words that nobody changes
//   T1 at acquire load64+0: tat is 0
//   T1 at acquire cmpxchg64+0: tat 0 → 1000
//   T1 returns 1
//   T0 dies

import { DEATH } from './exploration.ts';
import type { Kernel } from './kernel.ts';
import { type Event, Misfit, type Replayed, replay } from './replay.ts';
import type { Scenario } from './scenario.ts';
import type { Mutant } from './thread.ts';

const STEP = /^\s*T(\d+) at ([^:]+):/;
const READS = /^\s*T(\d+) makes (\d+) reads? of words/;
const DIES = /^\s*T\d+ dies/;

/** What happened, one event a line, and at last what was wrong. */
export function print({ events, why }: Replayed, scenario: Scenario): string {
  const changed = new Set(
    events.flatMap((event) => (event.what === 'step' && writes(event) ? wordsOf(event) : [])),
  );
  const lines: string[] = [];
  let reads = 0;
  for (const [index, event] of events.entries()) {
    if (event.what === 'step' && !wordsOf(event).some((word) => changed.has(word))) {
      reads += 1;
      const after = events[index + 1];
      if (
        after?.what === 'step' &&
        after.thread === event.thread &&
        !wordsOf(after).some((word) => changed.has(word))
      ) {
        continue;
      }
      lines.push(
        `  T${event.thread} makes ${reads} ${reads === 1 ? 'read' : 'reads'} of words that nobody changes`,
      );
      reads = 0;
    } else {
      lines.push(`  T${event.thread} ${tell(event, scenario)}`);
    }
  }
  return [...lines, ...(why === undefined ? [] : [why])].join('\n');
}

/**
 * Runs a printed schedule again.
 *
 * @throws when a step is not at the site that the text names: the kernels have changed since
 */
export function replayText(kernel: Kernel, scenario: Scenario, text: string, mutant?: Mutant): Replayed {
  const schedule: number[] = [];
  const sites: (string | undefined)[] = [];
  for (const line of text.split('\n')) {
    const [step, reads] = [STEP.exec(line), READS.exec(line)];
    if (step) schedule.push(Number(step[1]));
    if (reads) schedule.push(...new Array<number>(Number(reads[2])).fill(Number(reads[1])));
    if (DIES.test(line)) schedule.push(DEATH);
    while (sites.length < schedule.length) sites.push(step?.[2]);
  }
  return replay(kernel, scenario, schedule, {
    mutant,
    confirm: (index, access) => {
      const wanted = sites[index];
      if (wanted === undefined || access?.site.label === wanted) return;
      throw new Misfit(
        `step ${index + 1} is at ${access?.site.label ?? 'its end'}, the schedule says ${wanted}`,
      );
    },
  });
}

type Step = Event & { readonly what: 'step' };

function writes({ access, before, after }: Step): boolean {
  return access.kind !== 'read' || before !== after;
}

function wordsOf({ access }: Step): number[] {
  const first = access.address >> 2;
  const last = (access.address + access.site.size - 1) >> 2;
  return first === last ? [first] : [first, last];
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
