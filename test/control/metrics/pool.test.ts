import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast } from '../../../src/control/holdfast.ts';
import { METRICS } from '../../../src/control/metrics/list.ts';
import { tasksOf } from '../../../src/work/tasks.ts';
import { scrape } from './scrape.ts';

const MEMORY = { policies: 8, threads: 8, keys: 0 };

describe('each metric of the pool', () => {
  it('is one of those below', () => {
    const names = METRICS.map(({ name }) => name).filter((name) => name.startsWith('pool_'));
    assert.deepEqual(names.sort(), [
      'pool_queue_depth',
      'pool_task_duration_seconds',
      'pool_tasks_total',
      'pool_threads',
      'pool_workers_lost_total',
    ]);
  });

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
    assert.equal((await scrape(holdfast)).get('pool_queue_depth{compartment=""}') ?? 0, 0);
    const spinning = holdfast.offload('spin', 300);
    const waiting = ['later', 'and later'].map((value) => holdfast.offload('echo', value));
    // While one runs for longer than it should, nothing is sent behind it.
    const depth = async () => (await scrape(holdfast)).get('pool_queue_depth{compartment=""}') ?? 0;
    await until(async () => (await depth()) > 0);
    await until(async () => (await scrape(holdfast)).get('pool_threads{state="busy"}') === 1);
    await Promise.all([spinning, ...waiting]);
    assert.equal(await depth(), 0);
    let series = await scrape(holdfast);
    assert.equal(series.get('pool_tasks_total{task="echo",outcome="success"}'), 3);
    const took = series.get('pool_task_duration_seconds_sum{task="spin"}') ?? 0;
    assert.ok(took >= 0.29 && took < 30, `${took}`);
    assert.equal(series.get('pool_task_duration_seconds_count{task="spin"}'), 1);
    await assert.rejects(holdfast.offload('deaf', 60_000, { timeoutMs: 50 }));
    await until(async () => (await scrape(holdfast)).get('pool_workers_lost_total') === 1);
    series = await scrape(holdfast);
    assert.equal(series.get('pool_tasks_total{task="echo",outcome="success"}'), 3);
    await holdfast.stop({ drainMs: 0 });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500 && !(await holds()); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(await holds());
}
