// Of two short tasks offloaded in one turn, the second was sent behind the first, to a thread that "still had room",
// while another thread had nothing to do: it waited for a task beside which it could have run, and everything that a
// policy's callers offloaded by twos went to one thread. (So block chaos, which spares one thread, never struck when
// that one was it.) A thread that has nothing to do now comes first.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHoldfast, tasksOf } from '../../src/index.ts';

const tasks = tasksOf<typeof import('./thread-of-task.ts')>(new URL('./thread-of-task.ts', import.meta.url));

async function started(threads: number) {
  const holdfast = createHoldfast({
    memory: { policies: 4, threads: 8, keys: 0 },
    workers: { tasks, minThreads: threads, maxThreads: threads },
  });
  await holdfast.start();
  // From now on they are known to be short.
  for (let task = 0; task < 100; task++) await holdfast.offload('thread');
  return holdfast;
}

it('short tasks that find as many idle threads each have one', async () => {
  await using holdfast = await started(2);
  for (let round = 0; round < 50; round++) {
    const threads = await Promise.all([holdfast.offload('thread'), holdfast.offload('thread')]);
    assert.equal(new Set(threads).size, 2, `round ${round}`);
  }
});

it('those that no thread is idle for wait behind as few as possible', async () => {
  await using holdfast = await started(2);
  for (let round = 0; round < 50; round++) {
    const threads = await Promise.all(Array.from({ length: 3 }, () => holdfast.offload('thread')));
    assert.equal(new Set(threads).size, 2, `round ${round}`);
  }
});
