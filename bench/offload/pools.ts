// The pools that are compared, each with the same number of threads and the same task.

import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { FixedThreadPool } from 'poolifier';
import { createHoldfast, tasksOf } from '../../src/index.ts';
import type { Work } from './tasks.ts';

export interface Pool {
  name: string;
  run(work: Work): Promise<unknown>;
  stop(): Promise<unknown>;
}

export const BASELINE = 'Piscina';

export async function startPools(threads: number): Promise<Pool[]> {
  const piscina = new Piscina({
    filename: new URL('./tasks.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const holdfast = createHoldfast({
    policies: {
      send: { circuitBreaker: { consecutiveFailures: 5 }, bulkhead: { maxConcurrent: 1_000_000 } },
    },
    workers: {
      tasks: tasksOf<typeof import('./tasks.ts')>(new URL('./tasks.ts', import.meta.url)),
      minThreads: threads,
      maxThreads: threads,
      maxQueue: 1_000_000,
    },
  });
  await holdfast.start();
  return [
    { name: BASELINE, run: (work) => piscina.run(work), stop: () => piscina.destroy() },
    poolifier(threads),
    { name: 'Holdfast', run: (work) => holdfast.offload('work', work), stop: () => holdfast.stop() },
    {
      name: 'Holdfast, under a policy',
      run: (work) => holdfast.offload('work', work, { policy: 'send' }),
      stop: async () => {},
    },
  ];
}

function poolifier(threads: number): Pool {
  const pool = new FixedThreadPool<Work, number>(
    threads,
    fileURLToPath(new URL('./poolifier-worker.ts', import.meta.url)),
    {
      errorHandler: (error) => {
        throw error;
      },
    },
  );
  // On Deno it waits for its threads to end, most times for ever: they end with the process.
  const stop = async () => ('Deno' in globalThis ? undefined : pool.destroy());
  return { name: 'poolifier', run: (work) => pool.execute(work), stop };
}
