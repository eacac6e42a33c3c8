// Memories for policies by themselves. They share a growing set of memories in
// their thread: the first is small, each further one is larger, since a runtime
// reserves much address space for each and few are better than many.

import type { Clock } from '../base/clock.ts';
import { guardClock } from '../base/clock-guard.ts';
import { Arena, type KeyRange } from '../state/arena.ts';
import type { EngineName } from '../state/engine.ts';
import { StatePlane } from '../state/plane.ts';

import type { PolicyCore, PolicyHost } from './core.ts';

/** A memory and who allocates in it. */
export interface Home {
  plane: StatePlane;
  arena: Arena;
}

const FIRST_POLICIES = 16;
const MOST_POLICIES = 4096;
const homes: Home[] = [];

/** A host without a runtime around it. */
export const ALONE: PolicyHost = {
  shared: false,
  tracked: false,
  draining: () => false,
  level: () => 0,
  admitted: () => false,
};

/** A memory with room for one policy more, and for its keys. */
export function homeFor(engine: EngineName, maxKeys: number): Home {
  // A table of keys gets a memory to itself: it comes and goes with its policy's size.
  if (maxKeys > 0) return makeHome(engine, 1, maxKeys);
  const fits = homes.find(
    ({ plane, arena }) => arena.free > 0 && (engine === 'auto' || plane.engine.name === engine),
  );
  if (fits !== undefined) return fits;
  const home = makeHome(engine, Math.min(FIRST_POLICIES * 2 ** homes.length, MOST_POLICIES), 0);
  homes.push(home);
  return home;
}

function makeHome(engine: EngineName, policies: number, keys: number): Home {
  const plane = StatePlane.create({ policies, threads: 1, keys }, 0, engine);
  return { plane, arena: new Arena(plane) };
}

/** Gives back the places of those that were dropped without being disposed of. */
const forgotten = new FinalizationRegistry((release: () => void) => release());

/**
 * What gives a core's place in memory back, once: called by whoever disposes of it, or when it is forgotten.
 *
 * Made here and not where the core is: closures of one function share what any of them holds, and this one must
 * not hold the core.
 */
export function releaseOf(
  core: PolicyCore,
  arena: Arena,
  index: number,
  keys: KeyRange | undefined,
): () => void {
  const release = releaseWith(new WeakRef(core), arena, index, keys);
  forgotten.register(core, release);
  return release;
}

function releaseWith(
  core: WeakRef<PolicyCore>,
  arena: Arena,
  index: number,
  keys: KeyRange | undefined,
): () => void {
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    arena.freeOnMain(index);
    if (keys !== undefined) arena.freeKeysOnMain(keys);
    // Who waits in line finds out that there is nothing to wait for.
    core.deref()?.line?.pump();
  };
}

/** The guarded time that is 0 in a policy's slot: policies of one memory may have different clocks. */
export function originOf(clock: Clock): number {
  return guardClock(clock).now();
}
