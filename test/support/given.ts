// A policy on a clock that stands still, on each engine.

import { describe } from 'node:test';
import { type Policy, policy } from '../../src/index.ts';
import type { PolicyEvents } from '../../src/policy/events.ts';
import { EVENT_NAMES } from '../../src/policy/events.ts';
import type { PolicySettings } from '../../src/policy/make-policy.ts';
import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

export type Engine = 'wasm' | 'js';

/** Runs the same scenes on the WASM kernels and on their twin. */
export function onBothEngines(what: string, scenes: (engine: Engine) => void): void {
  for (const engine of ['wasm', 'js'] as const) describe(`${what} (${engine})`, () => scenes(engine));
}

export interface Given {
  clock: ManualClock;
  guarded: Policy;
  /** What listeners heard, in order: the event's name and what it said. */
  told: { name: keyof PolicyEvents; event: never }[];
}

/** A policy whose events are all written down. */
export function given(
  engine: Engine,
  options: PolicyOptions,
  settings: PolicySettings = {},
  startMs = 0,
): Given {
  const clock = manualClock({ startMs });
  const guarded = policy(options, { clock, engine, ...settings });
  const told: Given['told'] = [];
  for (const name of EVENT_NAMES) guarded.on(name, (event) => told.push({ name, event: event as never }));
  return { clock, guarded, told };
}

/** The same at a time of day at which nothing is 0, so that no time is taken for another one unseen. */
export function givenLater(engine: Engine, options: PolicyOptions, settings: PolicySettings = {}): Given {
  return given(engine, options, settings, 36_000_000);
}

export const names = ({ told }: Given) => told.map(({ name }) => name);
export const of = <Name extends keyof PolicyEvents>({ told }: Given, name: Name): PolicyEvents[Name][] =>
  told.filter((each) => each.name === name).map(({ event }) => event);

export class Boom extends Error {
  override name = 'Boom';
}

/** Rejects with a new `Boom`. */
export const boom = async (): Promise<never> => {
  throw new Boom('boom');
};

export const fine = async () => 'fine';

/** Fails `times` times, then answers 'done'. */
export function failing(times: number): (() => Promise<string>) & { calls: number } {
  const operation = async () => {
    operation.calls++;
    if (operation.calls <= times) throw new Boom(`boom ${operation.calls}`);
    return 'done';
  };
  operation.calls = 0;
  return operation;
}

/** An operation that the test ends. */
export interface Pending<T> {
  operation: () => Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
  calls: number;
}

export function pending<T = string>(): Pending<T> {
  const made: Pending<T> = {
    calls: 0,
    resolve: () => {},
    reject: () => {},
    operation: () => {
      made.calls++;
      return new Promise<T>((resolve, reject) => {
        made.resolve = resolve;
        made.reject = reject;
      });
    },
  };
  return made;
}

/** How a promise stands after everything that can settle has. */
export async function settled<T>(promise: Promise<T>): Promise<'pending' | { ok: T } | { error: unknown }> {
  const state = promise.then(
    (ok) => ({ ok }),
    (error) => ({ error }),
  );
  const turn = new Promise<'pending'>((resolve) => setImmediate(() => resolve('pending')));
  return Promise.race([state, turn]);
}
