// A policy's numbers, as the block in shared memory holds them.
//
// Every number that `update` may change is a field here, so that one version of
// all of them is in force in every thread at the same moment.

import {
  O_BUDGET_CALLS,
  O_BUDGET_MS,
  O_BURST,
  O_CONSECUTIVE,
  O_FAILURE_RATE,
  O_MAX_CONCURRENT,
  O_MAX_DEBT_MS,
  O_MAX_LIMIT,
  O_MAX_QUEUE,
  O_MAX_RATE,
  O_MIN_CALLS,
  O_MIN_LIMIT,
  O_MIN_RATE,
  O_OBJECTIVE,
  O_RAMP,
  O_RATE,
  O_RATE_INTERVAL,
  O_RATE_PERCENTILE,
  O_RATE_SAMPLES,
  O_RATE_TARGET,
  O_RETRY_FLOOR,
  O_RETRY_RATIO,
  O_SLOW_MS,
  O_SLOW_RATE,
  O_THROTTLE_K,
  O_THROTTLE_MAX,
  O_TRIAL_RATE,
  O_TRIAL_WAIT,
  O_TRIALS,
  O_UNITS,
  O_UNITS_PER_MS,
  O_USER,
  OPTIONS_AT,
  OPTIONS_BYTES,
  OPTIONS_RING,
  SLOT_VERSION,
} from '../../assembly/layout.ts';
import type { StatePlane } from './plane.ts';

type Kind = 'f64' | 'i32' | 'i64';
const user = (index: number): [number, Kind] => [O_USER + index * 8, 'f64'];

const FIELDS = {
  unitsPerMs: [O_UNITS_PER_MS, 'f64'],
  units: [O_UNITS, 'i64'],
  burstUnits: [O_BURST, 'i64'],
  maxDebtMs: [O_MAX_DEBT_MS, 'f64'],
  ratePerSecond: [O_RATE, 'f64'],
  minRate: [O_MIN_RATE, 'f64'],
  maxRate: [O_MAX_RATE, 'f64'],
  rateTargetMs: [O_RATE_TARGET, 'f64'],
  ratePercentile: [O_RATE_PERCENTILE, 'f64'],
  rateIntervalMs: [O_RATE_INTERVAL, 'f64'],
  rateSamples: [O_RATE_SAMPLES, 'f64'],
  consecutive: [O_CONSECUTIVE, 'i32'],
  minCalls: [O_MIN_CALLS, 'i32'],
  failureRate: [O_FAILURE_RATE, 'f64'],
  slowMs: [O_SLOW_MS, 'f64'],
  slowRate: [O_SLOW_RATE, 'f64'],
  trials: [O_TRIALS, 'i32'],
  maxConcurrent: [O_MAX_CONCURRENT, 'i32'],
  trialRate: [O_TRIAL_RATE, 'f64'],
  trialWaitMs: [O_TRIAL_WAIT, 'f64'],
  rampMs: [O_RAMP, 'f64'],
  maxQueue: [O_MAX_QUEUE, 'f64'],
  minLimit: [O_MIN_LIMIT, 'f64'],
  maxLimit: [O_MAX_LIMIT, 'f64'],
  throttleK: [O_THROTTLE_K, 'f64'],
  throttleMax: [O_THROTTLE_MAX, 'f64'],
  objective: [O_OBJECTIVE, 'f64'],
  budgetCalls: [O_BUDGET_CALLS, 'f64'],
  retryRatio: [O_RETRY_RATIO, 'f64'],
  retryFloor: [O_RETRY_FLOOR, 'f64'],
  budgetMs: [O_BUDGET_MS, 'f64'],
  // Read by JavaScript only.
  burst: user(0),
  rateMaxWaitMs: user(1),
  queueMaxWaitMs: user(2),
  openMs: user(3),
  attemptMs: user(4),
  totalMs: user(5),
  maxRetries: user(6),
  maxElapsedMs: user(7),
  backoffBaseMs: user(8),
  backoffStep: user(9),
  backoffMaxMs: user(10),
  hedgeDelayMs: user(11),
  hedgePercentile: user(12),
  maxHedges: user(13),
  latencyPercentile: user(14),
  latencyTargetMs: user(15),
  latencyMinCalls: user(16),
  timeoutPercentile: user(17),
  timeoutMultiplier: user(18),
  timeoutMinMs: user(19),
  timeoutMaxMs: user(20),
  shedDegraded: user(21),
  shedSeverely: user(22),
  shedEmergency: user(23),
  chaosLatencyRate: user(24),
  chaosLatencyMinMs: user(25),
  chaosLatencyMaxMs: user(26),
  chaosErrorRate: user(27),
  chaosTimeoutRate: user(28),
  chaosResultRate: user(29),
  chaosKillRate: user(30),
  chaosBlockRate: user(31),
} as const satisfies Record<string, readonly [number, Kind]>;

export type NumberName = keyof typeof FIELDS;
/** All of a policy's numbers. */
export type PolicyNumbers = Record<NumberName, number>;

const NAMES = Object.keys(FIELDS) as NumberName[];

/** Address of the block of a version. */
function blockOf(slot: number, version: number): number {
  return slot + OPTIONS_AT + (version & (OPTIONS_RING - 1)) * OPTIONS_BYTES;
}

/** Address of the block in force now. */
export function blockAt(plane: StatePlane, slot: number): number {
  return blockOf(slot, Atomics.load(plane.i32, (slot + SLOT_VERSION) >> 2));
}

/** The options of a slot as one thread may read them at some moment: a version, and all its numbers. */
export interface Published {
  version: number;
  numbers: PolicyNumbers;
}

/**
 * The options in force, all of one version; undefined when so many were published while they were read that they
 * may be mixed.
 */
export function readOptions(plane: StatePlane, slot: number): Published | undefined {
  const word = (slot + SLOT_VERSION) >> 2;
  const version = Atomics.load(plane.i32, word);
  const numbers = readBlock(plane, blockOf(slot, version));
  // A block is written to again once all others of the ring have been in force.
  const later = (Atomics.load(plane.i32, word) - version) | 0;
  return later < OPTIONS_RING - 1 ? { version, numbers } : undefined;
}

const copy = new Int32Array(OPTIONS_BYTES / 4);
const view = new DataView(copy.buffer);

/** Reads the block at an address. */
export function readBlock(plane: StatePlane, at: number): PolicyNumbers {
  const numbers = {} as PolicyNumbers;
  // In order: what is read here has been read before the version is looked at again.
  for (let word = 0; word < copy.length; word++) copy[word] = Atomics.load(plane.i32, (at >> 2) + word);
  for (const name of NAMES) {
    const [offset, kind] = FIELDS[name];
    if (kind === 'f64') numbers[name] = view.getFloat64(offset, true);
    else if (kind === 'i32') numbers[name] = view.getInt32(offset, true);
    else numbers[name] = Number(view.getBigInt64(offset, true));
  }
  return numbers;
}

/** Writes numbers to a block that no thread reads yet. */
export function writeBlock(plane: StatePlane, at: number, numbers: Partial<PolicyNumbers>): void {
  const view = new DataView(plane.memory.buffer, at, OPTIONS_BYTES);
  for (const name of NAMES) {
    const value = numbers[name];
    if (value === undefined) continue;
    const [offset, kind] = FIELDS[name];
    if (kind === 'f64') view.setFloat64(offset, value, true);
    else if (kind === 'i32') view.setInt32(offset, Math.min(value, 2_147_483_647), true);
    else view.setBigInt64(offset, BigInt(Math.round(value)), true);
  }
}
