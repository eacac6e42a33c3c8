// Floods, aborts, crashes and timeouts at random, from a seed: every task settles once, and nothing is left held.

import { systemClock } from '../../src/base/clock.ts';
import { createHoldfast, type Holdfast } from '../../src/index.ts';
import { seededRandom } from '../../src/testing/index.ts';
import { type Tasks, tasks, words } from './given.ts';

export interface SoakReport {
  seed: number | string;
  submitted: number;
  settled: number;
  /** How they settled: `ok`, or an error's code or name. */
  outcomes: Record<string, number>;
  /** Submitted and never settled. */
  lost: number;
  /** Results that belonged to another task. */
  wrong: number;
  /** Threads that were lost, and replaced. */
  threadsLost: number;
  /** Slots still held, callers still in line. */
  held: number;
  /** Tasks that the pool has counted otherwise than they were settled. */
  miscounted: number;
  heapGrowthMb: number;
}

/** Whatever has not settled so long after the last was submitted never will. */
const PATIENCE_MS = 60_000;

/**
 * Runs tasks of all kinds for a time, or until so many threads were lost; then waits for what is left. Chaos ends
 * and blocks threads besides.
 */
export async function soak(
  seconds: number,
  seed: number | string,
  kills = Number.POSITIVE_INFINITY,
): Promise<SoakReport> {
  const threads = 2;
  const random = seededRandom(seed);
  const holdfast = createHoldfast({
    memory: { policies: 8, threads: 64, keys: 0 },
    policies: {
      narrow: { bulkhead: { maxConcurrent: 4, maxQueue: 50, maxWaitMs: 2_000 }, timeout: { attemptMs: 200 } },
      again: {
        retry: { maxRetries: 2, backoff: () => 1 },
        circuitBreaker: { window: { calls: 100 }, openMs: 50 },
      },
      shaken: { chaos: { killWorker: { rate: 0.01 }, block: { rate: 0.01, ms: 20 }, seed } },
    },
    workers: {
      tasks,
      minThreads: threads,
      maxThreads: threads,
      graceMs: 20,
      maxQueue: 2_000,
      maxCrashes: 1_000_000,
    },
  }) as unknown as Holdfast<string, Tasks>;
  await holdfast.start();
  holdfast.chaos.enable({ forMs: 86_400_000 });
  const outcomes: Record<string, number> = {};
  let submitted = 0;
  let settled = 0;
  let wrong = 0;
  const count = (outcome: string) => {
    settled++;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  const follow = (task: Promise<unknown>, expected?: unknown) => {
    submitted++;
    task.then(
      (value) => {
        if (expected !== undefined && value !== expected) wrong++;
        count('ok');
      },
      (error) => count(String(typeof error?.code === 'string' ? error.code : error?.name)),
    );
  };
  const policy = () => [undefined, 'narrow', 'again', 'shaken'][Math.floor(random() * 4)];
  const echo = (options: object = {}) => {
    const value = random();
    follow(
      holdfast.offload('echo', value, { policy: policy(), priority: Math.floor(random() * 8), ...options }),
      value,
    );
  };
  const acts: [share: number, act: () => void][] = [
    [0.3, () => echo()],
    [0.25, () => Array.from({ length: Math.floor(random() * 300) }, () => echo())],
    [
      0.15,
      () => {
        const controller = new AbortController();
        for (let index = 0; index < 20; index++) echo({ signal: controller.signal });
        setTimeout(() => controller.abort(), random() * 3);
      },
    ],
    [
      0.1,
      () =>
        follow(holdfast.offload('spin', random() * 20, { policy: policy(), timeoutMs: random() * 15 + 1 })),
    ],
    [0.04, () => follow(holdfast.offload('deaf', random() * 80, { policy: policy(), timeoutMs: 5 }))],
    [0.04, () => follow(holdfast.offload('exit', 1, { policy: policy() }))],
    [0.02, () => follow(holdfast.offload('uncaught'))],
    [0.03, () => follow(holdfast.offload('dieFirst', { words: words(), times: 2 }, { idempotent: true }))],
    [
      0.04,
      () => {
        const bytes = new Uint8Array(1 + Math.floor(random() * 1_000));
        const { length } = bytes;
        follow(holdfast.offload('length', bytes, { transfer: [bytes.buffer] }), length);
      },
    ],
    [0.02, () => follow(holdfast.offload('fail', 'on purpose', { policy: policy() }))],
    // It holds a slot, and dies with it.
    [0.01, () => follow(holdfast.offload('hold', 'narrow'))],
  ];
  const act = () => {
    let draw = random();
    for (const [share, run] of acts) {
      draw -= share;
      if (draw < 0) return run();
    }
  };
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const untilMs = systemClock.now() + seconds * 1_000;
  const settleAll = async (): Promise<boolean> => {
    const lateMs = systemClock.now() + PATIENCE_MS;
    while (settled < submitted && systemClock.now() < lateMs) await pause(10);
    return settled === submitted;
  };
  let heapMb = Number.NaN;
  const isOver = () => systemClock.now() >= untilMs || (holdfast.workers?.lost ?? 0) >= kills;
  for (let round = 0; !isOver(); round++) {
    for (let index = 0; index < 5 && submitted - settled < 1_500; index++) act();
    await pause(random() * 4);
    // Now and then everything comes to rest.
    if (round % 200 === 199 && !(await settleAll())) break;
    if (Number.isNaN(heapMb) && systemClock.now() > untilMs - seconds * 700) heapMb = usedMb();
  }
  await settleAll();
  // What the stop must abort has been lost: nothing else is left to end it.
  const lost = submitted - settled;
  const heapGrowthMb = usedMb() - heapMb;
  const held = ['narrow'].reduce((sum, name) => {
    const { bulkhead } = holdfast.policy(name);
    return sum + (bulkhead?.active ?? 0) + (bulkhead?.queued ?? 0);
  }, 0);
  const stats = holdfast.workers;
  const done = [...(stats?.tasks.values() ?? [])].reduce((sum, each) => sum + each.success, 0);
  const miscounted = Math.max(0, (outcomes.ok ?? 0) - done);
  const threadsLost = stats?.lost ?? 0;
  await holdfast.stop({ drainMs: 1_000 });
  return {
    seed,
    submitted,
    settled,
    outcomes,
    lost,
    wrong,
    threadsLost,
    held,
    miscounted,
    heapGrowthMb,
  };
}

function usedMb(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 1_048_576;
}
