// Do threads slow each other down? Two on policies of their own, and two on one, against one thread alone.

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { RuntimeHandle } from '../src/index.ts';
import { createHoldfast } from '../src/index.ts';
import { Policy } from '../src/policy/policy.ts';
import { attach } from '../src/worker.ts';
import { report } from './support/measure.ts';

const FOR_MS = 400;
const ROUNDS = 7;
const OPTIONS = {
  circuitBreaker: { consecutiveFailures: 5 },
  rateLimiter: { permitsPerSecond: 1e7, burst: 1e9 },
  bulkhead: { maxConcurrent: 100 },
  errorBudget: { objective: 0.99, windowMs: 3_600_000 },
};

if (isMainThread) await main();
else await thread();

/** Decides as fast as it can for a time, on the policy it is told, from the moment it is told. */
async function thread(): Promise<void> {
  const runtime = await attach(workerData.handle as RuntimeHandle);
  parentPort?.on('message', ({ policy, startMs }: { policy: string; startMs: number }) => {
    const core = Policy.coreOf(runtime.policy(policy));
    const { kernels, at, cell, row, fence, originMs } = core;
    while (core.now() < startMs);
    let now = core.now() - originMs;
    const end = now + FOR_MS;
    let decided = 0;
    let refused = 0;
    while (now < end) {
      // The clock is not what is measured.
      for (let i = 0; i < 1_000; i++) {
        const ticket = kernels.admit(at, cell, row, fence, now, 1, 0.5, 0);
        if (ticket < 0) refused++;
        else {
          kernels.settle(at, cell, fence, ticket, now, now, 0, 7, -1);
          decided++;
        }
      }
      now = core.now() - originMs;
    }
    parentPort?.postMessage({ decided, refused });
  });
  parentPort?.postMessage('ready');
}

async function main(): Promise<void> {
  const holdfast = createHoldfast({
    policies: { a: OPTIONS, b: OPTIONS },
    memory: { policies: 8, threads: 8 },
  });
  const workers = await Promise.all([0, 1].map(() => started(holdfast)));
  const settings: [string, string[]][] = [
    ['one thread', ['a']],
    ['two threads on a policy each', ['a', 'b']],
    ['two threads on one policy', ['a', 'a']],
  ];
  const rates = new Map<string, number[]>(settings.map(([name]) => [name, []]));
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, policies] of settings) {
      const startMs = Policy.coreOf(holdfast.policy('a')).now() + 20;
      const answers = policies.map((policy, index) => ask(workers[index], { policy, startMs }));
      const counts = (await Promise.all(answers)) as { decided: number; refused: number }[];
      if (counts.some(({ decided }) => decided === 0)) throw new Error(`${name}: a thread stood still`);
      if (round >= 0) rates.get(name)?.push(counts.reduce((sum, { decided }) => sum + decided, 0) / FOR_MS);
    }
  }
  for (const name of ['a', 'b']) {
    const active = holdfast.policy(name).bulkhead?.active;
    if (active !== 0) throw new Error(`${name}: ${active} slots are still held`);
  }
  const medians = settings.map(([name]) => ({ name, perMs: median(rates.get(name) ?? []) }));
  const base = medians[0].perMs;
  const rows = medians.map(({ name, perMs }) => ({ name, ns: 1e6 / perMs, ratio: perMs / base, spread: 0 }));
  report('threads (ratio: decisions a second to those of one thread)', rows);
  await Promise.all(workers.map((worker) => worker.terminate()));
}

async function started(holdfast: ReturnType<typeof createHoldfast>): Promise<Worker> {
  // A place is reserved before the thread is there: the handle goes with its start.
  let ended = () => {};
  const handle = holdfast.share({ once: (_event: string, listener: () => void) => (ended = listener) });
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { handle } });
  worker.once('exit', () => ended());
  await once(worker, 'message');
  return worker;
}

async function ask(worker: Worker, what: unknown): Promise<unknown> {
  const answer = once(worker, 'message');
  worker.postMessage(what);
  return (await answer)[0];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
