// Two threads that share policies, both played in this one: what each of them does is done when a scene says so.

import type { PolicyOptions } from '../../src/index.ts';
import { sharedHost } from '../../src/policy/attached.ts';
import { SharedPolicies } from '../../src/policy/shared-policies.ts';
import { Arena } from '../../src/state/arena.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { Threads } from '../../src/state/threads.ts';
import { manualClock } from '../../src/testing/index.ts';

/** The memory's time is not the clock's, so that no time is taken for another one unseen. */
export const START_MS = 36_000_000;
const ORIGIN_MS = 30_000_000;

/** `here` defines policies and removes them, `there` finds them in the memory, or in a module that both load. */
export function twoThreads(
  policies: Record<string, PolicyOptions> = {},
  sizes: { policies?: number; keys?: number } = {},
  module?: Record<string, PolicyOptions>,
) {
  const clock = manualClock({ startMs: START_MS });
  const plane = StatePlane.create({ policies: 4, threads: 4, keys: 0, ...sizes }, ORIGIN_MS);
  const arena = new Arena(plane);
  const elsewhere = StatePlane.attach(new Threads(plane).reserveOnMain());
  const settings = { clock, random: () => 0, module };
  const sharedIn = (own: StatePlane) =>
    new SharedPolicies({ ...settings, plane: own, host: sharedHost(own, () => true) });
  const here = sharedIn(plane);
  const there = sharedIn(elsewhere);
  const define = (name: string, options: PolicyOptions) => here.defineOnMain(arena, name, options);
  const remove = (name: string) => here.removeOnMain(arena, name);
  for (const [name, options] of Object.entries(policies)) define(name, options);
  return { clock, plane, arena, here, there, define, remove };
}

/** Waits for the next change in one memory, each of which ends when the scene says so, and not by itself. */
export async function withHeldWaits(
  { memory }: StatePlane,
  scene: (waits: { readonly begun: number; turn(): Promise<void>; end(): Promise<void> }) => Promise<void>,
): Promise<void> {
  const { waitAsync } = Atomics;
  const ends: (() => void)[] = [];
  let begun = 0;
  Atomics.waitAsync = ((words: Int32Array, ...rest: [number, number, number]) => {
    if (words.buffer !== memory.buffer) return waitAsync(words, ...rest);
    begun++;
    return { async: true, value: new Promise<'ok'>((resolve) => ends.push(() => resolve('ok'))) };
  }) as typeof waitAsync;
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  try {
    await scene({
      turn,
      get begun() {
        return begun;
      },
      async end() {
        for (const end of ends.splice(0)) end();
        await turn();
      },
    });
  } finally {
    Atomics.waitAsync = waitAsync;
  }
}
