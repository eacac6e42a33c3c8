// A memory with one policy and four threads, as small as the real ones are made, for scenarios to stand in.

import * as layout from '../../assembly/layout.ts';
import { geometryOf } from '../../src/state/geometry.ts';
import type { Kernels } from '../../src/state/kernels.ts';
import { type PolicyNumbers, writeBlock } from '../../src/state/options-block.ts';
import type { StatePlane } from '../../src/state/plane.ts';
import type { Machine } from './harness/machine.ts';
import { type Call, callsOf } from './harness/program.ts';
import { namesOf, type Scenario } from './harness/scenario.ts';

const THREADS = 4;

/** The shipped kernels, as calls. */
export const k = callsOf<Kernels>();

export const geometry = geometryOf({ policies: 1, threads: THREADS, keys: 4 });

/** The policy's slot. */
export const slot = geometry.slotsAt;
/** A thread's cell in the ledger. */
export const cell = (thread: number): number => geometry.ledgerAt + thread * layout.CELL_BYTES;
/** A thread's row, and the options block in its scratch area. */
export const row = (thread: number): number => geometry.threadsAt + thread * layout.THREAD_BYTES;
export const block = (thread: number): number => row(thread) + layout.THREAD_SCRATCH;
/** A thread's signature in a lock. */
export const owner = (thread: number): number => thread + 1;
/** One keyed cell. */
export const keyCell = (index: number): number => geometry.keysAt + index * layout.KEY_BYTES;

/** The generation every thread has joined under, and the one it is revoked with. */
export const FENCE = 5;
export const NEXT_FENCE = 6;
/** The main thread's: its death ends the process. */
export const UNFENCED = -1;
/** Some moment, in milliseconds. */
export const NOW = 100_000;

/**
 * Steps that stand straight behind the other half of a pair, the ledger or what it accounts for: no death was ever
 * seen to fall between the two, on any runtime.
 */
export const UNTORN = [
  'fencedAdd add32 shared #2',
  'trialTake cmpxchg64 CELL_TRIALS',
  'trialGive cmpxchg64 state #2',
];

export interface World {
  /** F_… bits. */
  readonly features?: number;
  readonly numbers?: Partial<PolicyNumbers>;
  /** Numbers that lie ready in the scratch area of a thread. */
  readonly blocks?: Readonly<Record<number, Partial<PolicyNumbers>>>;
  /** Words of the slot by offset. */
  readonly words?: Readonly<Record<number, number>>;
  /** Hash of the key that a thread asks for. */
  readonly hashes?: Readonly<Record<number, bigint>>;
}

/** One permit a second, a bucket of two; nothing trips, nothing is full. */
const NUMBERS: Partial<PolicyNumbers> = {
  unitsPerMs: 1,
  units: 1_000,
  burstUnits: 2_000,
  maxDebtMs: 10_000,
  ratePerSecond: 1,
  consecutive: 0,
  minCalls: 1,
  failureRate: 2,
  slowMs: Number.POSITIVE_INFINITY,
  slowRate: 2,
  trials: 1,
  maxConcurrent: 1,
  trialRate: 2,
  trialWaitMs: -1,
  rampMs: 0,
  maxQueue: 2,
  minLimit: 1,
  maxLimit: 10,
  throttleK: 2,
  throttleMax: 0.9,
};

/** Fills an empty memory in. */
export function format(vm: Machine, world: World = {}): void {
  const { i32, i64, f64, buffer } = vm.memory;
  const plane = { memory: { buffer } } as unknown as StatePlane;
  const numbers = { ...NUMBERS, ...world.numbers };
  i32[layout.HEADER_POLICIES >> 2] = 1;
  i32[layout.HEADER_THREADS >> 2] = THREADS;
  i32[layout.HEADER_THREAD_TOP >> 2] = THREADS;
  i32[layout.HEADER_LEDGER_AT >> 2] = geometry.ledgerAt;
  i32[layout.HEADER_KEYS_AT >> 2] = geometry.keysAt;
  i32[(slot + layout.SLOT_FEATURES) >> 2] = world.features ?? 0;
  i32[(slot + layout.SLOT_BUCKETS) >> 2] = 2;
  i32[(slot + layout.SLOT_CALLS) >> 2] = 2;
  i32[(slot + layout.SLOT_KEYS_AT) >> 2] = geometry.keysAt;
  i32[(slot + layout.SLOT_KEYS_COUNT) >> 2] = 4;
  for (const width of [layout.SLOT_BUCKET_MS, layout.SLOT_BUDGET_MS, layout.SLOT_THROTTLE_MS]) {
    f64[(slot + width) >> 3] = 1_000;
  }
  for (let view = 0; view < 4; view++) f64[((slot + layout.SLOT_SLICE_MS) >> 3) + view] = 1_000;
  f64[(slot + layout.BREAKER_OPEN_MS) >> 3] = 1_000;
  f64[(slot + layout.BREAKER_NEXT_MS) >> 3] = 1_000;
  writeBlock(plane, slot + layout.OPTIONS_AT, numbers);
  for (const [thread, own] of Object.entries(world.blocks ?? {})) {
    writeBlock(plane, block(Number(thread)), { ...numbers, ...own });
  }
  for (const [thread, hash] of Object.entries(world.hashes ?? {})) {
    i64[(row(Number(thread)) + layout.THREAD_HASH) >> 3] = hash;
  }
  for (const [offset, value] of Object.entries(world.words ?? {})) i32[(slot + Number(offset)) >> 2] = value;
  for (let thread = 0; thread < THREADS; thread++) vm.run(k.grant(cell(thread), FENCE));
}

export interface Given extends World {
  /** Calls made before the threads begin. */
  readonly before?: readonly Call[];
}

/** A scenario that begins in such a world. */
export function given({ before = [], ...world }: Given, scenario: Scenario): Scenario {
  const init = (vm: Machine) => {
    format(vm, world);
    for (const call of before) vm.run(call);
  };
  return { nameOf, init, ...scenario };
}

/** So many changes of options, to the blocks of threads 0 and 1 in turn. */
export const changes = (count: number): readonly Call[] =>
  Array.from({ length: count }, (_, version) => k.publish(slot, block(version % 2), version, owner(3), NOW));

/** What a thread holds by a word of its ledger cell, without the fence. */
export function held(vm: Machine, thread: number, word: number): number {
  return Number(vm.memory.i64[(cell(thread) + word) >> 3] & 0xff_ffff_ffffn);
}

/** The fence behind which a word of a thread's ledger cell stands. */
export function fenceOf(vm: Machine, thread: number, word: number): number {
  return Number(vm.memory.i64[(cell(thread) + word) >> 3] >> 40n);
}

export const i32At = (vm: Machine, offset: number): number => vm.memory.i32[(slot + offset) >> 2];
export const i64At = (vm: Machine, offset: number): bigint => vm.memory.i64[(slot + offset) >> 3];

/** Latencies that a histogram of the slot has counted, in all buckets. */
export function latenciesIn(vm: Machine, histogramAt: number): number {
  let sum = 0n;
  for (let index = 0; index < layout.LATENCY_BUCKETS; index++) sum += i64At(vm, histogramAt + index * 8);
  return Number(sum);
}

/** Names of addresses in printed schedules. */
export const nameOf = namesOf(wordNames());

function wordNames(): Record<string, number> {
  const names: Record<string, number> = {};
  const add = (prefix: RegExp, at: number, of = '') => {
    for (const [name, offset] of Object.entries(layout))
      if (prefix.test(name)) names[name + of] = at + offset;
  };
  add(/^HEADER_/, 0);
  add(/^(SLOT|BREAKER|RATE|BULKHEAD|LINE|ADAPT|COUNT|TOLD|CHAOS)_(?!BYTES|ONE)|_AT$/, slot);
  for (let thread = 0; thread < THREADS; thread++) {
    add(/^THREAD_(?!BYTES|SCRATCH_)/, row(thread), ` of thread ${thread}`);
    add(/^CELL_(?!BYTES)/, cell(thread), ` of thread ${thread}`);
  }
  for (let key = 0; key < 8; key++) {
    names[`KEY_HASH of cell ${key}`] = keyCell(key);
    names[`KEY_WORD of cell ${key}`] = keyCell(key) + layout.KEY_WORD;
  }
  return names;
}
