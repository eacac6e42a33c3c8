// A small world of two or three threads, and what must be true in it whatever the order of their steps.

import { AssertionError } from 'node:assert/strict';
import type { Machine } from './machine.ts';
import type { Program } from './program.ts';

export interface Death {
  readonly of: number;
  readonly manager?: Program;
  /**
   * Labels of sites before which no death falls, although it is a step of its own: the second of two changes that
   * engines were never seen to tear, because nothing stands between them.
   */
  readonly neverBefore?: readonly string[];
}

export interface Scenario {
  /** A present-tense sentence about what holds. */
  readonly name: string;
  /** Brings memory, which is all zero, to where the threads find it. Kernels called from here run whole. */
  readonly init?: (vm: Machine) => void;
  readonly programs: readonly Program[];
  /**
   * The thread that dies, at any point: before any of its steps or after the last. `manager` is the
   * thread that has waited for it and now cleans up, while the others go on; it is numbered after all programs.
   */
  readonly death?: Death;
  /** Throws when something is wrong in a moment between two steps. */
  readonly invariant?: (vm: Machine) => void;
  /** Throws when something is wrong when every thread has ended. */
  readonly check?: (vm: Machine) => void;
  /**
   * Results (and what `observe` sees) must equal those of some order of whole calls, in which a call that
   * returned before another began also comes before it.
   */
  readonly linearizable?: boolean;
  /** What beside the results counts as the outcome: words of memory, say. */
  readonly observe?: (vm: Machine) => unknown;
  /**
   * Only schedules that take a thread off its turn at most this many times. Given where the number of schedules
   * explodes; the report says when it cut something.
   */
  readonly preemptions?: number;
  /** Byte ranges in which all accesses must lie; default all of memory. */
  readonly within?: readonly (readonly [offset: number, length: number])[];
  /** A name for an address in printed schedules. */
  readonly nameOf?: (address: number) => string;
}

/** What a schedule showed to be wrong. */
export class Flaw extends Error {
  override name = 'Flaw';
}

/** What a thrown flaw or assertion says; anything else is a mistake in the scenario, and is thrown on. */
export function whyOf(error: unknown): string {
  if (error instanceof Flaw || error instanceof AssertionError) return error.message;
  throw error;
}

/** Names addresses after words of a slot: the nearest word at or below. `{ 'bucket.tat': 1024 }` */
export function namesOf(words: Readonly<Record<string, number>>): (address: number) => string {
  const sorted = Object.entries(words).sort(([, a], [, b]) => b - a);
  return (address) => {
    const found = sorted.find(([, at]) => at <= address);
    if (!found) return `@${address}`;
    return address === found[1] ? found[0] : `${found[0]}+${address - found[1]}`;
  };
}
