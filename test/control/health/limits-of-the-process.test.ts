import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHeapStatistics } from 'node:v8';
import { addBuiltIn, memoryUse } from '../../../src/control/health/built-in.ts';
import { EventLoopDelay } from '../../../src/control/health/event-loop.ts';
import { manualClock } from '../../../src/testing/manual-clock.ts';
import { given } from '../given.ts';

/** Looks as if the process were allowed so much memory, and so much of it were resident. */
async function withMemory<T>(
  allowed: number | undefined,
  resident: number,
  look: () => T | Promise<T>,
): Promise<T> {
  const { constrainedMemory, memoryUsage } = process;
  process.constrainedMemory = (allowed === undefined ? undefined : () => allowed) as never;
  process.memoryUsage = Object.assign(() => memoryUsage(), { rss: () => resident });
  try {
    return await look();
  } finally {
    Object.assign(process, { constrainedMemory, memoryUsage });
  }
}

const heap = () => {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used / limit;
};

/** The built-in checks alone, asked one by one. */
function checks(pool: Parameters<typeof addBuiltIn>[3] = () => undefined) {
  const { holdfast } = given({
    health: { builtIn: false, failureThreshold: 1 },
    policies: {
      send: { errorBudget: { objective: 0.9, windowMs: 60_000, minCalls: 1 } },
      search: { errorBudget: { objective: 0.9, windowMs: 60_000, minCalls: 1 } },
      plain: {},
    },
  });
  const clock = manualClock();
  const delay = new EventLoopDelay(clock);
  addBuiltIn(holdfast.health, delay, () => holdfast.policies.map((name) => holdfast.policy(name)), pool);
  const ask = async (name: string) => {
    const { checks } = await holdfast.health.checkNow(name);
    const found = checks.find((each) => each.name === name);
    return `${found?.kind} ${found?.state} ${found?.lastError ?? ''}`.trim();
  };
  return { holdfast, clock, delay, ask };
}

describe('the memory in use', () => {
  it('is that of the heap where nobody says what the process may have', async () => {
    for (const allowed of [undefined, 0, 2 ** 50, 2 ** 63]) {
      const use = await withMemory(allowed, 2 ** 49, memoryUse);
      assert.ok(Math.abs(use - heap()) < 0.1, `${use} of the heap, with ${allowed} allowed`);
      assert.ok(use > 0);
    }
  });

  it('is that of the process where this is more', async () => {
    assert.equal(await withMemory(1_000, 900, memoryUse), 0.9);
    assert.equal(await withMemory(2 ** 49, 2 ** 48, memoryUse), 0.5);
    const use = await withMemory(2 ** 49, 1, memoryUse);
    assert.ok(Math.abs(use - heap()) < 0.1, `${use} of the heap`);
  });

  it('is ill above 95 %, and the check says how much it is', async () => {
    const { ask } = checks();
    assert.equal(await withMemory(1_000, 950, () => ask('memory')), 'builtin up');
    assert.match(
      await withMemory(1_000, 971, () => ask('memory')),
      /^builtin down Error: memory: 97 % of what may be had is in use$/,
    );
  });
});

describe('the event loop', () => {
  /** Comes round late by so much, once. */
  const late = async ({ clock }: ReturnType<typeof checks>, ms: number) => {
    clock.set(clock.now() + 50 + ms);
    await clock.advance(0);
  };

  it('is ill when more than one in a hundred turns is later than a second', async () => {
    const scene = checks();
    scene.delay.start();
    await late(scene, 1_000);
    assert.equal(await scene.ask('event-loop'), 'builtin up');
    await late(scene, 1_001);
    assert.equal(await scene.ask('event-loop'), 'builtin down Error: event-loop: timers come 1001 ms late');
    await scene.clock.advance(98 * 50);
    assert.equal(await scene.ask('event-loop'), 'builtin up');
    scene.delay.stop();
  });

  it('is measured by what there was, in whatever order it came', async () => {
    const scene = checks();
    scene.delay.start();
    assert.deepEqual(scene.delay.quantiles([0, 1]), [0, 0]);
    for (const ms of [300, 100, 200]) await late(scene, ms);
    assert.deepEqual(scene.delay.quantiles([0, 0.3, 0.5, 0.9, 1]), [100, 100, 200, 300, 300]);
    scene.delay.stop();
  });

  it('is measured for half a minute, and what was before is forgotten', async () => {
    const scene = checks();
    scene.delay.start();
    await late(scene, 500);
    await scene.clock.advance(599 * 50);
    assert.deepEqual(scene.delay.quantiles([1]), [500]);
    await scene.clock.advance(50);
    assert.deepEqual(scene.delay.quantiles([0, 1]), [0, 0]);
    scene.delay.stop();
  });

  it('is not late for the time in which nobody looked', async () => {
    const scene = checks();
    scene.delay.start();
    await scene.clock.advance(50);
    scene.delay.stop();
    await scene.clock.advance(60_000);
    scene.delay.start();
    await scene.clock.advance(100);
    assert.deepEqual(scene.delay.quantiles([1]), [0]);
    scene.delay.stop();
  });
});

describe('budgets and workers', () => {
  it('are ill when a budget is spent, and the check names which', async () => {
    const { holdfast, ask } = checks();
    assert.equal(await ask('budgets'), 'builtin up');
    holdfast.policy('search').errorBudget?.record(false);
    assert.equal(
      await ask('budgets'),
      'builtin down Error: budgets: the error budget is exhausted of search',
    );
    holdfast.policy('send').errorBudget?.record(false);
    assert.match(await ask('budgets'), /exhausted of (send, search|search, send)$/);
  });

  it('are well with any thread that works, waits for work, or begins', async () => {
    const some: Record<string, number>[] = [
      { busy: 1, idle: 1, starting: 0 },
      { busy: 0, idle: 1, starting: 1 },
      { busy: 1, idle: 0, starting: 1 },
      { starting: 1 },
    ];
    for (const threads of some) {
      const { ask } = checks(() => ({ threads, waiting: new Map(), tasks: new Map(), lost: 0 }));
      assert.equal(await ask('workers'), 'builtin up', JSON.stringify(threads));
    }
    const { ask } = checks(() => ({ threads: {}, waiting: new Map(), tasks: new Map(), lost: 0 }));
    assert.equal(await ask('workers'), 'builtin down Error: workers: no thread is left; 0 do not end');
  });
});
