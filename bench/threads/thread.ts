// A thread of the threads bench: decides as fast as it can, from the moment it is told.

import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { createHoldfast, RuntimeHandle } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { attach } from '../../src/worker.ts';

export interface Job {
  policy: string;
  /** By the clock that all threads share. */
  startMs: number;
  /** For how long; or how many times. */
  forMs?: number;
  tries?: number;
}

export interface Answer {
  admitted: number;
  refused: number;
  tookMs: number;
}

/** What the thread runs: answers jobs. */
export async function decide(): Promise<void> {
  const runtime = await attach(workerData.handle as RuntimeHandle);
  parentPort?.on('message', ({ policy, startMs, forMs = 0, tries = 0 }: Job) => {
    const core = Policy.coreOf(runtime.policy(policy));
    const { kernels, at, cell, row, fence, originMs } = core;
    const answer: Answer = { admitted: 0, refused: 0, tookMs: 0 };
    while (core.now() < startMs);
    const start = core.now() - originMs;
    let now = start;
    while (now < start + forMs || answer.admitted + answer.refused < tries) {
      // The clock is not what is measured.
      for (let i = 0; i < 1_000; i++) {
        const ticket = kernels.admit(at, cell, row, fence, now, 1, 0.5, 0);
        if (ticket < 0) answer.refused++;
        else {
          kernels.settle(at, cell, fence, ticket, now, now, 0, 7, -1);
          answer.admitted++;
        }
      }
      now = core.now() - originMs;
    }
    answer.tookMs = now - start;
    parentPort?.postMessage(answer);
  });
  parentPort?.postMessage('ready');
}

/** Starts a thread of `file` that has joined the runtime. */
export async function started(holdfast: ReturnType<typeof createHoldfast>, file: string): Promise<Worker> {
  // A place is reserved before the thread is there: the handle goes with its start.
  let ended = () => {};
  const handle = holdfast.share({ once: (_event: string, listener: () => void) => (ended = listener) });
  const worker = new Worker(file, { workerData: { handle } });
  worker.once('exit', () => ended());
  await once(worker, 'message');
  return worker;
}

export async function ask(worker: Worker, job: Job): Promise<Answer> {
  const answer = once(worker, 'message');
  worker.postMessage(job);
  return (await answer)[0] as Answer;
}
