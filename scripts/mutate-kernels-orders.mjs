// Mutants that whole calls do not show, in other orders of their steps: the scenarios of test/interleavings.

import { kernelSources, mutable } from './mutate-kernels-compile.mjs';
import { mutantsOf } from './mutate-kernels-mutants.mjs';
import { ASKING_SOURCE, MUTANT_FILE, siteNumbers, withAll, withReach } from './mutate-kernels-schemata.mjs';

/** Places are numbered through all files. */
const PER_FILE = 1_000;

/** `numbered`: mutants of one file; `tell(number, killer)` for each, killer null for a survivor. */
export async function judgeOrders(judge, path, { source, numbered }, tell) {
  const sources = kernelSources().set(MUTANT_FILE, ASKING_SOURCE);
  const files = [...sources.keys()].filter((file) => mutable(file) && file !== MUTANT_FILE);
  const reach = new Map(sources);
  for (const [index, file] of files.entries()) {
    const { mutants } = mutantsOf(file, sources.get(file));
    const all = mutants.map((mutant, at) => ({ mutant, number: index * PER_FILE + at + 1 }));
    reach.set(
      file,
      withReach(
        sources.get(file),
        all.filter(({ mutant }) => mutant.site),
        [],
      ),
    );
  }
  const whole = mutantsOf(path, source).mutants.map((mutant, at) => ({ mutant, number: at + 1 }));
  const places = siteNumbers(whole.filter(({ mutant }) => mutant.site));
  const base = files.indexOf(path) * PER_FILE;
  sources.set(path, withAll(source, numbered, [], { asks: true }));
  const mutants = numbered.map(({ number }) => [number, base + places.get(number)]);
  await judge.judge({ reach: [...reach], sources: [...sources], mutants }, tell);
}
