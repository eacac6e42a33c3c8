// A round of the keys bench: decisions over a sample of the live keys, with what they waited for.

import { PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';

/** Takes a permit of a key's; whether it was given. */
export type Taker = (key: string) => boolean | Promise<boolean>;

export interface Cost {
  ns: number;
  /** The longest that a hundred decisions in a row took. */
  longestMs: number;
  /** Pauses of the collector, where the runtime tells of them. */
  pausesMs: number[];
}

const SAMPLE = 500_000;
const LEAP = 514_229;
const BATCH = 100;

export function keyOf(index: number): string {
  return `client-${index}`;
}

const samples = new Map<number, string[]>();

/** Some of the keys, far apart; all of them where there are few. */
export function sampleOf(keys: number): string[] {
  let sample = samples.get(keys);
  if (sample === undefined) {
    sample = Array.from({ length: Math.min(keys, SAMPLE) }, (_, i) => keyOf((i * LEAP) % keys));
    samples.set(keys, sample);
  }
  return sample;
}

let pauses: number[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) pauses.push(duration);
});
// Its types do not know of it; Deno says it would tell, and does not.
const { supportedEntryTypes } = PerformanceObserver as unknown as { supportedEntryTypes?: string[] };
export const observed = supportedEntryTypes?.includes('gc') === true && !('Deno' in globalThis);
if (observed) observer.observe({ entryTypes: ['gc'] });

let at = 0;

/** Throws when a decision was not the expected one. */
export async function measureRound(taker: Taker, sample: readonly string[], times: number): Promise<Cost> {
  await pausesTold();
  pauses = [];
  const first = at;
  at = (at + times) % sample.length;
  const answers = taker(sample[first % sample.length]) instanceof Promise ? awaited : taken;
  const watch = new Longest();
  const start = process.hrtime.bigint();
  const given = await answers(taker, sample, first, times, watch);
  const ns = Number(process.hrtime.bigint() - start) / times;
  if (given !== times) throw new Error(`${given} of ${times} permits were given`);
  await pausesTold();
  return { ns, longestMs: watch.ms, pausesMs: pauses };
}

/** The longest that a hundred decisions in a row took. */
class Longest {
  #last = process.hrtime.bigint();
  #longest = 0n;

  see(): void {
    const now = process.hrtime.bigint();
    if (now - this.#last > this.#longest) this.#longest = now - this.#last;
    this.#last = now;
  }

  get ms(): number {
    return Number(this.#longest) / 1e6;
  }
}

// What answers at once is measured in a loop without an await, which costs as much as a decision.
function taken(
  taker: Taker,
  sample: readonly string[],
  first: number,
  times: number,
  watch: Longest,
): number {
  let given = 0;
  for (let i = 0; i < times; i++) {
    if (taker(sample[(first + i) % sample.length]) === true) given++;
    if (i % BATCH === BATCH - 1) watch.see();
  }
  return given;
}

async function awaited(
  taker: Taker,
  sample: readonly string[],
  first: number,
  times: number,
  watch: Longest,
): Promise<number> {
  let given = 0;
  for (let i = 0; i < times; i++) {
    if (await taker(sample[(first + i) % sample.length])) given++;
    if (i % BATCH === BATCH - 1) watch.see();
  }
  return given;
}

/** The observer is told in a later turn of the event loop. */
function pausesTold(): Promise<void> | undefined {
  return observed ? new Promise((resolve) => setTimeout(resolve, 5)) : undefined;
}
