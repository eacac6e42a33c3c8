// Do threads slow each other down, and do they stay exact?
//
// Baseline: one thread alone. One, two and four threads, on policies of their own and all on one; what is counted
// is decisions a second of all of them together. A bucket of a known number of permits, taken by all at once, must
// give exactly that many; at the end no slot is held, and the policies have counted what the threads have.

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { createHoldfast } from '../src/index.ts';
import { Policy } from '../src/policy/policy.ts';
import { report, roundsOr, rowsOf, short } from './support/measure.ts';
import { ask, decide, type Job, started } from './threads/thread.ts';

const FOR_MS = short ? 100 : 300;
const ROUNDS = roundsOr(short ? 6 : 12);
const PERMITS = 100_000;
const OPTIONS = {
  circuitBreaker: { consecutiveFailures: 5 },
  rateLimiter: { permitsPerSecond: 1e7, burst: 1e9 },
  bulkhead: { maxConcurrent: 100 },
  errorBudget: { objective: 0.99, windowMs: 3_600_000 },
};
const NAMES = ['a', 'b', 'c', 'd'];
const SETTINGS: readonly (readonly [string, readonly string[]])[] = [
  ['one thread', ['a']],
  ['two threads on policies of their own', ['a', 'b']],
  ['two threads on one policy', ['a', 'a']],
  ['four threads on policies of their own', NAMES],
  ['four threads on one policy', ['a', 'a', 'a', 'a']],
];

if (isMainThread) await main();
else await decide();

async function main(): Promise<void> {
  const holdfast = createHoldfast({
    policies: {
      ...Object.fromEntries(NAMES.map((name) => [name, OPTIONS])),
      exact: { rateLimiter: { permitsPerSecond: 1 / 86_400, burst: PERMITS } },
    },
    memory: { policies: 8, threads: 8 },
  });
  const workers = await Promise.all(NAMES.map(() => started(holdfast, fileURLToPath(import.meta.url))));
  const together = (policies: readonly string[], job: Omit<Job, 'policy' | 'startMs'>) => {
    const startMs = Policy.coreOf(holdfast.policy('a')).now() + 10;
    return Promise.all(policies.map((policy, index) => ask(workers[index], { ...job, policy, startMs })));
  };

  const rates = new Map<string, number[]>(SETTINGS.map(([name]) => [name, []]));
  const decided: Record<string, number> = {};
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, policies] of SETTINGS) {
      const answers = await together(policies, { forMs: FOR_MS });
      if (answers.some(({ admitted }) => admitted === 0)) throw new Error(`${name}: a thread stood still`);
      for (const [index, policy] of policies.entries())
        decided[policy] = (decided[policy] ?? 0) + answers[index].admitted;
      const perSecond = answers.reduce((sum, { admitted, tookMs }) => sum + (admitted / tookMs) * 1_000, 0);
      if (round >= 0) rates.get(name)?.push(perSecond);
    }
  }
  for (const name of NAMES) {
    const { active } = holdfast.policy(name).bulkhead ?? { active: -1 };
    if (active !== 0) throw new Error(`${name}: ${active} slots are still held`);
    const { kernels, at, originMs, now } = Policy.coreOf(holdfast.policy(name));
    const counted = kernels.budgetCount(at, now() - originMs, 0);
    if (counted !== decided[name]) throw new Error(`${name}: counted ${counted} of ${decided[name]} calls`);
  }
  const grabbed = await together(['exact', 'exact', 'exact', 'exact'], { tries: PERMITS });
  const admitted = grabbed.reduce((sum, answer) => sum + answer.admitted, 0);
  if (admitted !== PERMITS) throw new Error(`${admitted} of ${PERMITS} permits were given`);

  report(
    'threads (decisions a second, all threads together; ratio to one thread)',
    rowsOf('one thread', rates, { unit: '/s', higher: true }),
    { [`permits given by a bucket of ${PERMITS}, four threads trying each ${PERMITS} times`]: admitted },
    [
      `Breaker, limiter, bulkhead and error budget: admit and settle, without a reading of the clock; ${availableParallelism()} cores.`,
      'Four threads on two cores have what two have.',
    ],
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
}
