// A memory with policies in it, made by hand: what the kernels are tried on.

import { THREAD_SCRATCH } from '../../assembly/layout.ts';
import { Arena } from '../../src/state/arena.ts';
import type { PlaneSizes } from '../../src/state/geometry.ts';
import type { Kernels } from '../../src/state/kernels.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { StatePlane } from '../../src/state/plane.ts';
import { rateScale, unitsPerMs } from '../../src/state/rate-scale.ts';
import { formatOnMain, Slot, type SlotShape } from '../../src/state/slot.ts';

export type TestedEngine = 'wasm' | 'js';

/** What scenes are played on: both give the same answers. */
export const ENGINES: readonly TestedEngine[] = ['wasm', 'js'];

const NEVER = Number.POSITIVE_INFINITY;

/** Nothing trips, nothing is full, nothing waits. */
export const CALM = {
  failureRate: 2,
  slowMs: NEVER,
  slowRate: 2,
  trials: 3,
  trialRate: 2,
  trialWaitMs: -1,
  openMs: 30_000,
  maxConcurrent: NEVER,
  maxLimit: 1_000,
  minLimit: 1,
  throttleK: 2,
  throttleMax: 0.9,
  units: 1,
  unitsPerMs: 1,
  burstUnits: 1,
} as const satisfies Partial<PolicyNumbers>;

const PLAIN: SlotShape = {
  features: 0,
  windowBuckets: 0,
  bucketMs: 0,
  windowCalls: 0,
  budgetBucketMs: 0,
  throttleBucketMs: 0,
  viewMs: [0, 0, 0, 0],
  keys: undefined,
};

export const SIZES: PlaneSizes = { policies: 2, threads: 4, keys: 64 };

/** What a policy is made with: its shape, its numbers, and keys of its own. */
export interface PolicyRecipe extends Partial<Omit<SlotShape, 'keys'>> {
  numbers?: Partial<PolicyNumbers>;
  maxKeys?: number;
}

/** One policy in a memory, and the calls that a thread makes on it. */
export interface Given {
  plane: StatePlane;
  arena: Arena;
  slot: Slot;
  kernels: Kernels;
  /** Hashes a key into the calling thread's row, for the keyed kernels. */
  useKey(key: string): void;
}

export function givenPlane(sizes: Partial<PlaneSizes> = {}, engine: TestedEngine = 'wasm'): StatePlane {
  return StatePlane.create({ ...SIZES, ...sizes }, 0, engine);
}

/** A policy in the memory that all scenes of a file play in: each has a slot of its own. */
export function givenPolicyOn(engine: TestedEngine, recipe: PolicyRecipe): Given {
  let stage = stages.get(engine);
  if (stage === undefined) {
    const plane = givenPlane({ policies: 1_000, threads: 8, keys: 131_072 }, engine);
    stage = { plane, arena: new Arena(plane) };
    stages.set(engine, stage);
  }
  return givenPolicy(recipe, stage.plane, stage.arena);
}

// Few memories, for each reserves addresses that a process has not without end.
const stages = new Map<TestedEngine, { plane: StatePlane; arena: Arena }>();

export function givenPolicy(
  recipe: PolicyRecipe,
  plane: StatePlane = givenPlane(),
  arena = new Arena(plane),
): Given {
  const { numbers, maxKeys, ...shape } = recipe;
  const keys = maxKeys === undefined ? undefined : arena.takeKeysOnMain('maxKeys', maxKeys);
  const index = arena.takeOnMain('policy');
  formatOnMain(plane, index, { ...PLAIN, ...shape, keys }, { ...CALM, ...numbers } as PolicyNumbers);
  return givenView(plane, index, arena);
}

/** The policy at `index`, as the thread of `plane` sees it. */
export function givenView(plane: StatePlane, index: number, arena = new Arena(plane)): Given {
  const encoder = new TextEncoder();
  function useKey(key: string): void {
    const { written } = encoder.encodeInto(key, scratch);
    plane.bytes.set(scratch.subarray(0, written), plane.rowAt + THREAD_SCRATCH);
    plane.kernels.keyHash(plane.rowAt, written);
  }
  return { plane, arena, slot: new Slot(plane, index), kernels: plane.kernels, useKey };
}

// Encoders refuse views of shared memory.
const scratch = new Uint8Array(1_920);

/** The numbers of a token bucket. */
export function bucket(permitsPerSecond: number, burst: number, keyed = false): Partial<PolicyNumbers> {
  const units = rateScale('rateLimiter', permitsPerSecond, burst, keyed);
  return {
    units,
    unitsPerMs: unitsPerMs(permitsPerSecond, units),
    burstUnits: burst * units,
    ratePerSecond: permitsPerSecond,
    burst,
  };
}
