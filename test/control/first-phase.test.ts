import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHoldfast, tasksOf } from '../../src/index.ts';
import { errorOf } from '../work/given.ts';

const tasks = tasksOf<typeof import('./channel-tasks.ts')>(new URL('./channel-tasks.ts', import.meta.url));

function one() {
  return createHoldfast({
    memory: { policies: 4, threads: 16, keys: 0 },
    health: { builtIn: false },
    policies: { send: {} },
    workers: { tasks, minThreads: 1, maxThreads: 1 },
  });
}

describe('the threads of a runtime', () => {
  it('are there before any component starts, and until the last has stopped', async () => {
    const holdfast = one();
    const told: unknown[] = [];
    assert.equal((await errorOf(holdfast.offload('echoLater', 0))).code, 'HF_NOT_STARTED');
    holdfast.component({
      name: 'first',
      phase: -999_999,
      start: async () => void told.push(await holdfast.offload('echoLater', 1)),
      stop: async () => {
        told.push((await errorOf(holdfast.offload('echoLater', 2))).code);
        told.push(holdfast.workers?.threads.idle);
      },
    });
    await holdfast.start();
    assert.equal(holdfast.workers?.threads.idle, 1);
    await holdfast.stop();
    assert.deepEqual(told, [1, 'HF_DRAINING', 1]);
    assert.equal(holdfast.workers?.threads.idle, 0);
  });

  it('are told how the levels are, and see what is changed', async () => {
    await using holdfast = one();
    await holdfast.start();
    const { level } = await holdfast.offload('ask', 'search');
    assert.equal(level, 'normal');
    holdfast.degradation.set('search', 'emergency');
    assert.equal((await holdfast.offload('ask', 'search')).highest, 'emergency');
  });
});
