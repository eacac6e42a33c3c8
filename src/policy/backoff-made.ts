// A made backoff: its data, a source of chance, and the kernel's arithmetic.

import { type Random, systemRandom } from '../base/random.ts';
import type { Kernels } from '../state/kernels.ts';
import { backoff as twinMath } from '../state/twin/backoff.ts';
import { type BackoffData, backoffData, carryData, type Jitter } from './backoff-data.ts';
import { readBackoffData } from './backoff-read.ts';
import type { Backoff } from './types.ts';

/** The kernel that finds a pause. It touches no memory, so any thread's will do. */
export type BackoffMath = Kernels['backoff'];

// What the kernel calls its kinds.
const CONSTANT = 0;
const LINEAR = 1;
const EXPONENTIAL = 2;
const FIBONACCI = 3;
const DECORRELATED = 4;

// More retries than anybody lives to see; the kernel counts in doubles.
const MOST_RETRIES = Number.MAX_SAFE_INTEGER;

/**
 * Makes a backoff of its data. It draws from `random`, once a pause and only where a draw makes a difference.
 * Throws a RangeError when it is asked for a retry that is no whole number of at least 1.
 */
export function madeBackoff(
  data: BackoffData,
  random: Random = systemRandom,
  math: BackoffMath = twinMath,
): Backoff {
  const { maxMs } = data;
  const jitter = jitterNumber(data.jitter);

  function vary(pauseMs: number): number {
    return math(CONSTANT, 1, pauseMs, 0, maxMs, jitter, drawFor(jitter, random), 0);
  }

  function grow(kind: number, retry: number, baseMs: number, step: number): number {
    return math(kind, retry, baseMs, step, maxMs, jitter, drawFor(jitter, random), 0);
  }

  function pause(retry: number, previousMs: number | undefined): number {
    switch (data.kind) {
      case 'constant':
        return vary(data.baseMs);
      case 'linear':
        return grow(LINEAR, retry, data.baseMs, data.stepMs);
      case 'exponential':
        return grow(EXPONENTIAL, retry, data.baseMs, data.factor);
      case 'fibonacci':
        return grow(FIBONACCI, retry, data.baseMs, 0);
      case 'decorrelated':
        return vary(
          math(DECORRELATED, retry, Math.min(data.baseMs, maxMs), 0, maxMs, 0, random(), before(previousMs)),
        );
      case 'fromList':
        return vary(data.delaysMs[Math.min(retry, data.delaysMs.length) - 1]);
    }
  }

  // A pause that was no pause counts as none, and the longest there could be is the cap.
  function before(previousMs = 0): number {
    return previousMs > 0 ? Math.min(previousMs, maxMs) : 0;
  }

  return carryData((retry, _outcome, previousMs) => pause(checkedRetry(data.kind, retry), previousMs), data);
}

/** A made backoff whose draws come from `random`, as a policy's do; any other backoff as it is. */
export function drawBackoff(backoff: Backoff, random: Random, math?: BackoffMath): Backoff {
  const data = backoffData(backoff);
  return data === undefined ? backoff : madeBackoff(data, random, math);
}

/** The backoff that `data` was taken from, on the other side of a thread. Throws an OptionsError below `path`. */
export function backoffFrom(data: unknown, path = 'backoff'): Backoff {
  return madeBackoff(readBackoffData(path, data));
}

function jitterNumber(jitter: Jitter): number {
  if (typeof jitter === 'number') return jitter;
  return jitter === 'full' ? -1 : jitter === 'equal' ? -2 : 0;
}

function drawFor(jitter: number, random: Random): number {
  return jitter === 0 ? 0 : random();
}

function checkedRetry(kind: string, retry: unknown): number {
  if (typeof retry === 'number' && retry >= 1 && Math.floor(retry) === retry)
    return Math.min(retry, MOST_RETRIES);
  throw new RangeError(`${kind}: expected a retry number of at least 1, got ${String(retry)}`);
}
