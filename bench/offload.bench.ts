// What does offloading a task cost, beside Piscina by itself with the same number of threads?
//
//   npm run bench -- offload              a flood of 200,000 small tasks, a lone task, tasks of 20 ms
//   npm run bench -- offload --tasks=N    another flood; --piscina=N tasks for Piscina's own, which is slower
//
// Both are tried in turn, several times over, and the better half of each is compared: other programs on the
// machine slow either down.

import process from 'node:process';
import { Piscina } from 'piscina';
import { createHoldfast, tasksOf } from '../src/index.ts';

const THREADS = 2;
const ROUNDS = 3;
const flag = (name: string, value: number) =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ?? value);
const TASKS = flag('tasks', 200_000);
const RAW_TASKS = flag('piscina', Math.min(20_000, TASKS));

type Run = (task: 'echo' | 'spin', input: number) => Promise<unknown>;

await using holdfast = createHoldfast({
  policies: { send: { circuitBreaker: { consecutiveFailures: 5 }, bulkhead: { maxConcurrent: 1_000_000 } } },
  workers: {
    tasks: tasksOf<typeof import('./offload-tasks.ts')>(new URL('./offload-tasks.ts', import.meta.url)),
    minThreads: THREADS,
    maxThreads: THREADS,
    maxQueue: 1_000_000,
  },
});
await holdfast.start();
const piscina = new Piscina({
  filename: new URL('./offload-raw.ts', import.meta.url).href,
  minThreads: THREADS,
  maxThreads: THREADS,
});

const raw: Run = (task, input) => piscina.run(input, task === 'spin' ? { name: 'spin' } : undefined);
const ours: Run = (task, input) => holdfast.offload(task, input);
const guarded: Run = (task, input) => holdfast.offload(task, input, { policy: 'send' });

/** Milliseconds for many tasks at once; checks that each came back. */
async function many(run: Run, task: 'echo' | 'spin', count: number, input?: number): Promise<number> {
  const startMs = performance.now();
  const running: Promise<unknown>[] = [];
  for (let index = 0; index < count; index++) running.push(run(task, input ?? index));
  const results = await Promise.all(running);
  const tookMs = performance.now() - startMs;
  if (results.some((result, index) => result !== (input ?? index))) throw new Error('a task came back wrong');
  return tookMs;
}

/** The median round trip of one task after the other, in µs. */
async function lone(run: Run, count: number): Promise<number> {
  const us: number[] = [];
  for (let index = 0; index < count; index++) {
    const startMs = performance.now();
    await run('echo', index);
    us.push((performance.now() - startMs) * 1000);
  }
  return us.sort((a, b) => a - b)[count >> 1];
}

/** Tries runs in turn; the best of each. */
async function inTurn(tries: (() => Promise<number>)[]): Promise<number[]> {
  const best = tries.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, run] of tries.entries()) best[index] = Math.min(best[index], await run());
  }
  return best;
}

for (const run of [raw, ours, guarded]) await many(run, 'echo', 2_000);

const per = (count: number) => (ms: number) => (ms * 1000) / count;
const [rawFlood, ourFlood, guardedFlood] = await inTurn([
  async () => per(RAW_TASKS)(await many(raw, 'echo', RAW_TASKS)),
  async () => per(TASKS)(await many(ours, 'echo', TASKS)),
  async () => per(TASKS)(await many(guarded, 'echo', TASKS)),
]);
const [rawLone, ourLone, guardedLone] = await inTurn([
  () => lone(raw, 2_000),
  () => lone(ours, 2_000),
  () => lone(guarded, 2_000),
]);
const [rawLong, ourLong] = await inTurn([() => many(raw, 'spin', 40, 20), () => many(ours, 'spin', 40, 20)]);

const line = (what: string, ...words: string[]) => console.log(`  ${what.padEnd(34)}${words.join('   ')}`);
const us = (value: number) => `${value.toFixed(2)} µs`;
console.log(`offload, ${THREADS} threads, ${process.version}`);
line(
  `flood of ${TASKS} (Piscina ${RAW_TASKS})`,
  `piscina ${us(rawFlood)}`,
  `holdfast ${us(ourFlood)}`,
  `${(rawFlood / ourFlood).toFixed(1)}× the tasks a second (aim 8)`,
);
line('flood under a policy', `holdfast ${us(guardedFlood)}`, `${(rawFlood / guardedFlood).toFixed(1)}×`);
line(
  'one task at a time',
  `piscina ${us(rawLone)}`,
  `holdfast ${us(ourLone)}`,
  `${(ourLone / rawLone).toFixed(2)}× as long (aim 1.15)`,
);
line('one under a policy', `holdfast ${us(guardedLone)}`, `${(guardedLone / rawLone).toFixed(2)}×`);
line(
  '40 tasks of 20 ms',
  `piscina ${rawLong.toFixed(0)} ms`,
  `holdfast ${ourLong.toFixed(0)} ms`,
  `${(ourLong / rawLong).toFixed(3)}× as long (aim 1.03)`,
);
await piscina.destroy();
