import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast } from '../../../src/control/holdfast.ts';
import { tasksOf } from '../../../src/work/tasks.ts';
import { scrape } from './scrape.ts';

const MEMORY = { policies: 8, threads: 8, keys: 0 };

describe('each metric of the pool', () => {
  it('is written', async () => {
    const tasks = tasksOf<typeof import('../../work/tasks.ts')>(
      new URL('../../work/tasks.ts', import.meta.url),
    );
    const holdfast = createHoldfast({
      memory: MEMORY,
      health: { builtIn: false },
      workers: { tasks, minThreads: 1, maxThreads: 1, graceMs: 10 },
    });
    assert.equal((await scrape(holdfast)).get('pool_workers_lost_total'), 0);
    await holdfast.start();
    assert.equal((await scrape(holdfast)).get('pool_threads{state="idle"}'), 1);
    await holdfast.offload('echo', 'hello');
    const spinning = holdfast.offload('spin', 300);
    const waiting = holdfast.offload('echo', 'later');
    await until(async () => (await scrape(holdfast)).get('pool_threads{state="busy"}') === 1);
    const depth = [...(await scrape(holdfast))].filter(([name]) => name.startsWith('pool_queue_depth'));
    assert.ok(depth.length > 0);
    await Promise.all([spinning, waiting]);
    let series = await scrape(holdfast);
    assert.equal(series.get('pool_tasks_total{task="echo",outcome="success"}'), 2);
    const took = series.get('pool_task_duration_seconds_sum{task="spin"}') ?? 0;
    assert.ok(took >= 0.29 && took < 30, `${took}`);
    assert.equal(series.get('pool_task_duration_seconds_count{task="spin"}'), 1);
    await assert.rejects(holdfast.offload('deaf', 60_000, { timeoutMs: 50 }));
    await until(async () => (await scrape(holdfast)).get('pool_workers_lost_total') === 1);
    series = await scrape(holdfast);
    assert.equal(series.get('pool_tasks_total{task="echo",outcome="success"}'), 2);
    await holdfast.stop({ drainMs: 0 });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500 && !(await holds()); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(await holds());
}
