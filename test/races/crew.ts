// Four threads that do the same thing to the same memory at the same time, half of them with each engine.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { Arena } from '../../src/state/arena.ts';
import type { PlaneHandle, StatePlane } from '../../src/state/plane.ts';
import { Threads } from '../../src/state/threads.ts';
import { type Given, givenPlane, givenPolicy, type PolicyRecipe, type TestedEngine } from '../state/given.ts';
import { spawnWorker } from '../support/spawn.ts';
import type { JobName, Jobs } from './jobs.ts';

const ENGINES: readonly TestedEngine[] = ['wasm', 'js', 'wasm', 'js'];
export const SIZE = ENGINES.length;

/** What a thread is told to do. */
export interface Order {
  job: JobName;
  /** The policy it is done to. */
  index: number;
  args: unknown;
  /** Arrivals, and whether all may start. */
  gate: SharedArrayBuffer;
  size: number;
  seed: number;
}

/** What a thread is made with. */
export interface Membership {
  handle: PlaneHandle;
  member: number;
}

export interface Crew {
  readonly plane: StatePlane;
  /** A policy for the crew to meet on. */
  policy(recipe: PolicyRecipe): Given;
  /** Lets all threads do a job at once: what each of them found. */
  race<Name extends JobName>(
    job: Name,
    policy: Given,
    args: Parameters<Jobs[Name]>[1],
  ): Promise<Result<Name>[]>;
  dismiss(): Promise<void>;
}

export type Result<Name extends JobName> = ReturnType<ReturnType<Jobs[Name]>>;

export async function assemble(keys = 0): Promise<Crew> {
  const plane = givenPlane({ policies: 40, threads: SIZE + 1, keys });
  const arena = new Arena(plane);
  const threads = new Threads(plane);
  const workers = ENGINES.map((engine, member) => {
    const membership: Membership = { handle: { ...threads.reserveOnMain(), engine }, member };
    return spawnWorker(new URL('./crew-member.ts', import.meta.url), membership);
  });
  await Promise.all(workers.map(answer));
  let seed = 1;
  return {
    plane,
    policy: (recipe) => givenPolicy(recipe, plane, arena),
    async race(job, policy, args) {
      const gate = new SharedArrayBuffer(8);
      const answers = Promise.all(workers.map(answer));
      for (const worker of workers) {
        const order: Order = { job, index: policy.slot.index, args, gate, size: SIZE, seed: seed++ };
        worker.postMessage(order);
      }
      return (await answers) as never;
    },
    async dismiss() {
      for (const worker of workers) worker.postMessage('leave');
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** The next message of a thread; its error, when it fails instead. */
async function answer(worker: Worker): Promise<unknown> {
  const [message] = await once(worker, 'message');
  assert.ok(!(message instanceof Error), message);
  return message;
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** The sums of what threads counted, by name. */
export function together<Name extends string>(counts: readonly Record<Name, number>[]): Record<Name, number> {
  const names = Object.keys(counts[0]) as Name[];
  return Object.fromEntries(names.map((name) => [name, sum(counts.map((count) => count[name]))])) as Record<
    Name,
    number
  >;
}
