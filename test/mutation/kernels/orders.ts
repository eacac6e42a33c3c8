// What kills a mutant that no order of whole calls shows: another order of their steps. Every scenario of the
// interleavings that reaches the mutant's place is explored with it.

import { compileSources } from '../../interleavings/harness/compile.ts';
import { explore } from '../../interleavings/harness/explore.ts';
import { type Kernel, kernelOf } from '../../interleavings/harness/kernel.ts';
import type { Scenario } from '../../interleavings/harness/scenario.ts';
import { suites } from '../../interleavings/scenarios/index.ts';
import { alive } from './alive.ts';

/** A mutant that makes a scenario larger than this has to be found by another one. */
const MOST_STATES = 30_000;
/** What is spent on one mutant in all, of the processor's time. */
const MOST_MS = 4_000;

type Sources = readonly (readonly [file: string, text: string])[];

export interface Orders {
  /** All of `assembly/`, saying which places are reached: the same for every file. */
  readonly reach: Sources;
  /** The same with all mutants of a file. */
  readonly sources: Sources;
  readonly mutants: readonly (readonly [number: number, place: number])[];
}

interface Reaching {
  readonly scenario: Scenario;
  readonly steps: number;
  readonly reached: ReadonlySet<number>;
}

let reaching: readonly Reaching[] | undefined;

/** Tells for each mutant the scenario that finds it, or null. */
export async function judgeOrders(
  { sources, reach, mutants }: Orders,
  answer: (number: number, killer: string | null) => void,
): Promise<void> {
  reaching ??= await scenariosOf(reach);
  let inForce = 0;
  const kernel = await kernelOf(await compileSources(new Map(sources)), {
    mutant: () => inForce,
    reached: () => 0,
  });
  for (const [number, place] of mutants) {
    inForce = number;
    const fitting = reaching
      .filter(({ reached, scenario }) => reached.has(place) && knows(kernel, scenario))
      .sort((a, b) => a.steps - b.steps);
    answer(number, killerAmong(kernel, fitting));
  }
}

/** Where mutants stand between the two halves of a pair, a scenario does not know where no death falls. */
function knows({ sites }: Kernel, { death }: Scenario): boolean {
  const labels = sites.map(({ label }) => label);
  const once = (label: string) => labels.filter((each) => each === label).length === 1;
  return (death?.neverBefore ?? []).every((label) => once(label) && once(label.replace(/ #2$/, '')));
}

function killerAmong(kernel: Kernel, fitting: readonly Reaching[]): string | null {
  const from = process.cpuUsage();
  for (const { scenario } of fitting) {
    alive();
    const { user } = process.cpuUsage(from);
    if (user > MOST_MS * 1_000) break;
    try {
      if (explore(kernel, scenario, { maxStates: MOST_STATES }).failure) return `orders: ${scenario.name}`;
    } catch (error) {
      // A trap, or a word where no word lies: as good as a wrong answer.
      return `orders: ${scenario.name}: ${(error as Error).message}`;
    }
  }
  return null;
}

async function scenariosOf(sources: Sources): Promise<readonly Reaching[]> {
  let places = new Set<number>();
  const kernel = await kernelOf(await compileSources(new Map(sources)), {
    mutant: () => 0,
    reached: (place: number) => {
      places.add(place);
      return 0;
    },
  });
  return suites
    .flatMap((suite) => suite.scenarios)
    .flatMap((scenario) => {
      alive();
      places = new Set();
      const { steps, failure, cut } = explore(kernel, scenario, { maxStates: MOST_STATES });
      // As the compiler writes them, kernels take more steps than those that ship.
      if (cut === 'states') return [];
      if (failure) throw new Error(`without any mutant: ${scenario.name}: ${failure.why}`);
      return [{ scenario, steps, reached: places }];
    });
}
