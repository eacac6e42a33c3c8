// A thread of the pool that dies gives back what it held; whoever waits for that is told at once, and not only when it
// looks again by itself.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, tasksOf } from '../../src/index.ts';
import { Policy } from '../../src/policy/policy.ts';

const tasks = tasksOf<typeof import('../work/tasks.ts')>(new URL('../work/tasks.ts', import.meta.url));

it('the death of a thread wakes whoever waits', async () => {
  const holdfast = createHoldfast({
    memory: { policies: 4, threads: 8, keys: 0 },
    policies: { narrow: { bulkhead: { maxConcurrent: 1, maxQueue: 5 } } },
    workers: { tasks, maxThreads: 1 },
  });
  await holdfast.start();
  const { core } = Policy.executorOf(holdfast.policy('narrow'));
  const wake = core.wake.bind(core);
  let woken = 0;
  core.wake = () => {
    woken++;
    wake();
  };
  await holdfast.offload('echo', 1);
  await assert.rejects(holdfast.offload('exit', 3), { code: 'HF_WORKER_LOST' });
  for (let turn = 0; woken === 0 && turn < 2_000; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(woken > 0);
  await holdfast.stop();
});
