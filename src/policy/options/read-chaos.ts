/**
 * Chaos: faults on purpose, to see whether what protects does protect.
 *
 * It is off until `holdfast.chaos.enable` switches it on for a time; here stands only what it may then do. What is
 * injected goes through breaker, retry and budgets as the real thing would, and is counted apart.
 */

import type { ChaosShape } from '../plan.ts';
import type { CallContext } from '../types.ts';
import type { Draft, PolicyReader } from './policy-reader.ts';

/** Each kind is injected into its share of the attempts: where a draw is below `rate`, 0…1. */
export interface ChaosOptions {
  /** Delays the operation by `minMs` to `maxMs`, evenly drawn. */
  latency?: { rate: number; minMs: number; maxMs: number };
  /** Fails instead of running the operation; with what `create` gives, a `ChaosError` by default. */
  error?: { rate: number; create?: () => unknown };
  /** Ends in a `TimeoutError` at the attempt timeout; without one, at once. */
  timeout?: { rate: number };
  /** Answers `value` instead of running the operation. */
  result?: { rate: number; value: unknown };
  /** Ends the thread, on workers only. */
  killWorker?: { rate: number };
  /** Blocks the thread for `ms`, on workers only, and never the last that is free. */
  block?: { rate: number; ms: number };
  /** Which calls it may touch; all by default. */
  when?: (context: CallContext) => boolean;
  /** Draws the same way each time; from the policy's source of chance by default. */
  seed?: number | string;
  /** Ends it when less than this share of the error budget is left, 0…1. Only with `errorBudget`. */
  abortWhen?: { budgetBelow: number };
}

export const CHAOS = [
  'latency',
  'error',
  'timeout',
  'result',
  'killWorker',
  'block',
  'when',
  'seed',
  'abortWhen',
] as const;

export function readChaos(o: PolicyReader, { shape, numbers, functions }: Draft): void {
  const latency = o.child('latency', ['rate', 'minMs', 'maxMs']);
  if (latency !== undefined) {
    numbers.chaosLatencyRate = latency.ratio('rate');
    numbers.chaosLatencyMinMs = latency.durationMs('minMs');
    numbers.chaosLatencyMaxMs = latency.durationMs('maxMs');
    if (numbers.chaosLatencyMaxMs < numbers.chaosLatencyMinMs) {
      latency.refuse('maxMs', `at least ${numbers.chaosLatencyMinMs} ms, the minMs`);
    }
  }
  const error = o.child('error', ['rate', 'create']);
  if (error !== undefined) {
    numbers.chaosErrorRate = error.ratio('rate');
    functions.chaosError = error.fn('create', { optional: true });
  }
  const timeout = o.child('timeout', ['rate']);
  if (timeout !== undefined) numbers.chaosTimeoutRate = timeout.ratio('rate');
  const result = o.child('result', ['rate', 'value']);
  if (result !== undefined) {
    numbers.chaosResultRate = result.ratio('rate');
    functions.chaosResult = { value: readValue(result) };
  }
  const killWorker = o.child('killWorker', ['rate']);
  if (killWorker !== undefined) numbers.chaosKillRate = killWorker.ratio('rate');
  const block = o.child('block', ['rate', 'ms']);
  if (block !== undefined) numbers.chaosBlockRate = block.ratio('rate');
  functions.chaosWhen = o.fn('when', { optional: true });
  shape.chaos = {
    latency: latency !== undefined,
    error: error !== undefined,
    timeout: timeout !== undefined,
    result: result !== undefined,
    killWorker: killWorker !== undefined,
    block: block !== undefined,
    blockMs: block?.durationMs('ms') ?? 0,
    seed: readSeed(o),
    abortBelow: readAbort(o, shape.errorBudget !== undefined),
  };
}

/** A result may be anything. Options go to other threads as JSON: what that would make something else of stays here. */
function readValue(o: PolicyReader): unknown {
  const value = o.get('value');
  const sent = throughJson(value);
  if (isSame(sent, value)) o.keep('value', sent);
  else o.staysHere('value');
  return value;
}

/** A copy; undefined of what JSON has no words for. */
function throughJson(value: unknown): unknown {
  let copy: unknown;
  try {
    copy = JSON.parse(JSON.stringify(value));
  } catch {
    // Nothing at all, a cycle, a bigint, or what throws when it is read.
  }
  return copy;
}

/** Whether a copy that went through JSON is what it was made of; a zero may have lost its sign. */
function isSame(copy: unknown, value: unknown): boolean {
  if (!isObject(copy) || !isObject(value)) return copy === value;
  if (Object.getPrototypeOf(copy) !== Object.getPrototypeOf(value)) return false;
  const names = Object.keys(value);
  return names.length === Object.keys(copy).length && names.every((name) => isSame(copy[name], value[name]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readSeed(o: PolicyReader): ChaosShape['seed'] {
  return typeof o.get('seed') === 'string' ? o.text('seed') : o.number('seed', { optional: true });
}

function readAbort(o: PolicyReader, budgeted: boolean): number | undefined {
  const abortWhen = o.child('abortWhen', ['budgetBelow']);
  if (abortWhen === undefined) return undefined;
  if (!budgeted) o.refuse('abortWhen', 'none without an errorBudget');
  return abortWhen.ratio('budgetBelow');
}
