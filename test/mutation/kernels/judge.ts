// What kills a mutant: a history in which it differs from the twin, or a test of the state plane.
//
// A binary that says which places it reaches is played first: a mutant is only tried on what reaches its place.

import { readdirSync } from 'node:fs';
import { alive } from './alive.ts';
import { freeArenas } from './freed-arena.ts';
import { type Gathered, gathered } from './gathered.ts';
import { placesReached, useBinary, useMutant } from './mutated-engine.ts';
import { difference, leaveOutUncountable, recorded } from './recorded.ts';

/** A test that takes longer than this on a mutant hangs. */
const HANGS_AFTER_MS = 20_000;
/** Tests that take longer than this on right kernels are not played on mutants. */
const LONG_MS = 250;
/** Tests that lie in wait between the twin's own accesses, or start threads. */
const APART = /together|interrupted|engine-corners/;

/** Something that a mutant can be noticed by. */
interface Trial {
  readonly name: string;
  /** Why the kernels in use are not right, if they are not. */
  readonly wrong: () => Promise<string | undefined>;
  readonly isTest: boolean;
  reaches: ReadonlySet<number>;
}

export interface Batch {
  /** In base64: the mutants, and right kernels that say which of their places are reached. */
  readonly binary: string;
  readonly right: string;
  /** Each mutant's number, and that of its place; without one it is tried on everything. */
  readonly mutants: readonly (readonly [number: number, place?: number])[];
  /** Those that are only tried on a few histories: it is known why nothing notices them. */
  readonly brief?: readonly number[];
}

let trials: Trial[] | undefined;

/** Tells for each mutant what killed it, or null. */
export async function judge(
  { binary, right, mutants, brief = [] }: Batch,
  answer: (number: number, killer: string | null) => void,
): Promise<void> {
  const binaries = { binary: Buffer.from(binary, 'base64'), right: Buffer.from(right, 'base64') };
  useBinary(binaries.right);
  trials ??= await readTrials();
  if (mutants.some(([, place]) => place !== undefined)) {
    for (const trial of trials) {
      placesReached();
      await trial.wrong();
      trial.reaches = placesReached();
    }
  }
  useBinary(binaries.binary);
  for (const [number, place] of mutants) {
    const reaching = trials.filter(({ reaches }) => place === undefined || reaches.has(place));
    const played = brief.includes(number) ? few(reaching) : reaching;
    answer(number, await killerOf(number, place, played, binaries));
  }
}

/** Of each kind of history some, or where there is none the tests. */
function few(reaching: readonly Trial[]): readonly Trial[] {
  const histories = reaching.filter(({ isTest }) => !isTest);
  return histories.length === 0 ? reaching : histories.filter((_, index) => index % 3 === 0);
}

async function killerOf(
  number: number,
  place: number | undefined,
  fitting: readonly Trial[],
  { binary, right }: Readonly<Record<'binary' | 'right', Uint8Array>>,
): Promise<string | null> {
  const known = KILLERS.filter((trial) => fitting.includes(trial));
  for (const trial of new Set([...known, ...fitting])) {
    useMutant(number);
    const why = await trial.wrong();
    if (why === undefined) continue;
    if (trial.isTest) {
      // What a mutant has written may stand in the way of those after it.
      if (place === undefined) useBinary(right);
      useMutant(0);
      const failed = await trial.wrong();
      if (place === undefined) useBinary(binary);
      if (failed) {
        // Perhaps it fails now and then by itself: it is left out. Should more fail, it is the memory.
        if (++spoilt > MOST_SPOILT) throw new Error(`spoilt: ${trial.name}: ${failed}`);
        tell(`left out from now on: ${trial.name} (${failed})`);
        trial.reaches = new Set();
        continue;
      }
    }
    if (!KILLERS.includes(trial)) KILLERS.unshift(trial);
    KILLERS.splice(MOST_KILLERS);
    return trial.isTest ? trial.name : `${trial.name}: ${why}`;
  }
  return null;
}

/** What has killed one mutant likely kills the next. */
const KILLERS: Trial[] = [];
let spoilt = 0;
const MOST_SPOILT = 3;
const MOST_KILLERS = 40;

async function readTrials(): Promise<Trial[]> {
  const tests: Gathered[] = [];
  for (const test of await read('twin')) {
    const before = recorded.length;
    await failureOf(test);
    if (recorded.length === before) tests.push(test);
  }
  leaveOutUncountable();
  const histories = recorded.map((history) => ({
    name: `history of ${history.name}`,
    wrong: async () => difference(history),
    isTest: false,
    reaches: new Set<number>(),
  }));
  const found = [...histories, ...(await repeatable([...tests, ...(await read('state'))]))];
  tell(`${histories.length} histories, ${found.length - histories.length} tests`);
  return found;
}

/** The tests of a folder but those of the twin alone. */
async function read(folder: string): Promise<Gathered[]> {
  const from = gathered.length;
  const root = new URL(`../../${folder}/`, import.meta.url);
  for (const name of readdirSync(root).sort()) {
    if (name.endsWith('.test.ts') && !APART.test(name)) await import(new URL(name, root).href);
  }
  return gathered.slice(from).filter(({ name }) => !name.includes('(js)'));
}

/** Those that can be played again, the quickest first. */
async function repeatable(tests: readonly Gathered[]): Promise<Trial[]> {
  const timed: { trial: Trial; ms: number }[] = [];
  for (const test of tests) {
    const wrong = () => failureOf(test);
    useMutant(0);
    await wrong();
    // Of the processor's time: others may use it as well.
    const before = process.cpuUsage();
    const failed = await wrong();
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    if (!failed && ms < LONG_MS)
      timed.push({ ms, trial: { name: test.name, wrong, isTest: true, reaches: new Set() } });
    else tell(`left out: ${test.name} (${failed ?? `${ms.toFixed(0)} ms`})`);
  }
  return timed.sort((a, b) => a.ms - b.ms).map(({ trial }) => trial);
}

async function failureOf({ run }: Gathered): Promise<string | undefined> {
  alive();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, HANGS_AFTER_MS, 'it hangs');
  });
  const ended = run().then(
    () => undefined,
    (error: Error) => error.message ?? 'it fails',
  );
  const why = await Promise.race([ended, late]);
  clearTimeout(timer);
  freeArenas();
  // Engines that nobody holds any more are forgotten between two turns of the event loop.
  await new Promise(setImmediate);
  return why;
}

const tell = (line: string) => process.stderr.write(`${line}\n`);
